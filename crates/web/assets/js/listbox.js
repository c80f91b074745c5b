// The active option of a list that is driven from a text field (aria-activedescendant). Used by the palette
// and by every field with suggestions.
import { $$ } from "./dom.js";

let count = 0;

export class Listbox {
  constructor(input, list) {
    this.input = input;
    this.list = list;
    this.at = -1;
  }

  get options() {
    return $$("[role=option]", this.list);
  }

  get active() {
    return this.options[this.at] ?? null;
  }

  /** After the list changed: names the options and makes `at` the active one (-1 = none). */
  reset(at = -1) {
    for (const option of this.options) option.id ||= `o-${++count}`;
    this.select(at);
  }

  /** One further or back, around the ends. */
  move(step) {
    const { length } = this.options;
    if (!length) return;
    if (this.at < 0) this.select(step > 0 ? 0 : length - 1);
    else this.select((this.at + step + length) % length);
  }

  select(at) {
    const { options } = this;
    this.at = at < options.length ? at : -1;
    options.forEach((option, index) => option.setAttribute("aria-selected", String(index === this.at)));
    const { active } = this;
    if (active) {
      this.input.setAttribute("aria-activedescendant", active.id);
      active.scrollIntoView?.({ block: "nearest" });
    } else this.input.removeAttribute("aria-activedescendant");
  }
}

/**
 * Where the words of `query` begin words of `label`: a list of [text, hit] pieces, or null if a word is
 * missing. Case and accents do not matter.
 */
export function match(query, label) {
  const plain = fold(label);
  const hits = [];
  for (const word of fold(query).split(/\s+/).filter(Boolean)) {
    const at = wordStart(plain, word);
    if (at < 0) return null;
    hits.push([at, at + word.length]);
  }
  hits.sort((a, b) => a[0] - b[0]);
  const pieces = [];
  let done = 0;
  for (const [from, to] of hits) {
    if (to <= done) continue;
    const start = Math.max(from, done);
    if (start > done) pieces.push([label.slice(done, start), false]);
    pieces.push([label.slice(start, to), true]);
    done = to;
  }
  if (done < label.length) pieces.push([label.slice(done), false]);
  return pieces;
}

// Letter by letter, so that positions in the folded text are positions in the label.
const fold = (text) => [...text].map((letter) => letter.normalize("NFD")[0].toLowerCase().slice(0, letter.length).padEnd(letter.length)).join("");

function wordStart(text, word) {
  for (let at = text.indexOf(word); at >= 0; at = text.indexOf(word, at + 1)) {
    if (at === 0 || !/[\p{L}\p{N}]/u.test(text[at - 1])) return at;
  }
  return -1;
}
