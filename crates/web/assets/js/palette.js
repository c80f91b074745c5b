// The command palette: what this page can do (read from its own markup) at once, what the server knows a
// moment later.
import { $, $$, ask, debounce, el, icon, isVisible } from "./dom.js";
import { submit } from "./forms.js";
import { byKey, press } from "./keys.js";
import { Listbox, match } from "./listbox.js";

const likely = 4;
let palette = null;

export function startPalette() {
  document.addEventListener("keydown", (event) => {
    if (!(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey || event.key.toLowerCase() !== "k") return;
    event.preventDefault();
    toggle();
  });
  document.addEventListener("click", (event) => {
    if (!event.target.closest?.("[data-palette]") || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    toggle();
  });
}

function toggle() {
  palette ??= new Palette();
  if (palette.dialog.open) palette.dialog.close();
  else palette.open();
}

/** The page's own actions: `{ label, key, go, kbd, icon, node }`, each name once. */
export function pageActions(root = document) {
  const found = new Map();
  // What the page itself can do comes before where else one can go; what has a name alone has no key.
  const nodes = ["[data-key]", "[data-key-go]", "[data-name]:not([data-key], [data-key-go])"].flatMap((each) => $$(each, root));
  for (const node of nodes) {
    const label = nameOf(node);
    if (!label || found.has(label) || node.closest("#pal, .bulk") || !isVisible(node)) continue;
    const { key, keyGo } = node.dataset;
    const kbd = key ? keyName(key.split(" ")[0]) : keyGo && `G ${keyName(keyGo)}`;
    found.set(label, { label, kbd, icon: iconOf(node), node });
  }
  return [...found.values()];
}

/** The actions whose words begin with the words of `query`; earliest hit first. */
export function filterActions(actions, query) {
  if (/^[@#!]/.test(query)) return [];
  const wanted = query.replace(/^>/, "").trim();
  if (!wanted) return query.startsWith(">") ? actions : actions.slice(0, likely);
  return actions
    .map((action) => ({ action, pieces: match(wanted, action.label) }))
    .filter(({ pieces }) => pieces)
    .sort((a, b) => Number(b.pieces[0][1]) - Number(a.pieces[0][1]))
    .map(({ action }) => action);
}

class Palette {
  constructor() {
    this.input = el("input", {
      type: "text", role: "combobox", "aria-expanded": "true", "aria-controls": "pal-l", "aria-autocomplete": "list",
      "aria-label": "Search or run a command", placeholder: "Search or run a command", autocomplete: "off", spellcheck: "false", autofocus: true,
    });
    this.chip = el("span", { class: "chip", hidden: true });
    this.list = el("div", { class: "pal-l", id: "pal-l", role: "listbox", "aria-label": "Results", tabindex: "-1" });
    this.status = el("span", { class: "end", role: "status" });
    const hint = (keys, text) => el("span", {}, ...keys.map((key) => el("kbd", {}, key)), ` ${text}`);
    const foot = el("div", { class: "pal-f" }, hint(["↑", "↓"], "move"), hint(["↵"], "run"), hint(["Ctrl ↵"], "new tab"), hint([">"], "only commands"), this.status);
    const head = el("div", { class: "pal-in" }, icon("search"), this.input, this.chip, el("kbd", {}, "Esc"), closer());
    this.dialog = el("dialog", { class: "pal", id: "pal", "aria-label": "Command palette" }, head, this.list, foot);
    this.box = new Listbox(this.input, this.list);
    this.later = debounce(60, () => this.fetch());
    document.body.append(this.dialog);
    this.listen();
  }

  listen() {
    this.input.addEventListener("input", () => this.typed());
    this.input.addEventListener("keydown", (event) => this.key(event));
    this.list.addEventListener("click", (event) => this.run(event.target.closest("[role=option]"), event.ctrlKey || event.metaKey));
    this.dialog.addEventListener("click", (event) => event.target === this.dialog && this.dialog.close());
    this.dialog.addEventListener("close", () => {
      this.later.cancel();
      this.asking?.abort();
    });
  }

  open() {
    this.actions = pageActions();
    this.drawn = new Map();
    this.on = $$("table.q .c-sel input[name=number]:checked").map((box) => box.value).join(",") || document.documentElement.dataset.on || "";
    this.step = null;
    this.groups = [];
    this.input.value = "";
    this.showChip();
    this.draw();
    this.dialog.showModal();
    this.input.focus();
    this.fetch();
  }

  typed() {
    this.draw();
    this.later();
  }

  async fetch() {
    const query = this.input.value;
    const url = new URL("/palette", location.href);
    url.searchParams.set("q", query);
    if (this.on) url.searchParams.set("on", this.on);
    if (this.step) url.searchParams.set("step", this.step.step);
    this.asking?.abort();
    const control = (this.asking = new AbortController());
    try {
      const answer = await ask(url, { headers: { accept: "application/json" }, signal: control.signal });
      if (!answer.ok || query !== this.input.value || !this.dialog.open) return;
      this.groups = (await answer.json()).groups ?? [];
      this.draw();
    } catch {
      if (!control.signal.aborted) this.status.textContent = "No connection, only this page's commands";
    }
  }

  // The active row stays active while the server's part arrives below or above it.
  draw() {
    const active = this.box.active?.dataset.label;
    const query = this.input.value;
    const own = this.step ? [] : filterActions(this.actions, query);
    const known = new Set(own.map(({ label }) => label));
    const theirs = this.groups.map((group) => ({ ...group, items: group.items?.filter(({ label }) => !known.has(label)) }));
    const groups = [{ title: "On this page", items: own }, ...theirs].filter((group) => group.items?.length);
    this.items = groups.flatMap((group) => group.items);
    this.list.replaceChildren(...groups.map((group, at) => this.group(group, at, query)));
    const before = this.box.options.findIndex((option) => option.dataset.label === active);
    this.box.reset(this.items.length ? Math.max(before, 0) : -1);
    const { length } = this.items;
    this.status.textContent = length === 1 ? "1 result" : `${length} results`;
  }

  group({ title, items }, at, query) {
    const head = el("p", { class: "pal-g", id: `pal-g${at}`, role: "presentation" }, title);
    const wanted = query.replace(/^[>@#!]/, "");
    return el("div", { role: "group", "aria-labelledby": head.id }, head, ...items.map((item) => this.option(item, wanted)));
  }

  // A row that stays keeps its node: its icon would blink if it were drawn at every letter.
  option(item, query) {
    const key = `${item.label} ${item.icon} ${item.href ?? item.key ?? item.form ?? item.step}`;
    const node = this.drawn.get(key) ?? row(item);
    this.drawn.set(key, node);
    node.children[1].replaceChildren(...words(item, query));
    return node;
  }

  key(event) {
    if (event.isComposing) return;
    const { key } = event;
    if (key === "ArrowDown" || key === "ArrowUp") this.box.move(key === "ArrowDown" ? 1 : -1);
    else if (key === "Enter") this.run(this.box.active, event.ctrlKey || event.metaKey);
    else if (key === "Backspace" && this.step && !this.input.value) this.enter(null);
    else return;
    event.preventDefault();
  }

  enter(item) {
    this.step = item;
    this.groups = [];
    this.input.value = "";
    this.showChip();
    this.draw();
    this.fetch();
  }

  showChip() {
    const text = this.step?.label ?? (this.on && `on ${this.on.replaceAll(",", ", ")}`);
    this.chip.textContent = text || "";
    this.chip.hidden = !text;
  }

  run(chosen, newTab) {
    const item = chosen && this.items[this.box.options.indexOf(chosen)];
    if (!item) return;
    if (item.step) return this.enter(item);
    const href = item.href ?? item.node?.getAttribute?.("href");
    if (newTab && href) return void window.open(href, "_blank", "noopener");
    this.dialog.close();
    if (item.node) press(item.node);
    else if (item.href) location.assign(item.href);
    else if (item.key) press(byKey(item.key));
    else if (item.form) post(item);
  }
}

const closer = () => el("button", { class: "btn btn-quiet btn-icon show-s", type: "button", "data-close": true, "aria-label": "Close" }, icon("x"));

function post({ form: action, fields = {} }) {
  const form = el("form", { method: "post", action, "data-live": true, hidden: true });
  for (const [name, value] of Object.entries(fields)) form.append(el("input", { type: "hidden", name, value }));
  document.body.append(form);
  form.addEventListener("sent", () => form.remove());
  submit(form).then(() => {
    // It stays as long as its banner offers to try again.
    if (!$(".banner", form)) return form.remove();
    form.hidden = false;
    $("#main")?.prepend(form);
  });
}

function row({ label, icon: name, kbd }) {
  const node = el("div", { class: "pal-o", role: "option", "aria-selected": "false", "data-label": label }, icon(name ?? "right"), el("span", {}));
  if (kbd) node.append(el("kbd", {}, kbd));
  return node;
}

// Where the server says what was found (a word may be spelled otherwise), it is right.
function words({ label, hint, pieces: found }, query) {
  const pieces = found || (query.trim() && match(query, label)) || [[label, false]];
  const shown = pieces.map(([text, hit]) => (hit ? el("mark", {}, text) : text));
  return hint ? [...shown, " ", el("small", {}, hint)] : shown;
}

function nameOf(node) {
  const given = node.dataset.name ?? node.getAttribute("aria-label");
  if (given) return given;
  const labelled = node.matches("input, select, textarea") ? node.labels?.[0] ?? node : node;
  const copy = labelled.cloneNode(true);
  $$("kbd, .vh, .short, input, [aria-hidden=true]", copy).forEach((part) => part.remove());
  return copy.textContent.replace(/\s+/g, " ").trim();
}

const iconOf = (node) => $("use", node.labels?.[0] ?? node)?.getAttribute("href")?.split("#i-")[1];
const keyName = (key) => (key.length === 1 ? key.toUpperCase() : key);
