// The composer: one draft per audience, kept on the server, on the device while there is no connection.
// What was written for one audience never turns up for another unasked.
import { $, $$, ask, debounce, el, goOn, icon, isVisible, outlives } from "./dom.js";
import { Sending } from "./sending.js";

export const modes = ["reply", "note", "update"];
const shelf = (number, mode) => `evenkeel.draft.${number}.${mode}`;

export function startDrafts() {
  const form = $("form.composer[data-number]");
  if (form) new Composer(form);
}

/**
 * What the text field shows after changing from one audience to another. Public words may become a note and
 * come back; a note may become public only after asking.
 */
export function switchMode({ drafts, from, to, text, shared }) {
  const kept = { ...drafts, [from]: text };
  if (!text.trim() || kept[to]?.trim()) return { drafts: kept, text: kept[to] ?? "", ask: false, shared: null };
  if (from === "note" && text !== shared) return { drafts: kept, text: "", ask: true, shared: null };
  return { drafts: { ...kept, [from]: "" }, text, ask: false, shared: to === "note" ? text : null };
}

export class Composer {
  constructor(form) {
    this.form = form;
    this.number = form.dataset.number;
    this.field = $("textarea", form);
    this.mode = this.checked();
    this.drafts = Object.fromEntries(modes.map((mode) => [mode, this.shelved(mode) ?? form.dataset[`draft${mode[0].toUpperCase()}${mode.slice(1)}`] ?? ""]));
    this.drafts[this.mode] ||= this.field.value;
    this.field.value = this.drafts[this.mode];
    this.shared = null;
    this.stored = { ...this.drafts };
    /** Which stored draft of a mode these words go on from; whoever else stored one since is told of, not overwritten. */
    this.known = Object.fromEntries(modes.map((mode) => [mode, this.shelved(`${mode}.known`) ?? form.dataset[`known${mode[0].toUpperCase()}${mode.slice(1)}`] ?? ""]));
    this.queue = Promise.resolve();
    this.later = debounce(800, () => this.store());
    this.sending = new Sending(form);
    this.listen();
  }

  listen() {
    this.field.addEventListener("input", () => {
      this.drafts[this.mode] = this.field.value;
      $("[data-ask]", this.form)?.remove();
      this.later();
    });
    this.form.addEventListener("change", (event) => event.target.name === "mode" && this.change());
    this.form.addEventListener("submit", (event) => {
      this.later.cancel();
      // Held back: it is a draft until it leaves, and again when it is refused with nobody there to see.
      if (event.defaultPrevented) this.store();
    });
    this.form.addEventListener("sent", () => this.clear());
    document.addEventListener("online-again", () => this.flush());
    document.addEventListener("visibilitychange", () => document.hidden && this.leave());
    addEventListener("pagehide", () => this.leave());
    document.addEventListener("click", (event) => {
      const link = event.target.closest?.("a[href^='#m-']");
      if (link) setTimeout(() => this.write(link.getAttribute("href")), 0);
    });
    // After the browser went to the radio itself.
    addEventListener("load", () => setTimeout(() => this.write(location.hash), 0), { once: true });
    this.flush();
  }

  /** Begins to write to the audience of `#m-reply`, `#m-note` or `#m-upd`. */
  write(hash) {
    const radio = /^#m-\w+$/.test(hash) && $(hash, this.form);
    if (!radio) return;
    radio.click();
    goOn(this.field);
  }

  checked() {
    return $("input[name=mode]:checked", this.form)?.value ?? "reply";
  }

  change() {
    const from = this.mode;
    const to = this.checked();
    if (to === from) return;
    const next = this.sending.away === null
      ? switchMode({ drafts: this.drafts, from, to, text: this.field.value, shared: this.shared })
      : { drafts: { ...this.drafts, [from]: this.field.value }, text: this.drafts[to], ask: false, shared: null };
    this.drafts = next.drafts;
    this.mode = to;
    this.shared = next.shared;
    this.put(next.text);
    $("[data-ask]", this.form)?.remove();
    if (next.ask) this.askOnce(from);
    this.store();
    this.field.focus();
  }

  put(text) {
    this.field.value = text;
    this.drafts[this.mode] = text;
  }

  // A note may hold what its reader must not see.
  askOnce(from) {
    const text = this.drafts[from];
    const use = el("button", { class: "btn btn-sm", type: "button" }, `Use it as ${this.mode === "update" ? "an update" : "a reply"}`);
    const empty = el("button", { class: "btn btn-sm btn-quiet", type: "button" }, "Start empty");
    const banner = el("div", { class: "banner banner-warn", "data-ask": true }, icon("lock"), el("div", {}, el("b", {}, "This was internal.")), el("span", { class: "btns" }, use, empty));
    const done = () => {
      banner.remove();
      this.field.focus();
    };
    use.addEventListener("click", () => {
      this.drafts[from] = "";
      this.put(text);
      this.store();
      done();
    });
    empty.addEventListener("click", done);
    this.form.prepend(banner);
  }

