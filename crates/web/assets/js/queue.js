// The queue table: moving, selecting, preview, and news that never reorders what is being read.
import { $, $$, ask, debounce, el, icon, isVisible, say } from "./dom.js";
import { addKeys, press } from "./keys.js";
import { startLazy } from "./lazy.js";
import { refresh } from "./live.js";

const idle = 60_000;
const shelf = "evenkeel.horizon";
let current = null;
let anchor = null;
let open = null;
const news = new Set();
let touched = Date.now();
let shown = Date.now();

const table = () => $("table.q");
const rows = () => $$("tr.row", table() ?? document.createElement("table"));
const box = (row) => $(".c-sel input[type=checkbox]", row);
const visible = (panel) => panel && getComputedStyle(panel).display !== "none";

/** The row that has the focus, or had it last. */
export function currentRow() {
  const focused = document.activeElement?.closest?.("tr.row");
  if (focused) return focused;
  return current && rows().find((row) => row.dataset.number === current);
}

/** Moves the focus by `step` rows; `extend` selects on the way. The ends lead to the next page. */
export function moveRow(step, extend = false) {
  const all = rows();
  const here = currentRow();
  const at = all.indexOf(here) + step;
  const target = here ? all[at] : all[0];
  if (!target) {
    const page = here && $(`nav.pages a[rel=${at < 0 ? "prev" : "next"}]`);
    return page?.click();
  }
  if (extend) {
    check(here, true);
    check(target, true);
  }
  $(".t", target).focus();
}

export function toggleRow() {
  const row = currentRow();
  if (row) $(".c-sel input", row).click();
}

/** Selects everything between the last chosen row and this one. */
export function extendTo(row = currentRow()) {
  const all = rows();
  const from = all.findIndex((each) => each.dataset.number === anchor);
  const to = all.indexOf(row);
  if (to < 0) return;
  for (let at = Math.min(from < 0 ? to : from, to); at <= Math.max(from, to); at++) check(all[at], true);
}

export const selected = () => rows().filter((row) => box(row)?.checked).map((row) => row.dataset.number);

/** Nothing selected any more; false if nothing was. */
export function clearSelection() {
  const chosen = rows().filter((row) => box(row)?.checked);
  chosen.forEach((row) => check(row, false));
  return chosen.length > 0;
}

/** Selects the focused row if nothing is selected, so that a bulk key acts on it. */
export function selectCurrent() {
  if (selected().length) return true;
  const row = currentRow();
  if (row) check(row, true);
  return Boolean(row);
}

export async function preview(row = currentRow()) {
  if (!row) return;
  const { number } = row.dataset;
  const same = open === number;
  mark(number);
  let answer;
  try {
    answer = await ask(`/incidents/${encodeURIComponent(number)}/preview`);
  } catch {
    return;
  }
  if (!answer.ok || open !== number) return;
  const html = await answer.text();
  const panel = $("#preview");
  if (visible(panel)) {
    panel.innerHTML = html;
    panel.setAttribute("aria-label", `Preview of ${number}`);
    if (!same) panel.scrollTop = 0;
    startLazy(panel);
  } else inDialog(number, html);
}

/** Fetches the list anew: what was counted is shown, what left is gone. */
export async function showNews() {
  news.clear();
  shown = Date.now();
  await refresh();
  announce();
}

export function toggleHorizon() {
  const strip = $(".horizon");
  if (!strip) return false;
  strip.hidden = !strip.hidden;
  localStorage.setItem(shelf, strip.hidden ? "off" : "on");
  return true;
}

