// New entries never move what is being read: at the end the page follows, elsewhere a pill counts them.
import { $, $$, isVisible } from "./dom.js";
import { addKeys } from "./keys.js";

const near = 96;
// Screens below from which on the newest entry is far.
const far = 2;
let atEnd = true;
let unseen = [];

const list = () => $("#tl");

export function startTimeline() {
  if (!list()) return;
  document.addEventListener("patching", () => (atEnd = isAtEnd()));
  document.addEventListener("patched", ({ detail }) => arrived(detail.added.filter((node) => node.parentNode === list() && isVisible(node))));
  document.addEventListener("click", (event) => {
    if (!event.target.closest("#jump")) return;
    event.preventDefault();
    toEnd("smooth");
    $("li:last-child", list())?.focus({ preventScroll: true });
  });
  for (const target of [$("main"), document]) target.addEventListener("scroll", () => $("#jump")?.hidden === false && isAtEnd() && seen(), { passive: true });
  addKeys(({ key }) => (key === "[" || key === "]") && (moveEntry(key === "]" ? 1 : -1), true));
  $$("li", list()).forEach((entry) => entry.parentNode === list() && entry.setAttribute("tabindex", "-1"));
  if (below() > far * scroller().clientHeight) offer("To the newest entry");
}

// Focuses the entry before or after the focused one; without one, the last.
function moveEntry(step) {
  const entries = $$("#tl > li").filter(isVisible);
  if (!entries.length) return;
  const at = entries.indexOf(document.activeElement?.closest("#tl > li"));
  const target = at < 0 ? entries.at(-1) : entries[Math.min(Math.max(at + step, 0), entries.length - 1)];
  target.setAttribute("tabindex", "-1");
  target.focus({ preventScroll: true });
  target.scrollIntoView?.({ block: "center" });
}

/** "1 new note below", "3 new entries below". */
export function pill(entries) {
  return entries.length === 1 ? `1 new ${entries[0].dataset.what ?? "entry"} below` : `${entries.length} new entries below`;
}

// The main column scrolls on a desk, the whole page on a phone.
function scroller() {
  const main = $("main");
  return main.scrollHeight > main.clientHeight + 1 && getComputedStyle(main).overflowY !== "visible" ? main : document.scrollingElement ?? document.documentElement;
}

function below() {
  const box = scroller();
  return box.scrollHeight - box.scrollTop - box.clientHeight;
}

const isAtEnd = () => below() < near;

function arrived(entries) {
  if (!entries.length) return;
  entries.forEach((entry) => entry.setAttribute("tabindex", "-1"));
  if (atEnd) return toEnd("auto");
  unseen.push(...entries);
  offer(pill(unseen));
}

function offer(words) {
  const jump = $("#jump");
  if (!jump) return;
  $("span", jump).textContent = words;
  jump.hidden = false;
}

function toEnd(behavior) {
  const calm = matchMedia?.("(prefers-reduced-motion: reduce)").matches;
  const box = scroller();
  box.scrollTo?.({ top: box.scrollHeight, behavior: calm ? "auto" : behavior });
  seen();
}

function seen() {
  unseen = [];
  const jump = $("#jump");
  if (jump) jump.hidden = true;
}