  /** Sends what changed since the last time, mode by mode, one request after the other. */
  store(leaving = false) {
    this.queue = this.queue.then(() => this.sendChanged(leaving));
    return this.queue;
  }

  async sendChanged(leaving) {
    for (const mode of modes) {
      const body = this.drafts[mode];
      if (body === this.stored[mode] || this.clash?.mode === mode) continue;
      const answer = await this.save(mode, body, { headers: { "X-Draft-Known": this.known[mode] }, keepalive: leaving && outlives(body) });
      if (answer?.status === 409) this.offerBoth(mode, await answer.json());
      else if (answer?.ok) {
        this.known[mode] = answer.headers.get("X-Draft") ?? "";
        this.stored[mode] = body;
        if (this.drafts[mode] === body) this.shelve(mode, null);
        if (mode === this.mode) this.state(body ? "Draft saved" : "");
      } else {
        this.shelve(mode, body);
        this.state("Draft kept on this device");
      }
    }
  }

  async save(mode, body, options = {}) {
    try {
      return await ask(`/incidents/${encodeURIComponent(this.number)}/drafts/${mode}`, { method: "PUT", body: new URLSearchParams({ body }), ...options });
    } catch {
      return null;
    }
  }

  // The same person writes in another tab, or did on another device.
  offerBoth(mode, { body, known }) {
    this.clash = { mode };
    const [mine, theirs] = ["Keep this one", "Use the other"].map((words) => el("button", { class: "btn btn-sm", type: "button" }, words));
    const words = el("div", {}, el("b", {}, `You wrote another ${mode} in another tab or on another device.`), ` It begins “${body.slice(0, 80)}”.`);
    const banner = el("div", { class: "banner banner-info", role: "alert", "data-clash": true }, icon("user"), words, el("span", { class: "btns" }, mine, theirs));
    const settle = () => {
      banner.remove();
      this.clash = null;
      this.known[mode] = known;
      this.stored[mode] = body;
      this.store();
      this.field.focus();
    };
    mine.addEventListener("click", settle);
    theirs.addEventListener("click", () => {
      this.drafts[mode] = body;
      if (mode === this.mode) this.put(body);
      this.shelve(mode, null);
      settle();
    });
    $("[data-clash]", this.form)?.remove();
    this.form.prepend(banner);
    if (mode === this.mode) this.state("Draft not saved");
  }

  flush() {
    if (modes.some((mode) => this.shelved(mode) !== null)) {
      for (const mode of modes) if (this.shelved(mode) !== null) this.stored[mode] = null;
      this.store();
    }
  }

  leave() {
    this.later.cancel();
    if (this.form.getAttribute("aria-busy") === "true") return;
    // On the device first: when the page ends, nobody hears that the words clashed or were too long to be sent.
    for (const mode of modes) if (this.drafts[mode] !== this.stored[mode]) this.shelve(mode, this.drafts[mode]);
    this.store(true);
  }

  // Stored empty once more: a draft typed a moment before may have reached the server after the comment.
  clear() {
    if (this.sending.away !== null) return this.clearAway();
    $$("[data-ask], [data-clash]", this.form).forEach((banner) => banner.remove());
    this.clash = null;
    this.put("");
    this.shared = null;
    delete this.field.dataset.touched;
    $$("input[type=file]", this.form).forEach((input) => {
      input.value = "";
      input.dispatchEvent(new Event("change", { bubbles: true }));
    });
    this.shelve(this.mode, null);
    this.store();
    this.state("");
    // Single keys work again: the next n is the note's key, not a letter of another reply.
    if (document.activeElement === this.field) ($("#main") ?? this.field).focus({ preventScroll: true });
    this.field.blur();
    // On a phone the composer is a sheet above the timeline that now has the words.
    const close = $(".c-modes a[href='#main']", this.form);
    if (close && isVisible(close)) close.click();
  }

  // The reply arrived while its writer writes something else: only its own words go.
  clearAway() {
    if (this.drafts.reply === this.sending.away) {
      this.drafts.reply = "";
      if (this.mode === "reply") this.field.value = "";
    }
    this.shelve("reply", null);
    this.store();
  }

  shelve(mode, body) {
    try {
      const known = shelf(this.number, `${mode}.known`);
      if (body === null) [shelf(this.number, mode), known].forEach((key) => localStorage.removeItem(key));
      else {
        localStorage.setItem(shelf(this.number, mode), body);
        localStorage.setItem(known, this.known[mode]);
      }
    } catch {
      // A browser that stores nothing keeps the draft as long as the page lives.
    }
  }

  shelved(mode) {
    try {
      return localStorage.getItem(shelf(this.number, mode));
    } catch {
      return null;
    }
  }

  state(text) {
    const node = $("[data-draft-state]", this.form);
    if (node) node.textContent = text;
  }
}
