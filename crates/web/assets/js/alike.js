// Beside the form of a new incident: what is like that which is being typed. `form[data-alike=URL]` sends its words
// there a moment after they changed; only the newest question is answered, and the focus stays where it is.
import { $, $$, ask, debounce, say } from "./dom.js";
import { patch } from "./morph.js";

export const patience = 400;
const told = ["title", "description", "service", "service_id"];

export function startAlike() {
  for (const form of $$("form[data-alike]")) new Alike(form);
}

class Alike {
  constructor(form) {
    this.form = form;
    this.asked = String(this.words());
    this.last = null;
    this.soon = debounce(patience, () => this.look());
    form.addEventListener("input", () => this.soon());
    form.addEventListener("change", () => this.soon());
  }

  words() {
    const fields = new FormData(this.form);
    const words = new URLSearchParams(told.map((name) => [name, fields.get(name) ?? ""]));
    // What was chosen stays chosen.
    words.set("parent", $("input[name=parent]:checked")?.value ?? "");
    return words;
  }

  async look() {
    const words = this.words();
    if (String(words) === this.asked) return;
    this.asked = String(words);
    this.last?.abort();
    const control = (this.last = new AbortController());
    try {
      const answer = await ask(this.form.dataset.alike, { method: "POST", body: words, signal: control.signal });
      const html = await answer.text();
      if (control.signal.aborted || !answer.ok || answer.redirected) return;
      const before = $("#alike")?.dataset.said;
      patch(html, { offer: false });
      const now = $("#alike")?.dataset.said;
      if (now && now !== before) say(now);
    } catch {
      // Overtaken, or no connection: what is shown stays.
    }
  }
}
