import assert from "node:assert";
import test, { beforeEach } from "node:test";
import { $, assets, page, press, serve, until } from "./page.mjs";

page(`<main id=main tabindex=-1><ol id=tl></ol><form class=composer method=post action="/incidents/INC-7/comments" data-live>
  <input type=radio name=mode value=reply checked><input type=radio name=mode value=note id=note>
  <textarea name=body></textarea><select name=then><option value=""><option value=resolve></select>
  <input type=file><span data-draft-state></span><button id=send>Send to Gwen</button></form></main><p id=say></p>`);
const { startForms } = await import(new URL("js/forms.js", assets));
const { patch } = await import(new URL("js/morph.js", assets));
const { refresh } = await import(new URL("js/live.js", assets));
const { Sending, patience } = await import(new URL("js/sending.js", assets));

// Time passes when a test says so.
const waiting = new Map();
const { setTimeout: start, clearTimeout: stop } = globalThis;
globalThis.setTimeout = (run, wait, ...rest) => {
  if (wait !== patience) return start(run, wait, ...rest);
  const timer = {};
  waiting.set(timer, run);
  return timer;
};
globalThis.clearTimeout = (timer) => waiting.delete(timer) || stop(timer);
const pass = () => {
  const due = [...waiting.values()];
  waiting.clear();
  due.forEach((run) => run());
};
new Sending($("form"));
startForms();

let calls;
const field = $("textarea");
const send = () => $("form").requestSubmit($("#send"));
const entry = (kind, by) => `<li id=e-${by} data-kind=${kind} data-patch=append data-to="#tl"><article aria-label="Reply by ${by}, 13:10"></article></li>`;

beforeEach(() => {
  calls = serve(() => ({}));
  $("form").reset();
  field.value = "We are on it";
});

test("a reply leaves after a moment", async () => {
  send();
  assert.ok($("[data-cancel]"));
  assert.ok($("#send").hidden);
  assert.equal(calls.length, 0);
  pass();
  await until(() => calls.length === 1, "sent");
  await until(() => !$("form").hasAttribute("aria-busy"), "answered");
  assert.match(String(calls[0].body), /body=We\+are\+on\+it/);
  assert.equal($("[data-cancel]"), null);
  assert.ok(!$("#send").hidden);
});

test("until then Escape, the button and typing keep it", () => {
  for (const keep of [() => press("Escape"), () => $("[data-cancel]").click(), () => field.dispatchEvent(new Event("input", { bubbles: true }))]) {
    send();
    keep();
    pass();
    assert.equal(calls.length, 0);
    assert.equal($("[data-cancel]"), null);
    assert.equal(field.value, "We are on it");
    assert.equal($("[data-draft-state]").textContent, "Not sent");
    $("[data-draft-state]").textContent = "";
  }
});

test("what the writer's own forms bring is no reply by somebody else", () => {
  send();
  const own = document.body.appendChild(document.createElement("form"));
  own.setAttribute("aria-busy", "true");
  patch(entry("reply", "me"));
  own.remove();
  assert.equal($(".banner"), null);
  assert.ok($("[data-cancel]"), "it still waits");
  press("Escape", { target: field });
});

test("pressed twice it goes at once", async () => {
  send();
  press("Enter", { target: $("#main"), ctrlKey: true });
  await until(() => calls.length === 1, "sent");
  await until(() => !$("form").hasAttribute("aria-busy"), "answered");
});

test("a page that is hidden or left sends what waits, and lets it outlive the page where browsers can", async (t) => {
  const hide = () => document.dispatchEvent(new Event("visibilitychange"));
  let hidden = false;
  Object.defineProperty(document, "hidden", { get: () => hidden, configurable: true });
  t.after(() => delete document.hidden);
  for (const [text, leave, keepalive] of [
    ["We are on it", hide, true],
    ["We are on it", () => window.dispatchEvent(new Event("pagehide")), true],
    ["é".repeat(20_000), hide, false],
  ]) {
    calls = serve(() => ({}));
    field.value = text;
    send();
    hidden = false;
    hide();
    assert.equal(calls.length, 0, "shown again");
    hidden = true;
    leave();
    await until(() => calls.length === 1, "sent");
    await until(() => !$("form").hasAttribute("aria-busy"), "answered");
    assert.equal(calls[0].keepalive, keepalive);
    assert.equal($("[data-cancel]"), null);
  }
});

