// The keyboard map. Pages say which element a key presses (data-key, data-key-go); sending, undo and Esc are the
// same everywhere. The queue and the timeline add keys of their own.
import { $, $$, goOn, isText, isVisible, say } from "./dom.js";
import { newestUndo } from "./toast.js";

const goTime = 1500;
let going = 0;
const added = [];

/** Keys of a part of the page: `run(event)` says whether it took the key. */
export const addKeys = (run) => added.push(run);

export function startKeys() {
  document.addEventListener("keydown", onKey);
}

function onKey(event) {
  if (event.defaultPrevented || event.isComposing) return;
  if (event.key === "Escape") return void (escape() && event.preventDefault());
  if ((event.ctrlKey || event.metaKey) && event.key === "Enter") return void (sendForm(event.target) && event.preventDefault());
  if (document.documentElement.dataset.keys === "off") return;
  if (event.ctrlKey || event.metaKey || isText(event.target)) return;
  if (event.altKey) return void (filterEntries(event.code) && event.preventDefault());
  if (event.target.closest?.("[popover]:not(.toasts)")) return;
  if (run(event)) event.preventDefault();
}

function run(event) {
  const dialog = topDialog();
  const { key } = event;
  if (going) {
    clearTimeout(going);
    going = 0;
    return press($$("[data-key-go]").find((node) => node.dataset.keyGo === key.toLowerCase()));
  }
  if (dialog) return press(byKey(key, dialog));
  if (key === "g") {
    going = setTimeout(() => (going = 0), goTime);
    return true;
  }
  return common(key) || added.some((own) => own(event)) || press(byKey(key));
}

function common(key) {
  if (key === "?") return openShortcuts();
  if (key === "z") return press(newestUndo());
  if (key === "/") return focusText($("#ask") ?? $("#filter-in"));
  if (key === "f" && $("#filter-in")) return focusText($("#filter-in"));
  return false;
}

/** The first visible element that asked for `key`. */
export function byKey(key, root = document) {
  const wanted = key.length === 1 ? key.toLowerCase() : key;
  return $$("[data-key]", root).find((node) => node.dataset.key.split(" ").includes(wanted) && isVisible(node));
}

/** Does what the key stands for: focuses fields, chooses radios, opens details, clicks the rest. */
export function press(node) {
  if (!node) return false;
  if (node.disabled || node.getAttribute("aria-disabled") === "true") {
    say(node.title || "Not possible here");
    return true;
  }
  if (node.matches("input[type=radio]")) {
    node.click();
    goOn($("textarea", node.form ?? document));
  } else if (node.matches("input:not([type=checkbox]):not([type=submit]):not([type=button]), textarea, select")) focusText(node);
  else {
    if (node.matches("button, summary")) node.focus({ preventScroll: true });
    node.click();
  }
  return true;
}

function focusText(node) {
  if (!node) return false;
  node.focus();
  if (node.matches("input")) node.select?.();
  return true;
}

function sendForm(target) {
  const form = target.closest?.("form");
  if (!form) return false;
  const submitter = $$("button[type=submit], button:not([type])", form).find((node) => isVisible(node) && !node.disabled);
  form.requestSubmit(submitter);
  return true;
}

function filterEntries(code) {
  const at = /^Digit([1-5])$/.exec(code)?.[1];
  const radio = at && $$("[data-tl-filter] input[type=radio]")[at - 1];
  radio?.click();
  return Boolean(radio);
}

function openShortcuts() {
  const dialog = $("dialog#shortcuts");
  if (!dialog || dialog.open) return Boolean(dialog);
  dialog.showModal();
  return true;
}

// Esc closes first (dialogs and popovers do that themselves), then clears, then goes back.
function escape() {
  if (topDialog() || openPopover()) return false;
  const focused = document.activeElement;
  if (isText(focused)) {
    if (focused.id === "filter-in" && focused.value) focused.value = "";
    else focused.blur();
    return true;
  }
  if ($(".c-sel input:checked")) return press($(".bulk [data-clear]"));
  const back = $("a[data-back]");
  back?.click();
  return Boolean(back);
}

const topDialog = () => $$("dialog[open]").at(-1);

function openPopover() {
  try {
    return $(":popover-open");
  } catch {
    return null;
  }
}
