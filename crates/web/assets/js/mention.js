// In the composer @ finds people, # incidents, problems and articles, and / at the beginning of a line macros; what is chosen is written out.
import { $, ask, debounce, el, icon, interrupt } from "./dom.js";
import { Listbox, match } from "./listbox.js";

/** What is being asked for before the caret: `{ sign, typed, from }`, or null. */
export function wanted(text, caret) {
  const before = text.slice(0, caret);
  const hit = /(?:^|[\s(])([@#])([^\s@#]*)$/.exec(before) ?? /(?:^|\n)(\/)([^\s/]*)$/.exec(before);
  return hit && { sign: hit[1], typed: hit[2], from: caret - hit[2].length - 1 };
}

/** Hits that are offered for each sign. */
const most = { "@": 6, "#": 9, "/": 12 };

export function startMentions() {
  const field = $("form.composer textarea");
  if (field) new Mentions(field);
}

class Mentions {
  constructor(field) {
    this.field = field;
    this.number = field.form?.dataset.number;
    this.list = el("div", { class: "pop sug sug-up", id: "mention-l", role: "listbox", "aria-label": "Suggestions", hidden: true });
    field.before(el("div", { class: "sug-w" }, this.list));
    field.setAttribute("aria-autocomplete", "list");
    field.setAttribute("aria-controls", this.list.id);
    this.box = new Listbox(field, this.list);
    this.later = debounce(120, () => this.fetch());
    field.addEventListener("input", () => {
      // The list shown answers what was typed before: Enter must not take from it.
      this.box.select(-1);
      if (this.asked()) this.later();
      else this.close();
    });
    field.addEventListener("keydown", (event) => this.key(event));
    field.addEventListener("blur", () => this.close());
    document.addEventListener("click", (event) => this.open(event));
    this.list.addEventListener("pointerdown", (event) => {
      event.preventDefault();
      this.choose(event.target.closest("[role=option]"));
    });
  }

  asked() {
    const { value, selectionStart, selectionEnd } = this.field;
    return selectionStart === selectionEnd ? wanted(value, selectionStart) : null;
  }

  /** The button begins a line with the sign. */
  open(event) {
    if (!event.target.closest?.("a[data-macros]") || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    const { field } = this;
    field.focus();
    const at = field.selectionStart;
    const begins = at === 0 || field.value[at - 1] === "\n";
    field.setRangeText(begins ? "/" : "\n/", at, field.selectionEnd, "end");
    field.dispatchEvent(new Event("input", { bubbles: true }));
  }

  async found({ sign, typed }) {
    const json = { headers: { accept: "application/json" } };
    if (sign === "/") {
      if (!this.number) return [];
      this.macros ??= await (await ask(this.macro(), json)).json();
      return this.macros.filter(({ label }) => !typed || match(typed, label)).map((item) => ({ ...item, icon: "pencil" }));
    }
    const asked = sign === "#" ? { q: sign + typed, records: 1 } : { q: sign + typed };
    const answer = await ask(`/palette?${new URLSearchParams(asked)}`, json);
    return (await answer.json()).groups.flatMap((group) => group.items);
  }

  macro(id = "") {
    return `/incidents/${encodeURIComponent(this.number)}/macros${id && `/${encodeURIComponent(id)}`}`;
  }

  async fetch() {
    const now = this.asked();
    if (!now) return this.close();
    try {
      const found = await this.found(now);
      const still = this.asked();
      if (!still || still.sign + still.typed !== now.sign + now.typed) return;
      const items = found.slice(0, most[now.sign]).map((item) => option(item, now.sign));
      if (now.sign === "/" && !now.typed && !items.length) items.push(none(this.number && this.macro()));
      this.list.replaceChildren(...items);
      this.list.hidden = items.length === 0;
      // "printer #3" and a lonely @ are prose as well: there Enter takes only what the arrows chose.
      this.box.reset(/\p{L}/u.test(now.typed) ? 0 : -1);
    } catch {
      this.close();
    }
  }

  close() {
    this.later.cancel();
    this.list.hidden = true;
    this.box.select(-1);
  }

  key(event) {
    if (this.list.hidden || event.isComposing || event.ctrlKey || event.metaKey || event.shiftKey) return;
    const { key } = event;
    if (key === "ArrowDown" || key === "ArrowUp") this.box.move(key === "ArrowDown" ? 1 : -1);
    else if ((key === "Enter" || key === "Tab") && this.box.active) this.choose(this.box.active);
    else if (key === "Escape") this.close();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  choose(chosen) {
    if (chosen?.hasAttribute("aria-disabled")) return this.close();
    if (chosen?.dataset.href) return void location.assign(chosen.dataset.href);
    const now = this.asked();
    if (chosen?.dataset.macro && now) this.take(chosen.dataset.macro);
    else if (chosen && now) {
      this.field.setRangeText(`${chosen.dataset.insert} `, now.from, this.field.selectionStart, "end");
      this.field.dispatchEvent(new Event("input", { bubbles: true }));
    }
    this.close();
  }

  /** Puts the words of a macro in place of what was typed, and what follows them as boxes: nothing is sent. */
  async take(id) {
    const { field } = this;
    const put = (text, at) => {
      field.setRangeText(text, at, field.selectionStart, "end");
      field.dispatchEvent(new Event("input", { bubbles: true }));
    };
    try {
      const answer = await ask(this.macro(id), { headers: { accept: "application/json" } });
      if (!answer.ok) throw new Error(answer.status);
      const taken = await answer.json();
      // Whoever typed on meanwhile keeps that.
      const now = this.asked();
      if (now?.sign === "/") put("", now.from);
      const radio = $(`input[name=mode][value=${taken.mode}]`, field.form);
      if (radio && !radio.checked) {
        radio.click();
        field.setSelectionRange(field.value.length, field.value.length);
      }
      const begun = field.value.slice(0, field.selectionStart);
      put(`${begun && !begun.endsWith("\n") ? "\n\n" : ""}${taken.words}`, field.selectionStart);
      boxes($("#c-macro", field.form), taken);
      field.focus();
    } catch {
      interrupt("This could not be fetched.");
    }
  }
}

function boxes(place, { id, version, name, missing, commands }) {
  if (!place) return;
  const hidden = (key, value) => el("input", { type: "hidden", name: key, value });
  const box = (label, at) => el("label", { class: "ck" }, el("input", { type: "checkbox", name: "do", value: String(at), checked: true }), label);
  const follows = commands.length > 0 && el("fieldset", { class: "c-aud" }, el("legend", { class: "vh" }, `What the macro ${name} does then`), ...commands.map(box));
  const gap = missing.length > 0 && el("p", { class: "meta", role: "status" }, `Nothing is known for ${missing.join(", ")}: write it yourself.`);
  place.replaceChildren(...[hidden("macro", id), hidden("macro_version", version), gap, follows].filter(Boolean));
}

// That nothing is offered is said, too, with where some are made: somebody pressed the button for it.
function none(href) {
  const words = el("span", {}, href ? "No macros yet. Make one" : "No macros yet");
  return el("div", { class: "pal-o muted", role: "option", "aria-disabled": href ? null : "true", "aria-selected": "false", "data-href": href }, icon("pencil"), words);
}

function option({ label, hint, icon: name, id }, sign) {
  const insert = sign === "#" ? label.split(" ")[0] : label;
  // What the palette says of people is where it leads to.
  const about = sign === "@" ? null : hint;
  const words = el("span", {}, label, about && " ", about && el("small", {}, about));
  return el("div", { class: "pal-o", role: "option", "aria-selected": "false", "data-insert": insert, "data-macro": sign === "/" && id }, icon(name ?? "user"), words);
}
