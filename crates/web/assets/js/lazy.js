// Fetches what a page shows only once it is there: `[data-lazy=URL]`, whose answer patches it. Until then, and
// where it cannot be had, the link in it stays.
import { $$, ask } from "./dom.js";
import { patch } from "./morph.js";

export function startLazy(root = document) {
  for (const part of $$("[data-lazy]", root)) fetchPart(part);
}

async function fetchPart(part) {
  const { id, dataset: { lazy: url } } = part;
  try {
    const answer = await ask(url);
    // Whoever is signed out is sent elsewhere.
    if (!answer.ok || answer.redirected) return;
    const html = await answer.text();
    // What stands in its place by now may be of something else, such as the next row.
    if (!part.isConnected && document.getElementById(id)?.dataset.lazy !== url) return;
    patch(html, { offer: false });
  } catch {
    // No connection.
  }
}
