// Toasts offer undo, nothing else. They live 10 s, longer while pointed at or focused.
import { $, $$, el, icon } from "./dom.js";

export const life = 10_000;

/** Shows `text`; with `undo`, a path, its button posts there. */
export function toast(text, undo) {
  const region = $("#toasts");
  if (!region) return null;
  const node = el("div", { class: "toast" }, icon("check"), el("span", {}, text));
  if (undo) {
    const button = el("button", { class: "btn btn-quiet btn-sm", "data-undo": true }, "Undo ", el("kbd", {}, "Z"));
    node.append(el("form", { method: "post", action: undo, "data-live": true }, button));
  }
  region.append(node);
  return node;
}

/** The undo offered last: of a toast, else of the newest timeline entry. */
export function newestUndo() {
  return $$("#toasts [data-undo]").at(-1) ?? $$("main [data-undo]").at(-1) ?? null;
}

export function startToasts() {
  const region = $("#toasts");
  if (!region) return;
  const timers = new Map();
  const rest = () => {
    timers.forEach((timer) => clearTimeout(timer));
    timers.clear();
  };
  const run = () => {
    for (const node of $$(".toast", region)) {
      if (!timers.has(node)) timers.set(node, setTimeout(() => leave(node), life));
    }
  };
  const leave = (node) => {
    timers.delete(node);
    if (node.contains(document.activeElement)) $("#main")?.focus({ preventScroll: true });
    node.remove();
  };
  const busy = () => region.matches(":hover") || region.contains(document.activeElement);
  for (const event of ["pointerenter", "focusin"]) region.addEventListener(event, rest);
  for (const event of ["pointerleave", "focusout"]) region.addEventListener(event, () => setTimeout(() => busy() || run(), 0));
  region.addEventListener("sent", (event) => {
    const node = event.target.closest(".toast");
    if (node) leave(node);
  });
  new MutationObserver(() => busy() || run()).observe(region, { childList: true });
  run();
}