export function startQueue() {
  if (!$(".q-wrap")) return;
  if (localStorage.getItem(shelf) === "off") $(".horizon")?.setAttribute("hidden", "");
  document.addEventListener("change", changed);
  document.addEventListener("click", clicked);
  document.addEventListener("focusin", focused);
  document.addEventListener("focusout", left);
  document.addEventListener("news", ({ detail }) => arrived(detail.number));
  document.addEventListener("gone", ({ detail }) => rowOf(detail.number)?.classList.add("is-gone"));
  document.addEventListener("patched", settle);
  document.addEventListener("sent", acted);
  for (const event of ["pointermove", "keydown", "pointerdown", "wheel"]) {
    addEventListener(event, () => (touched = Date.now()), { passive: true });
  }
  setInterval(() => Date.now() - touched > idle && (pending() || drifts()) && calm() && showNews(), 5000);
  addKeys(queueKey);
  open = $("tr.is-open")?.dataset.number ?? null;
  count();
  // Where there is room beside the list, it begins with what stands first.
  if (!open && visible($("#preview"))) preview(rows()[0]);
}

function queueKey(event) {
  if (!table()) return false;
  const { key } = event;
  const mark = event.target.closest?.(".hz a");
  if (mark && moveMark(mark, key)) return true;
  const inRow = Boolean(event.target.closest?.("table.q tr.row"));
  const arrow = inRow && { ArrowDown: 1, ArrowUp: -1 }[key];
  const step = { j: 1, J: 1, k: -1, K: -1 }[key] ?? arrow;
  if (step) moveRow(step, event.shiftKey);
  else if (key === "x") toggleRow();
  else if (key === "X") extendTo();
  else if (key === " " && inRow && event.target.matches("a")) preview();
  else if (key === "Enter" && !inRow && event.target === document.body && currentRow()) $(".t", currentRow()).click();
  else if (key === "." && $("#newrows")?.hidden === false) showNews();
  else if (key === "h") return toggleHorizon();
  else return bulkKey(key);
  return true;
}

// The horizon is one stop of the Tab key.
function moveMark(mark, key) {
  const marks = $$(".hz a");
  const next = marks[marks.indexOf(mark) + ({ ArrowRight: 1, ArrowLeft: -1 }[key] ?? NaN)];
  if (!next) return false;
  mark.setAttribute("tabindex", "-1");
  next.setAttribute("tabindex", "0");
  next.focus();
  return true;
}

// A bulk key acts on the selection, or on the focused row when nothing is selected.
function bulkKey(key) {
  const button = $$(".bulk [data-key]").find((node) => node.dataset.key.split(" ").includes(key));
  if (!button || !(selected().length || currentRow())) return false;
  selectCurrent();
  return press(button);
}

const rowOf = (number) => rows().find((row) => row.dataset.number === number);

function arrived(number) {
  if (rowOf(number)) return;
  news.add(number);
  // An empty list has nothing that could move under the reader.
  if (!table()) return void showNews();
  announce();
  say(newsWords(news.size));
}

/** "1 new incident matches this view. Show it" */
export function newsWords(size, rose = 0) {
  const above = rose && `${rose} rose above the waterline`;
  if (!size) return rose === 1 ? "1 incident rose above the waterline. Show it" : `${rose} incidents rose above the waterline. Show them`;
  const matching = size === 1 ? "1 new incident matches this view" : `${size} new incidents match this view`;
  return above ? `${matching}, ${above}. Show them` : `${matching}. Show ${size === 1 ? "it" : "them"}`;
}

/** Rows that stand below the waterline and cannot wait any more. */
function risen() {
  const line = $("#waterline");
  const below = (row) => line.compareDocumentPosition(row) & Node.DOCUMENT_POSITION_FOLLOWING;
  return line ? rows().filter((row) => !row.matches(".calm, .is-gone") && $(".risk", row) && below(row)).length : 0;
}

const pending = () => news.size + risen();

function announce() {
  const bar = $("#newrows");
  if (!bar) return;
  const rose = risen();
  $("span", bar).textContent = newsWords(news.size, rose);
  bar.hidden = news.size + rose === 0;
}

// Risk moves with time, so a list by risk is shown anew though nothing happened.
const drifts = () => table()?.hasAttribute("data-ranked") && !document.hidden && Date.now() - shown > idle;

// The order may change only while nobody reads, points at or selects in the list.
const calm = () => selected().length === 0 && !$(".q-wrap:hover") && !$("dialog[open]");

