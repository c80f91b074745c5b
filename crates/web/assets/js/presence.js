// Tells the others what this person does here: viewing, or writing something.
import { $, send } from "./dom.js";

const beat = 15_000;

export function startPresence() {
  const composer = $("form.composer[data-number]");
  const number = composer?.dataset.number ?? $("[data-presence]")?.dataset.presence;
  if (!number) return;
  let last = "";
  const tell = () => {
    if (document.hidden) return;
    last = doing(composer);
    send(`/incidents/${encodeURIComponent(number)}/presence`, { doing: last });
  };
  const changed = () => doing(composer) !== last && tell();
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
