import assert from "node:assert";
import test, { beforeEach } from "node:test";
import { $, assets, page, serve, until } from "./page.mjs";

page(`<main id=main></main><div id=toasts></div><p id=say></p>`);
const { startForms } = await import(new URL("js/forms.js", assets));
const { startPopovers } = await import(new URL("js/popover.js", assets));

const inside = (cause = "") => `<input type=hidden name=version value=1><textarea name=words autofocus></textarea>${cause}<button>Resolve</button>`;
const form = (attributes = "", cause) => `<form id=f method=post action="/incidents/INC-7/resolve" data-live ${attributes}>${inside(cause)}</form>`;
$("#main").innerHTML = `<p id=v data-version=1></p>`;
startForms();
startPopovers();

let answer;
let calls;
beforeEach(() => {
  $("#main").innerHTML = `<p id=v data-version=2></p><a id=open href="/incidents/INC-7/resolve" data-dialog="#d">Resolve</a><dialog id=d>${form()}</dialog>`;
  calls = serve(() => new Promise((resolve) => (answer = resolve)));
});

test("a dialog opens at once, and its form comes up to date under what is typed", async () => {
  $("#open").click();
  assert.ok($("#d").open);
  assert.equal(document.activeElement, $("textarea"));
  assert.equal(calls.length, 1);
  $("textarea").value = "Swapped it";
  $("textarea").dispatchEvent(new Event("input", { bubbles: true }));
  await until(() => answer, "asked");
  answer({ body: form("data-patch", "<select name=cause></select>") });
  await until(() => !$("#f").hasAttribute("aria-busy"), "up to date");
  assert.ok($("select[name=cause]"));
  assert.equal($("textarea").value, "Swapped it");
  assert.equal(document.activeElement, $("textarea"));
  assert.equal($("input[name=version]").value, "2");
});

test("what prints closes its menu first", () => {
  const done = [];
  window.print = () => done.push("printed");
  $("#main").innerHTML = "<div id=more popover><button id=print type=button data-print><span>Print</span></button></div>";
  $("#more").hidePopover = () => done.push("closed");
  $("#print span").click();
  assert.deepEqual(done, ["closed", "printed"]);
});

test("an untouched field gets what is stored now and keeps the focus", async () => {
  $("#open").click();
  assert.equal(document.activeElement, $("textarea"));
  answer({ body: form("data-patch").replace("</textarea>", "Stored since</textarea>") });
  await until(() => !$("#f").hasAttribute("aria-busy"), "up to date");
  assert.equal($("textarea").value, "Stored since");
  assert.equal(document.activeElement, $("textarea"));
});

test("what is pressed meanwhile goes with the form as it is then", async () => {
  $("#open").click();
  $("#f").requestSubmit($("#f button"));
  await until(() => answer, "asked");
  assert.equal(calls.length, 1, "nothing but the question for the form");
  answer({ body: form("data-patch") });
  await until(() => calls.length === 2, "sent");
  assert.equal(String(calls[1].body), "version=2&words=");
  answer({});
  await until(() => !$("#d").open, "stored");
});

test("a second press opens nothing, a closed dialog stays closed and sends nothing", async () => {
  $("#open").click();
  $("#f").requestSubmit();
  $("#open").click();
  $("#d").close();
  $("#open").focus();
  answer({ body: form("data-patch") });
  await until(() => !$("#f").hasAttribute("aria-busy"), "up to date");
  await new Promise(setImmediate);
  assert.equal(calls.length, 1);
  assert.ok(!$("#d").open);
  assert.equal(document.activeElement, $("#open"));
});
