// Sends forms marked data-live in place. Nothing typed is ever lost: on any trouble the form says what
// happened, what is kept and what to do.
import { $, $$, ask, el, icon, isVisible, randomKey, say } from "./dom.js";
import { isField, keepFocus, patch } from "./morph.js";
import { toast } from "./toast.js";
import { words as tell } from "./words.js";

const keys = new WeakMap();
const underWay = new WeakMap();

export function startForms() {
  document.addEventListener("input", (event) => {
    touch(event);
    if (event.target.form) keepBack(event.target.form);
  });
  document.addEventListener("change", (event) => {
    touch(event);
    if (event.target.form?.matches("form[data-auto]")) event.target.form.requestSubmit();
  });
  document.addEventListener("submit", (event) => {
    if (event.defaultPrevented) return;
    // A button with a method of its own leads to a page.
    const leads = event.submitter?.hasAttribute("formmethod");
    if (event.target.matches("form[data-live]") && event.target.method !== "dialog" && !leads) {
      event.preventDefault();
      submit(event.target, event.submitter);
    } else guard(event);
  });
  document.addEventListener("collision", offerBoth);
  document.addEventListener("online-again", sendAgain);
  // Who closes the layer of a form takes back what was to be sent.
  document.addEventListener("close", ({ target }) => keepBack(target), true);
  document.addEventListener("toggle", ({ target, newState }) => newState === "closed" && keepBack(target), true);
  addEventListener("pageshow", () => $$("form[data-sent]").forEach((form) => form.removeAttribute("data-sent")));
}

/** Sends one form and applies the answer; resolves to true when the server took it. `more` are options of fetch. */
export async function submit(form, submitter, more = {}) {
  const wish = words(form, submitter);
  if (form.getAttribute("aria-busy") === "true") {
    if (wish !== underWay.get(form)) trouble(form, submitter, "info", tell("This was not sent."), tell("The one before is still on its way; press again when it is done."));
    return false;
  }
  underWay.set(form, wish);
  const { url, options } = request(form, submitter);
  // A button of a list may belong to a form elsewhere, and be gone when the answer comes.
  const layer = (submitter ?? form).closest("dialog, [popover]");
  $(":scope > .banner[data-trouble]", form)?.remove();
  busy(form, submitter, true);
  try {
    const answer = await ask(url, { ...options, ...more });
    return await take(form, submitter, answer, layer);
  } catch {
    const live = document.documentElement.dataset.stream;
    const soon = live && el("span", { "data-soon": true }, ` ${tell("It is sent as soon as there is one.")}`);
    trouble(form, submitter, "warn", tell("This is not sent yet."), tell("There is no connection to the server. What you wrote is kept here."), soon);
    return false;
  } finally {
    busy(form, submitter, false);
    $(":scope > .banner-info[data-trouble]", form)?.remove();
    form.dispatchEvent(new CustomEvent("settled"));
  }
}

// A second press of the same is no second wish.
function words(form, submitter) {
  const fields = [...new FormData(form, submitter ?? undefined)].map(([name, value]) => [name, value.name ?? value]);
  return JSON.stringify([submitter?.getAttribute("formaction"), fields]);
}

function request(form, submitter) {
  const data = new FormData(form, submitter ?? undefined);
  const action = submitter?.getAttribute("formaction") ?? form.getAttribute("action") ?? location.href;
  if (form.method.toLowerCase() === "get") {
    const url = new URL(action, location.href);
    url.search = new URLSearchParams(data);
    return { url: url.href, options: {} };
  }
  // The same attempt keeps its key, so that "Try again" cannot store it twice.
  if (!keys.has(form)) keys.set(form, randomKey());
  const body = form.enctype === "multipart/form-data" ? data : new URLSearchParams([...data].filter(([, value]) => typeof value === "string"));
  return { url: action, options: { method: "POST", body, headers: { "Idempotency-Key": keys.get(form) } } };
}

async function take(form, submitter, answer, layer) {
  const goal = answer.headers.get("X-Location") ?? (answer.redirected ? answer.url : null);
  if (goal) {
    keys.delete(form);
    location.assign(goal);
    return true;
  }
  if (answer.ok) {
    keys.delete(form);
    done(form, layer, answer, await answer.text());
    return true;
  }
  const told = answer.headers.get("X-Trouble");
  if ([409, 412, 422].includes(answer.status)) keys.delete(form);
  if ([409, 412, 422].includes(answer.status) && !told) {
    refused(form, submitter, await answer.text());
    return false;
  }
  if (answer.status === 401) {
    const link = el("a", { class: "link", href: "/sign-in", target: "_blank" }, tell("Sign in in another tab, then try again."));
    trouble(form, submitter, "warn", tell("You are signed out."), tell("What you wrote is kept here."), " ", link);
    return false;
  }
  const reference = answer.headers.get("X-Request-Id");
  const words = told ? decodeURIComponent(told) : reason(answer);
  trouble(form, submitter, "crit", tell("This was not stored."), `${words} ${tell("What you wrote is kept here.")}${reference ? ` ${tell("Reference {reference}.", { reference })}` : ""}`);
  return false;
}

