// In the composer @ finds people and # incidents; what is chosen is written out.
import { $, ask, debounce, el, icon } from "./dom.js";
import { Listbox } from "./listbox.js";

/** What is being asked for before the caret: `{ sign, typed, from }`, or null. */
export function wanted(text, caret) {
  const hit = /(?:^|[\s(])([@#])([^\s@#]*)$/.exec(text.slice(0, caret));
  return hit && { sign: hit[1], typed: hit[2], from: caret - hit[2].length - 1 };
}

export function startMentions() {
  const field = $("form.composer textarea");
  if (field) new Mentions(field);
}

class Mentions {
  constructor(field) {
    this.field = field;
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
    this.list.addEventListener("pointerdown", (event) => {
      event.preventDefault();
      this.choose(event.target.closest("[role=option]"));
    });
  }

  asked() {
    const { value, selectionStart, selectionEnd } = this.field;
    return selectionStart === selectionEnd ? wanted(value, selectionStart) : null;
  }

  async fetch() {
    const now = this.asked();
    if (!now) return this.close();
    try {
      const answer = await ask(`/palette?${new URLSearchParams({ q: now.sign + now.typed })}`, { headers: { accept: "application/json" } });
      const { groups } = await answer.json();
      const still = this.asked();
      if (!still || still.sign + still.typed !== now.sign + now.typed) return;
      const items = groups.flatMap((group) => group.items).slice(0, 6);
      this.list.replaceChildren(...items.map((item) => option(item, now.sign)));
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
    if (this.list.hidden || event.isComposing || event.ctrlKey || event.metaKey) return;
    const { key } = event;
    if (key === "ArrowDown" || key === "ArrowUp") this.box.move(key === "ArrowDown" ? 1 : -1);
    else if ((key === "Enter" || key === "Tab") && this.box.active) this.choose(this.box.active);
    else if (key === "Escape") this.close();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  choose(chosen) {
    const now = this.asked();
    if (chosen && now) {
      this.field.setRangeText(`${chosen.dataset.insert} `, now.from, this.field.selectionStart, "end");
      this.field.dispatchEvent(new Event("input", { bubbles: true }));
    }
    this.close();
  }
}

function option({ label, hint, icon: name }, sign) {
  const insert = sign === "#" ? label.split(" ")[0] : label;
  const words = el("span", {}, label, hint && " ", hint && el("small", {}, hint));
  return el("div", { class: "pal-o", role: "option", "aria-selected": "false", "data-insert": insert }, icon(name ?? "user"), words);
}
