// Tells the others what this person does here: viewing, or writing something. And that they are at work: only
// pages in sight that somebody used a moment ago say so.
import { $, send } from "./dom.js";

const beat = 15_000;
/** Milliseconds after which somebody who touched nothing is not at work any more: a long entry is read in less. */
export const idle = 60_000;

let used = -Infinity;

/** Whether somebody used the page lately. */
export const isActive = (now = performance.now()) => now - used <= idle;

export function startPresence() {
  const composer = $("form.composer[data-number]");
  const number = composer?.dataset.number ?? $("[data-presence]")?.dataset.presence;
  if (!number) return;
  let last = "";
  const tell = () => {
    if (document.hidden) return;
    last = doing(composer);
    send(`/incidents/${encodeURIComponent(number)}/presence`, { doing: last, ...(isActive() && { active: "1" }) });
  };
  const changed = () => doing(composer) !== last && tell();
  for (const kind of ["pointerdown", "pointermove", "keydown", "wheel", "scroll", "touchmove"]) {
    document.addEventListener(kind, () => (used = performance.now()), { passive: true, capture: true });
  }
  used = performance.now();
  setInterval(tell, beat);
  composer?.addEventListener("input", changed);
  composer?.addEventListener("change", changed);
  composer?.addEventListener("sent", () => setTimeout(changed, 0));
  document.addEventListener("visibilitychange", () => document.hidden || tell());
  tell();
}

/** `viewing`, or the mode of the composer once it holds text. */
export function doing(composer) {
  const text = composer && $("textarea", composer)?.value.trim();
  return text ? ($("input[name=mode]:checked", composer)?.value ?? "reply") : "viewing";
}
