// Asks again and again for a part of the page that goes on by itself: `[data-poll=URL]`, until an answer has none;
// every `data-every` seconds, or faster.
import { $$, ask } from "./dom.js";
import { patch } from "./morph.js";

export const beat = 2000;

export function startPolling() {
  for (const part of $$("[data-poll]")) setTimeout(() => look(part), pause(part));
}

const pause = (part) => Number(part.dataset.every) * 1000 || beat;

/** Nobody is asked for a tab that nobody looks at; what goes wrong is tried again. */
async function look(part) {
  const url = part.isConnected && part.dataset.poll;
  if (!url) return;
  try {
    const answer = document.hidden ? null : await ask(url);
    // Whoever is signed out is sent elsewhere, and is not asked for again.
    if (answer?.redirected) return;
    const html = answer?.ok ? await answer.text() : "";
    // Whoever answers meanwhile asks no more, and is told of their answer in its place.
    if (html && part.dataset.poll === url) patch(html);
  } catch {
    // No connection: there will be one.
  }
  setTimeout(() => look(part), pause(part));
}
