// A text field that suggests: filter bar, caller of the phone intake, the portal's one question.
import { $, ask, debounce, el, icon, say } from "./dom.js";
import { Listbox } from "./listbox.js";
import { patch } from "./morph.js";

export function startComboboxes() {
  document.addEventListener("focusin", (event) => {
    if (event.target.matches?.("input[data-suggest]") && !event.target.suggests) event.target.suggests = new Combobox(event.target);
  });
  const focused = document.activeElement;
  if (focused?.matches?.("input[data-suggest]")) focused.suggests ??= new Combobox(focused);
}

export class Combobox {
  constructor(input) {
    this.input = input;
    this.list = document.getElementById(input.getAttribute("aria-controls"));
    this.box = new Listbox(input, this.list);
    this.asked = 0;
    this.later = debounce(120, () => this.fetch());
    input.addEventListener("input", () => this.later());
    input.addEventListener("keydown", (event) => this.key(event));
    input.addEventListener("blur", () => setTimeout(() => this.list.contains(document.activeElement) || input === document.activeElement || this.close(), 120));
    this.list.addEventListener("pointerdown", (event) => event.preventDefault());
    this.list.addEventListener("click", (event) => {
      const option = event.target.closest("[role=option]");
      if (option) this.choose(option);
    });
    if (input.hasAttribute("data-eager") || input.value) this.later();
  }

  async fetch() {
    const typed = this.input.value.trim();
    if (typed.length < Number(this.input.dataset.min ?? 0)) return this.close();
    const mine = ++this.asked;
    this.asking?.abort();
    this.asking = new AbortController();
    try {
      const url = new URL(this.input.dataset.suggest, location.href);
      url.searchParams.set("q", typed);
      const answer = await ask(url, { headers: { accept: "application/json, text/html" }, signal: this.asking.signal });
      if (mine !== this.asked || !answer.ok) return;
      if ((answer.headers.get("content-type") ?? "").includes("json")) this.list.replaceChildren(...(await answer.json()).map(option));
      else this.list.innerHTML = await answer.text();
    } catch {
      // One that was overtaken closes nothing.
      return mine === this.asked ? this.close() : undefined;
    }
    if (mine !== this.asked || document.activeElement !== this.input) return;
    const { length } = this.box.options;
    this.open(length > 0);
    if (length) say(length === 1 ? "1 suggestion" : `${length} suggestions`);
  }

  open(on) {
    this.list.hidden = !on;
    this.input.setAttribute("aria-expanded", String(on));
    this.box.reset();
  }

  close() {
    this.asked++;
    this.asking?.abort();
    this.later.cancel();
    if (!this.list.hidden) this.open(false);
  }

  key(event) {
    if (event.isComposing) return;
    const shown = !this.list.hidden;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (shown) this.box.move(event.key === "ArrowDown" ? 1 : -1);
      else this.fetch();
    } else if (event.key === "Enter" && !event.ctrlKey && shown && this.box.active) {
      event.preventDefault();
      this.choose(this.box.active);
    } else if (event.key === "Escape" && shown) {
      event.preventDefault();
      event.stopPropagation();
      this.close();
    }
  }

  choose(chosen) {
    const { href, insert, value, label } = chosen.dataset;
    this.close();
    if (href) location.assign(href);
    else if (insert) this.complete(insert);
    else if (value !== undefined) this.take(value, label ?? chosen.textContent.trim());
  }

  // Replaces the last typed word; a field name waits for its value, a whole term is sent, unless the form is
  // about more than this field (`data-stay`).
  complete(insert) {
    const { input } = this;
    input.value = `${input.value.replace(/\S*$/, "")}${insert}`;
    input.dispatchEvent(new Event("input", { bubbles: true }));
    if (!insert.endsWith(":")) {
      this.later.cancel();
      if (input.dataset.stay === undefined) input.form?.requestSubmit();
    }
  }

  async take(value, label) {
    const { input } = this;
    input.value = label;
    const into = input.dataset.into && $(input.dataset.into);
    if (into) {
      into.value = value;
      into.dispatchEvent(new Event("change", { bubbles: true }));
    }
    if (!input.dataset.load) return;
    const url = new URL(input.dataset.load, location.href);
    url.searchParams.set("value", value);
    try {
      const answer = await ask(url);
      if (answer.ok) patch(await answer.text());
    } catch {
      // The choice stands; only the card beside it stays as it was.
    }
  }
}

function option(item) {
  const { label, hint, count, insert, href, value } = item;
  const words = el("span", {}, label, hint && el("small", {}, hint));
  const node = el("div", { class: "pal-o", role: "option", "aria-selected": "false", "data-label": label });
  for (const [key, data] of Object.entries({ insert, href, value })) if (data !== undefined && data !== null) node.dataset[key] = data;
  if (item.icon) node.append(icon(item.icon));
  node.append(words);
  if (count !== undefined && count !== null) node.append(el("span", { class: "meta" }, String(count)));
  return node;
}
