// Turns the HTML the server sends into changes of the page that keep every node they can: focus, scroll
// position, open details and what a person is typing survive.

/**
 * Makes `old` look like `next`, keeping every node it can (by id, then by tag). With `offer`, a field being
 * edited that would get another stored value tells so ("collision") and keeps what was typed.
 */
export function morph(old, next, { offer = true } = {}) {
  const collisions = [];
  become(old, next, collisions);
  if (!offer) return;
  for (const { field, theirs } of collisions) {
    field.dispatchEvent(new CustomEvent("collision", { bubbles: true, detail: { mine: field.value, theirs } }));
  }
}

/**
 * Applies a server answer: every element with `data-patch` changes its namesake. Tells the page before
 * ("patching") and after ("patched", with what changed and what was added).
 */
export function patch(html, { fresh = false, offer = true } = {}) {
  document.dispatchEvent(new CustomEvent("patching"));
  const added = [];
  const changed = [];
  const focus = keepFocus();
  for (const next of parse(html).querySelectorAll("[data-patch]")) {
    const here = document.getElementById(next.id);
    const how = next.dataset.patch;
    const to = next.dataset.to;
    next.removeAttribute("data-patch");
    next.removeAttribute("data-to");
    if (how === "remove") here?.remove();
    else if (how === "text") {
      if (here && here.textContent !== next.textContent) changed.push(Object.assign(here, { textContent: next.textContent }));
    } else if (here) {
      const before = here.textContent;
      morph(here, next, { offer });
      const now = document.getElementById(next.id);
      if (now && now.textContent !== before) changed.push(now);
    } else if (how === "append" || how === "prepend") {
      document.querySelector(to)?.[how](next);
      if (next.isConnected) added.push(next);
    }
  }
  focus();
  if (fresh) changed.forEach(tint);
  document.dispatchEvent(new CustomEvent("patched", { detail: { added, changed } }));
}

/** "This just changed": restarts the fade even if the last one is still running. */
export function tint(node) {
  node.classList.remove("is-fresh");
  void node.offsetWidth;
  node.classList.add("is-fresh");
}

/**
 * Remembers where the focus is; the function returned gives it back to the same element, its namesake or the
 * link of its row. Moving or replacing a node drops the focus in some browsers.
 */
export function keepFocus() {
  const before = document.activeElement;
  const row = before?.closest?.("tr[id]")?.id;
  return () => {
    if (!before || before === document.body || document.activeElement === before) return;
    const namesake = (before.id && document.getElementById(before.id)) || (row && document.getElementById(row)?.querySelector("a.t"));
    const now = before.isConnected ? before : namesake;
    now?.focus?.({ preventScroll: true });
  };
}

// A template, because it also takes list items without their list.
function parse(html) {
  const template = document.createElement("template");
  template.innerHTML = html;
  return template.content;
}

function become(old, next, collisions) {
  if (old.nodeType !== next.nodeType || old.nodeName !== next.nodeName) return old.replaceWith(next);
  if (old.nodeType !== Node.ELEMENT_NODE) {
    if (old.data !== next.data) old.data = next.data;
    return;
  }
  if (old.hasAttribute("data-keep")) return;
  if (old.isEqualNode(next) && !isField(old) && !old.querySelector("input,textarea,select,details")) return;
  if (isField(old) && collides(old, next)) collisions.push({ field: old, theirs: defaultOf(next) });
  for (const { name } of [...old.attributes]) if (!next.hasAttribute(name) && !owned(old, name)) old.removeAttribute(name);
  for (const { name, value } of next.attributes) if (old.getAttribute(name) !== value && !owned(old, name)) old.setAttribute(name, value);
  if (isField(old)) return syncField(old, next, collisions);
  becomeChildren(old, next, collisions);
}

function becomeChildren(old, next, collisions) {
  const keyed = new Map();
  // A field named "children" would stand in the way of a form's own property.
  for (const child of [...old.childNodes].filter(({ nodeType }) => nodeType === Node.ELEMENT_NODE)) {
    const key = keyOf(child);
    if (key && !keyed.has(key)) keyed.set(key, child);
  }
  let at = old.firstChild;
  for (const want of [...next.childNodes]) {
    const key = keyOf(want);
    const kept = key ? keyed.get(key) : matches(at, want) ? at : null;
    if (!kept) {
      old.insertBefore(want, at);
      continue;
    }
    if (kept === at) at = at.nextSibling;
    else place(old, kept, at);
    keyed.delete(key);
    become(kept, want, collisions);
  }
  while (at) {
    const gone = at;
    at = at.nextSibling;
    gone.remove();
  }
}

// Its id, else the first id or field name inside: a form's field stays itself when a message appears above it.
function keyOf(node) {
  if (node.nodeType !== Node.ELEMENT_NODE) return null;
  if (node.id) return node.id;
  const inner = node.matches(named) ? node : node.querySelector(`[id],${named}`);
  return inner && `${node.nodeName} ${inner.id || `${inner.name} ${inner.type === "radio" || inner.type === "checkbox" ? inner.value : ""}`}`;
}

const named = "input[name],select[name],textarea[name]";

// moveBefore keeps focus and scroll position where the browser has it.
function place(parent, node, before) {
  if (parent.moveBefore && node.isConnected && parent.isConnected) parent.moveBefore(node, before);
  else parent.insertBefore(node, before);
}

const matches = (node, want) => node && !keyOf(node) && node.nodeType === want.nodeType && node.nodeName === want.nodeName;

/** Fields whose value belongs to the person. Hidden inputs and buttons belong to the server. */
export const isField = (node) => node.matches("input:not([type=hidden]),textarea,select");

/** What the person is doing wins: an edited or focused field; but of an empty list nobody chose anything. */
const dirty = (node) => !(node.nodeName === "SELECT" && node.options.length === 0) && ((node === document.activeElement && !/^(checkbox|radio)$/.test(node.type)) || node.dataset.touched === "1");

function owned(node, name) {
  if (name === "data-touched") return true;
  if (name === "open") return node.matches("details,dialog");
  if (!isField(node) || !dirty(node)) return false;
  return name === "value" || name === "checked" || (name.startsWith("aria-") && name !== "aria-invalid" && name !== "aria-describedby");
}

/** What a field would hold if nobody had touched it. */
export function defaultOf(field) {
  if (field.nodeName === "SELECT") return field.querySelector("option[selected]")?.value ?? field.querySelector("option")?.value;
  return field.defaultValue;
}

function collides(old, next) {
  if (!dirty(old) || old.type === "password" || /^(checkbox|radio)$/.test(old.type)) return false;
  const theirs = defaultOf(next);
  return theirs !== undefined && theirs !== defaultOf(old) && theirs !== old.value;
}

function syncField(old, next, collisions) {
  if (dirty(old)) return;
  // Options that are new move out of `next`, and its choice with them.
  const { value } = next;
  if (old.nodeName === "SELECT") becomeChildren(old, next, collisions);
  if (old.nodeName === "TEXTAREA") {
    old.defaultValue = next.defaultValue;
    old.value = next.defaultValue;
    return;
  }
  if (old.type === "file") return;
  if (old.value !== value) old.value = value;
  if ("checked" in old && old.checked !== next.checked) old.checked = next.checked;
}
