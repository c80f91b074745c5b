// Shows what a form would do while it is filled in: `form[data-preview=URL]` is posted there, without files, a
// moment after each change, and the patches of the answer are applied. Nothing is stored by it.
import { $$, ask, debounce } from "./dom.js";
import { defaultOf, isField, patch } from "./morph.js";

export const patience = 300;

export function startPreview() {
  for (const form of $$("form[data-preview]")) new Preview(form);
}

class Preview {
  constructor(form) {
    this.form = form;
    this.last = null;
    this.soon = debounce(patience, () => this.look(true));
    // Controls beside the form belong to it too.
    document.addEventListener("input", ({ target }) => this.concerns(target) && this.soon());
    // Beside what says nothing about the terms something can be said all the same.
    this.beside = debounce(patience, (url) => this.look(true, url));
    document.addEventListener("input", ({ target }) => {
      const url = target.form === this.form && target.closest("[data-beside]")?.dataset.beside;
      if (url) this.beside(url);
    });
    document.addEventListener("change", ({ target }) => this.concerns(target) && this.now());
    document.addEventListener("click", (event) => this.press(event));
    // What was sent is gone from the form, and so from what is shown of it.
    form.addEventListener("sent", () => this.now());
    // So does what somebody changed before this ran, and what the browser kept over a reload.
    if ([...form.elements].some((field) => isField(field) && this.concerns(field) && isChanged(field))) this.now();
  }

  // What stands in `data-still` says nothing about the terms: a question that is being answered, a file.
  concerns(field) {
    return field.form === this.form && !field.closest("[data-still]");
  }

  now() {
    this.soon.cancel();
    this.look(false);
  }

  // A button that only asks is answered in place.
  press(event) {
    const button = event.target.closest?.("button[data-look]");
    if (button?.form !== this.form) return;
    event.preventDefault();
    this.soon.cancel();
    this.look(false, button.getAttribute("formaction"), button);
  }

  /** Asks; only the newest question is answered. What cannot be answered now is by the next change. */
  async look(typing, url = this.form.dataset.preview, button = null) {
    this.last?.abort();
    const control = (this.last = new AbortController());
    const fields = [...new FormData(this.form)].filter(([, value]) => typeof value === "string");
    if (typing) fields.push(["typing", "1"]);
    button?.setAttribute("aria-busy", "true");
    try {
      const answer = await ask(url, { method: "POST", body: new URLSearchParams(fields), signal: control.signal });
      const html = await answer.text();
      if (control.signal.aborted) return;
      if (answer.ok || answer.status === 422) patch(html, { offer: false });
      else if (button) this.plainly(button);
    } catch {
      // Overtaken, or no connection: what is shown stays.
    } finally {
      button?.removeAttribute("aria-busy");
    }
  }

  // What a script cannot show, a page can.
  plainly(button) {
    button.removeAttribute("data-look");
    this.form.requestSubmit(button);
  }
}

function isChanged(field) {
  if (/^(checkbox|radio)$/.test(field.type)) return field.checked !== field.defaultChecked;
  return field.type !== "file" && field.value !== (defaultOf(field) ?? "");
}