function reason(answer) {
  if (answer.status === 403) return tell("You may not do this.");
  if (answer.status === 404) return tell("It is no longer there, or not for you to see.");
  if (answer.status === 413) return tell("It is too large.");
  if (answer.status === 429) return tell("There were too many requests, wait a moment.");
  return tell("The server answered with an error ({status}).", { status: answer.status });
}

function done(form, layer, answer, html) {
  for (const field of $$("[data-touched]", form)) delete field.dataset.touched;
  form.dispatchEvent(new CustomEvent("sent", { bubbles: true }));
  if (form.matches("[data-reset]")) form.reset();
  if (layer?.matches("dialog")) layer.close();
  else layer?.hidePopover?.();
  patch(html, { offer: false });
  const words = answer.headers.get("X-Toast");
  if (words) toast(decodeURIComponent(words), answer.headers.get("X-Undo"));
}

function refused(form, submitter, html) {
  patch(html, { offer: false });
  const now = form.isConnected ? form : document.getElementById(form.id);
  const target = now && $("[role=alert], .banner-crit, [aria-invalid=true]", now);
  if (target) target.focus();
  else if (!html.trim()) trouble(form, submitter, "crit", tell("This was refused."), tell("Reload the page to see what changed."));
}

/** Takes back the promise to send by itself what `root` holds: whoever wants it sent presses again. */
export function keepBack(root) {
  $$("[data-trouble] [data-soon]", root).forEach((words) => words.remove());
}

// Only what its banner still promises, and nothing out of a layer that was closed. Nobody pressed: the focus stays.
function sendAgain() {
  const focus = keepFocus();
  for (const words of $$("[data-trouble] [data-soon]")) {
    const layer = words.closest("dialog, [popover], details");
    if (!layer || (layer.open ?? isVisible(layer))) $("button", words.closest("[data-trouble]")).click();
  }
  focus();
}

// A form of the page is submitted like by its button, so that whatever holds it back does so again.
function again(form, submitter) {
  const by = submitter?.isConnected ? submitter : undefined;
  if (form.isConnected && form.matches("[data-live]")) form.requestSubmit(by);
  else submit(form, by);
}

function busy(form, submitter, on) {
  for (const node of [form, submitter]) {
    if (on) node?.setAttribute("aria-busy", "true");
    else node?.removeAttribute("aria-busy");
  }
  if (on && submitter?.matches(".btn:not(.btn-icon):not([data-busy])")) submitter.dataset.busy = tell("Saving…");
}

function trouble(form, submitter, kind, title, ...text) {
  const button = el("button", { class: "btn btn-sm", type: "button" }, tell("Try again"));
  button.addEventListener("click", () => again(form, submitter));
  const banner = el(
    "div",
    { class: `banner banner-${kind}`, role: "alert", tabindex: "-1", "data-trouble": true },
    icon(kind === "crit" ? "alert" : "refresh"),
    el("div", {}, el("b", {}, title), " ", ...text),
    button,
  );
  $(":scope > .banner[data-trouble]", form)?.remove();
  form.prepend(banner);
}

// Every press but the first of a plain form would report the same incident again.
function guard(event) {
  const form = event.target;
  if (form.method.toLowerCase() !== "post") return;
  if (form.hasAttribute("data-sent")) event.preventDefault();
  else form.setAttribute("data-sent", "");
}

function touch(event) {
  if (event.target.matches && isField(event.target)) event.target.dataset.touched = "1";
}

// Somebody stored another value for the field a person is editing.
function offerBoth({ target: field, detail: { mine, theirs } }) {
  const place = field.closest(".field") ?? field;
  if (place.previousElementSibling?.matches("[data-collision]")) place.previousElementSibling.remove();
  const keep = el("button", { class: "btn btn-sm", type: "button" }, "Keep mine");
  const use = el("button", { class: "btn btn-sm", type: "button" }, "Use theirs");
  const words = el("div", {}, el("b", {}, "Somebody changed this while you were editing."), ` Now stored: “${short(theirs)}”. Yours: “${short(mine)}”.`);
  const banner = el("div", { class: "banner banner-info", "data-collision": true }, icon("user"), words, el("span", { class: "btns" }, keep, use));
  const close = () => {
    banner.remove();
    field.focus();
  };
  keep.addEventListener("click", close);
  use.addEventListener("click", () => {
    field.value = theirs;
    delete field.dataset.touched;
    close();
  });
  place.before(banner);
  say("Somebody changed the field you are editing");
}

const short = (text) => (text.length > 80 ? `${text.slice(0, 79)}…` : text);