function left(event) {
  const wrap = event.target.closest?.(".q-wrap");
  if (wrap && !wrap.contains(event.relatedTarget) && document.hasFocus() && pending() && calm()) showNews();
}

function settle({ detail }) {
  if (detail?.whole) {
    shown = Date.now();
    for (const number of [...news]) if (rowOf(number)) news.delete(number);
  }
  announce();
  if (open) mark(open);
  if (detail?.changed?.some(({ id }) => id === `row-${open}`)) again();
  count();
}

function check(row, on) {
  const input = row && box(row);
  if (!input || input.checked === on) return;
  input.checked = on;
  input.dataset.touched = "1";
  input.dispatchEvent(new Event("change", { bubbles: true }));
}

function changed(event) {
  const input = event.target;
  const on = input.checked;
  if (input.matches("[data-select-all]")) rows().forEach((row) => check(row, on));
  else if (input.matches(".c-sel input")) {
    anchor = input.closest("tr").dataset.number;
    count();
  }
}

function count() {
  const chosen = selected().length;
  const bar = $(".bulk");
  if (bar) {
    $("[data-count]", bar).textContent = `${chosen} selected`;
    bar.setAttribute("aria-label", `Actions for ${chosen} selected ${chosen === 1 ? "incident" : "incidents"}`);
  }
  const all = $("[data-select-all]");
  if (all) {
    all.checked = chosen > 0 && chosen === rows().length;
    all.indeterminate = chosen > 0 && !all.checked;
  }
}

function clicked(event) {
  const { target } = event;
  if (target.closest("#newrows")) return void showNews();
  if (target.closest("[data-clear]")) return void (clearSelection() && backToList());
  const row = target.closest("table.q tr.row");
  if (!row) return;
  if (event.shiftKey && target.matches(".c-sel input")) extendTo(row);
  if (target.closest("a, button, input, label") || String(getSelection())) return;
  $(".t", row).focus();
  if (visible($("#preview"))) preview(row);
}

const follow = debounce(150, () => visible($("#preview")) && currentRow()?.dataset.number !== open && preview());

// What is shown beside the list goes with its row, but not from under the hands of somebody.
const again = debounce(300, () => {
  const panel = $("#preview");
  if (visible(panel) && !panel.contains(document.activeElement)) preview(rowOf(open));
});

function focused(event) {
  const row = event.target.closest?.("table.q tr.row");
  if (!row) return;
  current = row.dataset.number;
  row.classList.remove("is-fresh");
  if (open) follow();
}

function mark(number) {
  open = number;
  for (const row of rows()) row.classList.toggle("is-open", row.dataset.number === number);
}

const backToList = () => $(".t", currentRow() ?? $(".q-wrap"))?.focus();

// The bar hides with the selection: the reader is put back where they were in the list. What the answer refuses
// stays selected.
function acted(event) {
  if (event.target.id !== "bulk-form") return;
  const before = clearSelection() && document.activeElement;
  setTimeout(() => {
    const refused = $$("#bulk-said a").map((link) => link.textContent);
    rows().forEach((row) => refused.includes(row.dataset.number) && check(row, true));
    if (before === document.body || before?.closest?.(".bulk, dialog, [popover]")) backToList();
  }, 0);
}

function inDialog(number, html) {
  let dialog = $("#preview-d");
  if (!dialog) {
    const close = el("button", { class: "btn btn-quiet btn-icon dlg-x", type: "button", "data-close": true, "aria-label": "Close preview" }, icon("x"));
    dialog = el("dialog", { class: "prev-d", id: "preview-d" }, el("div", { class: "panel-b" }), close);
    document.body.append(dialog);
    dialog.addEventListener("close", () => mark(null));
  }
  dialog.setAttribute("aria-label", `Preview of ${number}`);
  dialog.firstElementChild.innerHTML = html;
  startLazy(dialog);
  if (!dialog.open) dialog.showModal();
  const first = $("a, button", dialog.firstElementChild);
  if (first && isVisible(first)) first.focus();
}
