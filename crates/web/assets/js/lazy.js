// Fetches what a page shows only once it is there: `[data-lazy=URL]`, whose answer patches it. Until then, and
// where it cannot be had, the link in it stays.
import { $$, ask } from "./dom.js";
import { patch } from "./morph.js";

export function startLazy(root = document) {
  for (const part of $$("[data-lazy]", root)) fetchPart(part.dataset.lazy);
}

async function fetchPart(url) {
  try {
    const answer = await ask(url);
    // Whoever is signed out is sent elsewhere.
    if (answer.ok && !answer.redirected) patch(await answer.text(), { offer: false });
  } catch {
    // No connection.
  }
}
