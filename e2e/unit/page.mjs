// A page without a browser: jsdom as the globals the modules expect, and a server that answers from a list.
import { JSDOM } from "jsdom";

export const assets = new URL("../../crates/web/assets/", import.meta.url);

/** Loads `body` into a fresh document and makes it the global one. Call before importing a module. */
export function page(body, { html = "", url = "http://evenkeel.test/queue" } = {}) {
  const dom = new JSDOM(`<!doctype html><html ${html}><body>${body}</body></html>`, { url, pretendToBeVisual: true });
  const { window } = dom;
  const names = ["window", "document", "location", "Node", "Element", "HTMLElement", "Event", "KeyboardEvent", "MouseEvent", "CustomEvent", "DOMParser", "FormData", "MutationObserver", "localStorage", "getSelection", "getComputedStyle"];
  for (const name of names) Object.defineProperty(globalThis, name, { value: name === "window" ? window : window[name], configurable: true, writable: true });
  globalThis.addEventListener = window.addEventListener.bind(window);
  for (const name of ["setTimeout", "setInterval"]) globalThis[name] = detached(globalThis[name]);
  globalThis.matchMedia = () => ({ matches: false });
  window.HTMLDialogElement.prototype.showModal ??= function () {
    this.setAttribute("open", "");
  };
  window.HTMLDialogElement.prototype.close = function () {
    this.removeAttribute("open");
    this.dispatchEvent(new window.Event("close"));
  };
  return dom;
}

// No test file waits for a heartbeat or a toast: timers alone do not keep it running.
function detached(start) {
  return (...args) => {
    const timer = start(...args);
    timer.unref?.();
    return timer;
  };
}

export const $ = (selector) => document.querySelector(selector);
export const $$ = (selector) => [...document.querySelectorAll(selector)];

/**
 * Replaces fetch: `answers(url, options)` returns `{ status, body, headers, json }`, or throws for no network.
 * The list returned grows with every call.
 */
export function serve(answers) {
  const calls = [];
  globalThis.fetch = async (url, options = {}) => {
    const call = { url: String(url), method: options.method ?? "GET", headers: options.headers ?? {}, body: options.body, keepalive: options.keepalive };
    calls.push(call);
    const { status = 200, body = "", headers = {}, json } = (await answers(call)) ?? {};
    const type = json ? "application/json" : "text/html";
    return {
      ok: status >= 200 && status < 300,
      status,
      url: call.url,
      redirected: false,
      headers: new Headers({ "content-type": type, ...headers }),
      text: async () => (json ? JSON.stringify(json) : body),
      json: async () => json ?? JSON.parse(body),
    };
  };
  return calls;
}

export function press(key, { target = document.activeElement, ...more } = {}) {
  const event = new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true, ...more });
  target.dispatchEvent(event);
  return event;
}

/** Resolves once `test` holds; fails with `what` after two seconds. */
export async function until(test, what) {
  const end = Date.now() + 2000;
  while (!test()) {
    if (Date.now() > end) throw new Error(`never: ${what ?? test}`);
    await new Promise((resolve) => setImmediate(resolve));
  }
}
