// A small card about what a link leads to: an incident, a problem, an article, a service, a person. It comes when
// somebody rests on the link or reaches it by keyboard, never by touch, and tells nothing the page behind would not.
import { ask, el } from "./dom.js";

export const rest = 350;
const leave = 200;
const fresh = 30_000;
const most = 60;
const records = /^\/(incidents\/INC-\d+|problems\/PRB-\d+|articles\/KB-\d+|services\/[\da-f-]{36}|settings\/people\/[\da-f-]{36})$/;

/** Where the card of an address is, or null: other pages have none, nor has the page one is on. */
export function cardOf(href, here = location) {
  const { origin, pathname } = new URL(href, here.href);
  if (origin !== here.origin || pathname === here.pathname) return null;
  const hit = records.exec(pathname);
  return hit && `/preview/${hit[1].replace("settings/", "")}`;
}

export function startCards() {
  // Beside the queue the whole of an incident is shown already.
  if (document.documentElement.dataset.stream?.startsWith("/live?q=")) return;
  new Cards();
}

class Cards {
  constructor() {
    this.known = new Map();
    this.link = null;
    this.timer = 0;
    this.card = el("div", { class: "pop", id: "card", role: "tooltip", popover: "manual" });
    document.addEventListener("pointerover", (event) => event.pointerType === "mouse" && this.over(event.target));
    document.addEventListener("focusin", ({ target }) => target.matches?.(":focus-visible") && this.over(target));
    document.addEventListener("focusout", ({ target }) => target === this.link && this.hide());
    document.addEventListener("pointerdown", ({ target }) => this.card.contains(target) || this.hide());
    // A card that is still on its way comes where its link is by then; over another one it does not come.
    document.addEventListener("scroll", () => this.shown && this.hide(), { passive: true, capture: true });
    document.addEventListener("keydown", (event) => {
      if (event.key !== "Escape" || !this.shown) return;
      this.hide();
      event.stopPropagation();
    }, true);
  }

  get shown() {
    return this.link !== null && this.card.isConnected;
  }

  over(target) {
    if (this.card.contains(target)) return clearTimeout(this.timer);
    const link = target.closest?.("a[href]");
    if (link && link === this.link) return clearTimeout(this.timer);
    clearTimeout(this.timer);
    const url = link && !link.closest("nav, dialog, [role=listbox]") && cardOf(link.href);
    if (url) this.timer = setTimeout(() => this.show(link, url), rest);
    else if (this.link) this.timer = setTimeout(() => this.hide(), leave);
  }

  async show(link, url) {
    this.hide();
    this.link = link;
    const html = await this.fetch(url);
    if (this.link !== link || !html || !link.isConnected) return;
    this.card.replaceChildren(...new DOMParser().parseFromString(html, "text/html").body.childNodes);
    document.body.append(this.card);
    this.card.showPopover?.();
    this.place(link.getBoundingClientRect());
    link.setAttribute("aria-describedby", this.card.id);
  }

  place({ left, top, bottom }) {
    const { offsetWidth: width, offsetHeight: height } = this.card;
    const { clientWidth, clientHeight } = document.documentElement;
    const x = Math.max(8, Math.min(left, clientWidth - width - 8));
    const y = bottom + height + 8 > clientHeight && top > height ? top - height - 4 : bottom + 4;
    this.card.style.margin = 0;
    this.card.style.inset = `${Math.round(y)}px auto auto ${Math.round(x)}px`;
  }

  /** The card's inside; empty where there is nothing to see. Believed for half a minute. */
  async fetch(url) {
    const before = this.known.get(url);
    if (before && performance.now() - before.at < fresh) return before.html;
    let html = "";
    try {
      const answer = await ask(url);
      if (answer.ok && !answer.redirected) html = await answer.text();
    } catch {
      return "";
    }
    if (this.known.size >= most) this.known.clear();
    this.known.set(url, { at: performance.now(), html });
    return html;
  }

  hide() {
    clearTimeout(this.timer);
    this.link?.removeAttribute("aria-describedby");
    this.link = null;
    this.card.remove();
  }
}
