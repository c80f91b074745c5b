// Property popovers, menus and dialogs: what opens gets the focus, arrows move, what closes gives it back.
import { $, $$, ask, isVisible } from "./dom.js";
import { match } from "./listbox.js";
import { isField, patch } from "./morph.js";

export function startPopovers() {
  drawn = version();
  document.addEventListener("toggle", opened, true);
  document.addEventListener("keydown", moved);
  document.addEventListener("input", (event) => event.target.matches("[data-filter]") && filter(event.target));
  document.addEventListener("click", clicked);
}

function opened(event) {
  const layer = event.target;
  if (!layer.matches?.("[popover]") || event.newState !== "open") return;
  const input = $("[data-filter]", layer);
  if (input) {
    input.value = "";
    filter(input);
  }
  // On a phone the field would bring up the keyboard over the list.
  const field = matchMedia("(pointer: coarse)").matches ? null : input;
  (field ?? $("[aria-pressed=true], [aria-current]", layer) ?? $("a, button, input:not([type=hidden]), select, textarea", layer))?.focus();
}

/** Shows the entries whose words begin with what is typed; a count of none is said in place. */
export function filter(input) {
  const layer = input.closest("[popover], .pop, dialog");
  for (const entry of $$(".opt", layer)) entry.hidden = Boolean(input.value.trim()) && !match(input.value, entry.dataset.label ?? entry.textContent);
}

function moved(event) {
  const layer = event.target.closest?.("[popover], .pop");
  if (!layer || event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
  // A field of a form elsewhere: Enter presses the button beside it, not the first of that form.
  if (event.key === "Enter" && event.target.matches("input[form]")) {
    event.preventDefault();
    return $("button[form]", layer)?.click();
  }
  const entries = $$(".opt, .mx-b", layer).filter((entry) => !entry.hidden && isVisible(entry));
  if (!entries.length) return;
  const inFilter = event.target.matches("[data-filter]");
  if (!inFilter && !entries.includes(event.target)) return;
  const at = entries.indexOf(event.target);
  const width = event.target.closest(".mx") ? 3 : 1;
  const to = { ArrowDown: at + width, ArrowUp: at < 0 ? entries.length - 1 : at - width, Home: 0, End: entries.length - 1, ...(width > 1 && { ArrowRight: at + 1, ArrowLeft: at - 1 }) }[event.key];
  if (to !== undefined && !(inFilter && (event.key === "Home" || event.key === "End"))) {
    event.preventDefault();
    if (to < 0 && $("[data-filter]", layer)) $("[data-filter]", layer).focus();
    else entries[Math.min(Math.max(to, 0), entries.length - 1)].focus();
  } else if (inFilter && event.key === "Enter") {
    event.preventDefault();
    entries[0].click();
  } else if (!inFilter && event.key.length === 1 && event.key !== " ") {
    const input = $("[data-filter]", layer);
    if (input) input.focus();
    else entries.find((entry) => entry.textContent.trim().toLowerCase().startsWith(event.key.toLowerCase()))?.focus();
  }
}

function clicked(event) {
  const { target } = event;
  const opener = target.closest?.("[data-dialog]");
  if (opener && !event.ctrlKey && !event.metaKey) {
    const dialog = $(opener.dataset.dialog);
    if (dialog) {
      event.preventDefault();
      show(dialog, opener);
    }
    return;
  }
  const closer = target.closest?.("[data-close]");
  const layer = closer?.closest("dialog, [popover], details");
  if (layer) {
    // Without scripts the same link leads back from a form that is a page of its own.
    event.preventDefault();
    return close(layer);
  }
  if (target.closest?.("[data-print]")) {
    target.closest("[popover]")?.hidePopover?.();
    return window.print();
  }
  // A click beside a dialog closes it, unless something was typed into it.
  if (target.matches?.("dialog[open]") && !$("[data-touched]", target)) target.close();
}

const version = () => $("[data-version]")?.dataset.version;
let drawn;

// A dialog drawn with the page may be older than the page by now: its form is asked for anew. What the person typed
// meanwhile stays; what they press meanwhile (resolves to it, if anything) is for the form as it is then.
async function renew(dialog, opener) {
  const now = version();
  if (!now || now === (dialog.dataset.drawn ?? drawn)) return null;
  dialog.dataset.drawn = now;
  let pressed = null;
  const press = (event) => {
    if (event.target.method === "dialog") return;
    event.preventDefault();
    pressed = event;
  };
  const busy = (on) => $$("form", dialog).forEach((form) => (on ? form.setAttribute("aria-busy", "true") : form.removeAttribute("aria-busy")));
  dialog.addEventListener("submit", press, true);
  busy(true);
  try {
    const answer = await ask(opener.href, { signal: AbortSignal.timeout(1000) });
    if (answer.ok) draw(dialog, await answer.text());
  } catch {
    // What stands there still serves; the server says what changed meanwhile.
  }
  busy(false);
  dialog.removeEventListener("submit", press, true);
  return pressed;
}

// The field that got the focus by opening is nobody's work yet: it too gets what is stored now.
function draw(dialog, html) {
  const here = document.activeElement;
  const idle = dialog.contains(here) && isField(here) && !here.dataset.touched;
  if (idle) here.blur();
  patch(html, { offer: false });
  if (idle && here.isConnected) here.focus({ preventScroll: true });
}

async function show(dialog, opener) {
  if (dialog.open) return;
  opener.closest("[popover]")?.hidePopover?.();
  // At once, so that the next key is one of the dialog and not of the page below.
  dialog.showModal();
  $("[autofocus]", dialog)?.focus();
  dialog.addEventListener("close", () => opener.isConnected && isVisible(opener) && opener.focus({ preventScroll: true }), { once: true });
  const pressed = await renew(dialog, opener);
  // Who opens a dialog sees the page as it is now: that is the version they decide on.
  const seen = version();
  if (seen) for (const input of $$("input[name=version]", dialog)) input.value = seen;
  if (!dialog.open) return;
  if (!dialog.contains(document.activeElement)) $("[autofocus]", dialog)?.focus();
  const { target, submitter } = pressed ?? {};
  if (target?.isConnected) target.requestSubmit(submitter?.isConnected ? submitter : undefined);
}

function close(layer) {
  if (layer.matches("dialog")) layer.close();
  else if (layer.matches("details")) layer.open = false;
  else layer.hidePopover?.();
}
