// Follows the page's event stream and shows whether it is connected.
import { $, $$, ask, interrupt, say } from "./dom.js";
import { keepFocus, morph, patch } from "./morph.js";
import { clockTime, serverNow, serverSays } from "./time.js";
import { words } from "./words.js";

const patience = 3000;
const rest = 30_000;
let stream = null;
let heard = "";
let retry = 0;
let wait = 2000;

/** One stream per page; the browser resends Last-Event-ID, the server replays what was missed. */
export function follow(url) {
  const address = new URL(url, location.href);
  if (heard) address.searchParams.set("after", heard);
  const source = new EventSource(address);
  source.addEventListener("open", () => connection(true));
  source.addEventListener("error", () => {
    connection(false);
    // A refused answer (not a lost line) ends an EventSource for good: ask again ourselves, later each time.
    if (source.readyState === EventSource.CLOSED && stream === source) again(url);
  });
  source.addEventListener("patch", (event) => patch(event.data, { fresh: true }));
  for (const name of ["presence", "badge"]) source.addEventListener(name, (event) => patch(event.data));
  source.addEventListener("now", (event) => serverSays(event.data));
  source.addEventListener("say", (event) => say(event.data));
  source.addEventListener("alert", (event) => interrupt(event.data));
  source.addEventListener("stale", () => refresh());
  for (const name of ["patch", "news", "gone", "stale"]) source.addEventListener(name, (event) => (heard = event.lastEventId || heard));
  for (const name of ["news", "gone"]) {
    source.addEventListener(name, (event) => document.dispatchEvent(new CustomEvent(name, { detail: JSON.parse(event.data) })));
  }
  return source;
}

// What changes with the page besides main. The preview is filled by scripts.
const around = ["aside.side", "aside.panel:not(.panel-prev)", "nav.thumb", ".pager"];

// What others write while there is no stream arrives with the page.
const entries = "#tl > li";

/** Fetches the page and morphs main and what stands around it; the focused element keeps the focus if it is still there. */
export async function refresh(url = location.href) {
  const main = $("main");
  const slow = setTimeout(() => main.setAttribute("aria-busy", "true"), 300);
  try {
    const answer = await fetch(url, { headers: { accept: "text/html" }, credentials: "same-origin" });
    if (answer.redirected && new URL(answer.url).pathname !== new URL(url, location.href).pathname) return location.assign(answer.url);
    if (!answer.ok) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const next = page.querySelector("main");
    if (!next) return;
    document.dispatchEvent(new CustomEvent("patching"));
    const focus = keepFocus();
    const known = new Set($$(entries).map(({ id }) => id));
    main.removeAttribute("aria-busy");
    morph(main, next);
    for (const part of around) {
      const [here, there] = [$(part), page.querySelector(part)];
      if (here && there) morph(here, there);
    }
    focus();
    document.dispatchEvent(new CustomEvent("patched", { detail: { added: $$(entries).filter(({ id }) => !known.has(id)), changed: [], whole: true } }));
  } catch {
    // The vial already says that there is no connection; what is on the page stays readable.
  } finally {
    clearTimeout(slow);
    main.removeAttribute("aria-busy");
  }
}

export function startLive() {
  const url = document.documentElement.dataset.stream;
  if (!url || typeof EventSource === "undefined") return;
  const open = () => {
    stream ??= follow(url);
  };
  const close = () => {
    clearTimeout(retry);
    stream?.close();
    stream = null;
  };
  const back = () => {
    if (stream) return;
    open();
    refresh();
  };
  let hiding = 0;
  // Browsers allow six connections to a host: a tab nobody looks at gives its own back.
  document.addEventListener("visibilitychange", () => {
    clearTimeout(hiding);
    if (document.hidden) hiding = setTimeout(close, rest);
    else back();
  });
  addEventListener("pagehide", close);
  addEventListener("pageshow", (event) => event.persisted && back());
  addEventListener("offline", () => connection(false));
  // Nobody waits for the next try once there is a network again.
  addEventListener("online", () => {
    if (!lost && !since) return;
    close();
    open();
    stream.addEventListener("open", () => refresh(), { once: true });
  });
  open();
}

function again(url) {
  clearTimeout(retry);
  retry = setTimeout(() => {
    stream = follow(url);
    stream.addEventListener("open", () => refresh(), { once: true });
  }, wait);
  wait = Math.min(wait * 2, rest);
}

let lost = 0;
let since = "";

/** Live, or since when not. A gap shorter than 3 s is not worth a word. */
export function connection(up) {
  const vial = $("#vial");
  if (up) {
    const gone = lost;
    clearTimeout(lost);
    lost = 0;
    wait = 2000;
    if (gone || since) document.dispatchEvent(new CustomEvent("online-again"));
    since = "";
    show(vial, false, "Live", "Connected. Changes by others appear here as they happen.");
  } else if (!lost && !since) {
    const at = clockTime(serverNow());
    lost = setTimeout(() => {
      lost = 0;
      since = at;
      show(vial, true, words("Offline since {at}", { at }), "Not connected. The page shows what it last saw.");
      say(words("Offline since {at}", { at }));
    }, patience);
  }
}

function show(vial, off, words, title) {
  if (!vial) return;
  vial.hidden = false;
  vial.classList.toggle("live-off", off);
  vial.title = title;
  const label = vial.lastElementChild;
  if (label.textContent !== words) label.textContent = words;
}
