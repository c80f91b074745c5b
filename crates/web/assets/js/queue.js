// The queue table: moving, selecting, preview, and news that never reorders what is being read.
import { $, $$, ask, debounce, el, icon, isVisible, say } from "./dom.js";
import { refresh } from "./live.js";

const idle = 60_000;
const shelf = "evenkeel.horizon";
let current = null;
let anchor = null;
let open = null;
const news = new Set();
let touched = Date.now();

const table = () => $("table.q");
const rows = () => $$("tr.row", table() ?? document.createElement("table"));
const box = (row) => $(".c-sel input[type=checkbox]", row);
const visible = (panel) => panel && getComputedStyle(panel).display !== "none";

/** True when the page has a queue, so that its keys mean rows. */
export const hasQueue = () => Boolean(table());

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
    panel.scrollTop = 0;
  } else inDialog(number, html);
}

/** Fetches the list anew: what was counted is shown, what left is gone. */
export async function showNews() {
  news.clear();
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
  if (!hasQueue()) return;
  if (localStorage.getItem(shelf) === "off") $(".horizon")?.setAttribute("hidden", "");
  document.addEventListener("change", changed);
  document.addEventListener("click", clicked);
  document.addEventListener("focusin", focused);
  document.addEventListener("focusout", left);
  document.addEventListener("submit", fill, true);
  document.addEventListener("news", ({ detail }) => arrived(detail.number));
  document.addEventListener("gone", ({ detail }) => rowOf(detail.number)?.classList.add("is-gone"));
  document.addEventListener("patched", settle);
  document.addEventListener("sent", acted);
  for (const event of ["pointermove", "keydown", "pointerdown", "wheel"]) {
    addEventListener(event, () => (touched = Date.now()), { passive: true });
  }
  setInterval(() => Date.now() - touched > idle && calm() && showNews(), 5000);
  open = $("tr.is-open")?.dataset.number ?? null;
  count();
}

const rowOf = (number) => rows().find((row) => row.dataset.number === number);

function arrived(number) {
  if (rowOf(number)) return;
  news.add(number);
  announce();
  say(newsWords(news.size));
}

/** "1 new incident matches this view. Show it" */
export function newsWords(size) {
  return size === 1 ? "1 new incident matches this view. Show it" : `${size} new incidents match this view. Show them`;
}

function announce() {
  const bar = $("#newrows");
  if (!bar) return;
  $("span", bar).textContent = newsWords(news.size);
  bar.hidden = news.size === 0;
}

// The order may change only while nobody reads, points at or selects in the list.
const calm = () => news.size > 0 && selected().length === 0 && !$(".q-wrap:hover") && !$("dialog[open]");

function left(event) {
  const wrap = event.target.closest?.(".q-wrap");
  if (wrap && !wrap.contains(event.relatedTarget) && document.hasFocus() && calm()) showNews();
}

function settle({ detail }) {
  if (detail?.whole) {
    for (const number of [...news]) if (rowOf(number)) news.delete(number);
    announce();
  }
  if (open) mark(open);
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
  if (target.closest("[data-clear]")) return void (clearSelection() && $(".t", currentRow() ?? table())?.focus());
  const row = target.closest("table.q tr.row");
  if (!row) return;
  if (event.shiftKey && target.matches(".c-sel input")) extendTo(row);
  if (target.closest("a, button, input, label") || String(getSelection())) return;
  $(".t", row).focus();
  if (visible($("#preview"))) preview(row);
}

const follow = debounce(150, () => visible($("#preview")) && currentRow()?.dataset.number !== open && preview());

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

// The bar hides with the selection: the reader is put back where they were in the list.
function acted(event) {
  if (!event.target.matches("#bulk-form, form[data-bulk]")) return;
  clearSelection();
  const focus = document.activeElement;
  if (focus === document.body || focus?.closest(".bulk, dialog, [popover]")) setTimeout(() => $(".t", currentRow() ?? table())?.focus(), 0);
}

function fill(event) {
  if (!event.target.matches?.("form[data-bulk]")) return;
  $$("input[data-bulk-number]", event.target).forEach((input) => input.remove());
  for (const value of selected()) event.target.append(el("input", { type: "hidden", name: "number", value, "data-bulk-number": true }));
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
  if (!dialog.open) dialog.showModal();
  const first = $("a, button", dialog.firstElementChild);
  if (first && isVisible(first)) first.focus();
}
