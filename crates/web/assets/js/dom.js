// Small things every module needs: building elements, speaking, asking the server.

const sprite = new URL("../icons.svg", import.meta.url).pathname;

export const $ = (selector, root = document) => root.querySelector(selector);
export const $$ = (selector, root = document) => [...root.querySelectorAll(selector)];

/** `el("button", { class: "btn", type: "button" }, "Save")`; children are nodes or text, nothing is parsed as HTML. */
export function el(name, attributes = {}, ...children) {
  const node = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value !== undefined && value !== null && value !== false) node.setAttribute(key, value === true ? "" : value);
  }
  node.append(...children.filter((child) => child !== undefined && child !== null));
  return node;
}

export function icon(name) {
  const ns = "http://www.w3.org/2000/svg";
  const svg = document.createElementNS(ns, "svg");
  svg.setAttribute("class", "i");
  svg.setAttribute("aria-hidden", "true");
  const use = document.createElementNS(ns, "use");
  use.setAttribute("href", `${sprite}#i-${name}`);
  svg.append(use);
  return svg;
}

/** True where single keys are letters of a text and not commands. */
export function isText(node) {
  if (!node?.matches) return false;
  if (node.matches("textarea, select, [contenteditable=''], [contenteditable='true']")) return true;
  return node.matches("input") && !/^(checkbox|radio|button|submit|reset|file|range|color)$/.test(node.type);
}

/** Neither hidden itself nor inside something hidden; unknown (no layout engine) counts as visible. */
export function isVisible(node) {
  if (node.closest("[hidden]")) return false;
  return node.checkVisibility?.() ?? true;
}

/** Focuses a field to go on writing where its words end, unless somebody was in it before. */
export function goOn(field) {
  if (!field) return;
  field.focus();
  if (!field.selectionStart && !field.selectionEnd) field.setSelectionRange(field.value.length, field.value.length);
}

/** Requests of scripts are marked, so the server answers with patches, and stay inside the site. */
export function ask(url, { headers, ...options } = {}) {
  return fetch(url, { credentials: "same-origin", ...options, headers: { "X-Live": "1", accept: "text/html", ...headers } });
}

/** Sends form fields in the background; resolves to whether the server took them. */
export async function send(url, fields, options = {}) {
  try {
    return (await ask(url, { method: "POST", body: new URLSearchParams(fields), ...options })).ok;
  } catch {
    return false;
  }
}

/** Whether a request with these words may go on after the page (`keepalive`): browsers refuse above 64 KiB, all such requests together. */
export function outlives(words) {
  return String(new URLSearchParams({ words })).length < 48 * 1024;
}

/** A random key that works without a secure context too. */
export function randomKey() {
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

const quiet = 5000;
let waiting = [];
let timer = 0;

/** Tells people who listen instead of look: at most one message in 5 s, the rest is joined. */
export function say(text) {
  waiting.push(text);
  if (timer) return;
  speak();
  timer = setTimeout(function next() {
    timer = waiting.length ? setTimeout(next, quiet) : 0;
    speak();
  }, quiet);
}

function speak() {
  const region = $("#say");
  if (region && waiting.length) region.textContent = waiting.length > 1 ? `${waiting.length} changes: ${waiting.join(", ")}` : waiting[0];
  waiting = [];
}

/** Tells them at once, whatever is being read to them. */
export function interrupt(text) {
  const region = $("#alert");
  // The same words again are news again.
  region?.replaceChildren(el("span", {}, text));
}

export function debounce(wait, run) {
  let pending = 0;
  const later = (...args) => {
    clearTimeout(pending);
    pending = setTimeout(() => run(...args), wait);
  };
  later.cancel = () => clearTimeout(pending);
  return later;
}