test("notes and words for the resolution do not wait", async () => {
  $("#note").checked = true;
  send();
  await until(() => calls.length === 1, "note sent");
  await until(() => !$("form").hasAttribute("aria-busy"), "answered");
  $("form").reset();
  field.value = "Fixed";
  $("select").value = "resolve";
  send();
  await until(() => calls.length === 2, "words handed on");
  await until(() => !$("form").hasAttribute("aria-busy"), "answered");
});

test("when somebody else answered meanwhile, it needs a second press", async () => {
  patch(entry("note", "Ines"));
  assert.equal($(".banner"), null);
  patch(entry("reply", "Yuki"));
  assert.match($(".banner").textContent, /Reply by Yuki, 13:10, came while you were writing/);
  send();
  assert.equal($("[data-cancel]"), null);
  assert.equal(document.activeElement, $(".banner"));
  send();
  pass();
  await until(() => calls.length === 1, "sent");
  await until(() => $(".banner") === null, "the warning is over");
});

test("a reply by somebody else stops one that waits", () => {
  send();
  patch(entry("reply", "Tomasz"));
  pass();
  assert.equal(calls.length, 0);
  assert.ok($(".banner"));
});

test("a reply that came with the page anew stops it too", async () => {
  send();
  const main = $("main").cloneNode(true);
  main.querySelector("form").dataset.keep = $("form").dataset.keep = "";
  main.querySelector("#tl").innerHTML += entry("reply", "Zoe").replace(/data-patch.*?"#tl"/, "");
  serve(() => ({ body: main.outerHTML }));
  await refresh();
  pass();
  assert.match($(".banner").textContent, /Reply by Zoe/);
  assert.equal($("[data-cancel]"), null);
});

test("a failed reply goes again only after its moment, without taking the focus from who writes", async () => {
  $("form").dispatchEvent(new CustomEvent("sent", { bubbles: true }));
  document.documentElement.dataset.stream = "/live";
  serve(() => {
    throw new TypeError("no network");
  });
  send();
  pass();
  await until(() => $("[data-trouble]"), "failed");
  await until(() => !$("form").hasAttribute("aria-busy"), "free again");
  calls = serve(() => ({}));
  field.focus();
  document.dispatchEvent(new CustomEvent("online-again"));
  assert.ok($("[data-cancel]"));
  assert.equal(document.activeElement, field);
  assert.equal($("[data-trouble]"), null);
  assert.equal(calls.length, 0);
  press("Escape");

  serve(() => {
    throw new TypeError("no network");
  });
  send();
  pass();
  await until(() => $("[data-soon]"), "failed again");
  await until(() => !$("form").hasAttribute("aria-busy"), "free again");
  patch(entry("reply", "Mira"));
  document.dispatchEvent(new CustomEvent("online-again"));
  assert.equal($("[data-cancel]"), null);
  assert.equal($(".banner[role=alert]:not([data-trouble])").dataset.read, undefined);
  delete document.documentElement.dataset.stream;
});

test("what somebody else says while a reply is under way is met when it did not arrive", async () => {
  $("form").dispatchEvent(new CustomEvent("sent"));
  let refuse;
  calls = serve(() => new Promise((resolve) => (refuse = () => resolve({ status: 422, body: "" }))));
  send();
  pass();
  await until(() => refuse, "on its way");
  patch(entry("reply", "Abel"));
  assert.equal($(".banner"), null, "it may be this very reply");
  refuse();
  await until(() => $("form > .banner-warn"), "met");
  assert.match($("form > .banner-warn").textContent, /Reply by Abel/);
  send();
  assert.equal(calls.length, 1, "not before it was read");

  field.value = "We are on it";
  $("form > .banner-warn").dataset.read = "1";
  let take;
  calls = serve(() => new Promise((resolve) => (take = () => resolve({}))));
  send();
  pass();
  await until(() => take, "on its way again");
  patch(entry("reply", "Own"));
  take();
  await until(() => !$("form").hasAttribute("aria-busy"), "stored");
  assert.equal($("form > .banner-warn"), null);
});
