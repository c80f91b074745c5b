// A reply cannot be taken back. So it waits a moment in which it can be kept, and when somebody else answered
// meanwhile, it goes only after a second press.
import { $, el, icon, outlives, say } from "./dom.js";
import { keepBack, submit } from "./forms.js";

export const patience = 5000;

export class Sending {
  constructor(form) {
    this.form = form;
    this.waiting = null;
    this.met = null;
    /** The words of a reply that is on its way while its writer writes to somebody else; else null. */
    this.away = null;
    /** What somebody else said while this form was sending. */
    this.late = null;
    form.addEventListener("submit", (event) => this.press(event));
    form.addEventListener("input", ({ target }) => (this.waiting && target.name === "mode" ? this.turn(target) : this.keep()));
    form.addEventListener("sent", () => {
      this.late = null;
      this.meet(null);
    });
    form.addEventListener("settled", () => this.arrived(this.late ? [this.late] : []));
    document.addEventListener("patched", ({ detail }) => this.arrived(detail.added));
    document.addEventListener("keydown", (event) => this.key(event), true);
    // A hidden page may be ended without another word, by a telephone that is locked.
    document.addEventListener("visibilitychange", () => document.hidden && this.leave());
    addEventListener("pagehide", () => this.leave(true));
  }

  leave(gone = false) {
    if (!this.waiting) return;
    this.go({ keepalive: outlives($("textarea", this.form).value) });
    // Who comes back to this very page sees what was stored, not the words again.
    if (gone) addEventListener("pageshow", () => location.reload(), { once: true });
  }

  reply() {
    return $("input[name=mode]:checked", this.form)?.value === "reply" && $("textarea", this.form).value.trim() !== "";
  }

  // Files may be larger than what a page that closes can still send; words for the resolution are not sent yet.
  goesAtOnce() {
    return Boolean($("input[type=file]", this.form)?.files.length) || $("[name=then]", this.form)?.value === "resolve";
  }

  press(event) {
    if (!this.reply()) return;
    if (this.met && !this.met.dataset.read) {
      event.preventDefault();
      this.met.dataset.read = "1";
      this.met.focus();
    } else if (this.waiting) {
      // Pressed again: they are sure.
      event.preventDefault();
      this.go();
    } else if (!this.goesAtOnce()) {
      event.preventDefault();
      this.hold(event.submitter);
    }
  }

  hold(submitter) {
    const cancel = el("button", { class: "btn btn-sm", type: "button", "data-cancel": true }, "Sending, cancel ", el("kbd", {}, "Esc"));
    cancel.addEventListener("click", () => this.keep(true));
    const timer = setTimeout(() => this.go(), patience);
    this.waiting = { timer, cancel, submitter };
    submitter?.after(cancel);
    submitter?.setAttribute("hidden", "");
    // Single keys work again: the reply goes on its way, so does its writer.
    if (this.form.contains(document.activeElement)) $("#main")?.focus({ preventScroll: true });
    $(":scope > .banner[data-trouble]", this.form)?.remove();
    say("Sending in 5 seconds. Escape cancels");
  }

  stop() {
    if (!this.waiting) return;
    clearTimeout(this.waiting.timer);
    this.waiting.cancel.remove();
    this.waiting.submitter?.removeAttribute("hidden");
    this.waiting = null;
  }

  /** Keeps the words in the field and says so; with `back`, the writer goes on with them. */
  keep(back = false) {
    if (!this.waiting) return;
    this.stop();
    const state = $("[data-draft-state]", this.form);
    if (state) state.textContent = "Not sent";
    say("Not sent. Your words are kept");
    if (back) $("textarea", this.form).focus();
  }

  // The writer goes on to another audience: the reply goes first, as the reply it is. When it does not arrive, that
  // is told, because its words are no longer in sight.
  async turn(radio) {
    const reply = $("input[name=mode][value=reply]", this.form);
    this.away = $("textarea", this.form).value;
    reply.checked = true;
    const sent = this.go();
    radio.checked = true;
    const arrived = await sent;
    this.away = null;
    if (arrived || reply.checked) return;
    $(":scope > .banner[data-trouble]", this.form)?.remove();
    const back = el("button", { class: "btn btn-sm", type: "button" }, "Back to the reply");
    const words = el("div", {}, el("b", {}, "Your reply was not sent."), " Its words are kept there.");
    const banner = el("div", { class: "banner banner-warn", role: "alert" }, icon("reply"), words, back);
    reply.addEventListener("input", () => banner.remove(), { once: true });
    back.addEventListener("click", () => reply.click());
    this.form.prepend(banner);
  }

  go(options) {
    const { submitter } = this.waiting;
    this.stop();
    return submit(this.form, submitter, options);
  }

  key(event) {
    if (!this.waiting || document.querySelector("dialog[open]")) return;
    const again = event.key === "Enter" && (event.ctrlKey || event.metaKey);
    if (!again && event.key !== "Escape") return;
    event.preventDefault();
    if (again) this.go();
    else this.keep(true);
  }

  // Words of somebody else to the same reader. What this form sends itself arrives while it is busy; whatever else
  // came then is met afterwards, unless the words were sent.
  arrived(added) {
    const other = added.filter((node) => node.matches?.("[data-kind=reply], [data-kind=update]")).at(-1);
    const busy = this.form.getAttribute("aria-busy") === "true";
    // What another form of the page brings, such as a resolution, is of the writer, too.
    if (!busy && $("form[aria-busy=true]")) return;
    this.late = busy ? (other ?? this.late) : null;
    if (!other || busy || !this.reply()) return;
    this.stop();
    keepBack(this.form);
    this.meet($("article", other)?.getAttribute("aria-label") ?? "Another reply");
  }

  meet(label) {
    if (this.met) this.met.remove();
    this.met = null;
    if (!label) return;
    const words = el("div", {}, el("b", {}, `${label}, came while you were writing.`), " Your words are kept. Read it first; sending needs a second press.");
    this.met = el("div", { class: "banner banner-warn", role: "alert", tabindex: "-1" }, icon("reply"), words);
    this.form.prepend(this.met);
  }
}
