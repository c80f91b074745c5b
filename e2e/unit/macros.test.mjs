import assert from "node:assert";
import test from "node:test";
import { $, $$, assets, page, press, serve, until } from "./page.mjs";

page(`<form class=composer data-number=INC-7><input type=radio name=mode value=reply checked><input type=radio name=mode value=note>
  <textarea></textarea><div id=c-macro></div><a href=/incidents/INC-7/macros data-macros>Macros</a></form><p id=alert></p>`);
const { startMentions, wanted } = await import(new URL("js/mention.js", assets));
const field = $("textarea");
const type = (text) => {
  field.focus();
  field.value = text;
  field.setSelectionRange(text.length, text.length);
  field.dispatchEvent(new Event("input", { bubbles: true }));
};
const macros = [{ id: "a", label: "Ask for the site", hint: "everybody's, hold" }, { id: "b", label: "Note the tunnel", hint: "your own" }];
const filled = { id: "a", version: 3, name: "Ask for the site", mode: "reply", words: "Dear Gwen, which site?", missing: [], commands: ["Put on hold"] };
const noted = { id: "b", version: 1, name: "Note the tunnel", mode: "note", words: "{service} tunnel", missing: ["service"], commands: [] };
const calls = serve(({ url }) => ({ json: { "/incidents/INC-7/macros": macros, "/incidents/INC-7/macros/a": filled, "/incidents/INC-7/macros/b": noted }[url] }));
startMentions();

test("a slash at the beginning of a line asks, elsewhere it is a sign", () => {
  assert.deepEqual(wanted("/as", 3), { sign: "/", typed: "as", from: 0 });
  assert.deepEqual(wanted("Hello\n/", 7), { sign: "/", typed: "", from: 6 });
  assert.equal(wanted("and/or", 6), null);
  assert.equal(wanted("/etc/hosts", 10), null);
});

test("a macro is put in for editing, with what follows it as ticked boxes", async () => {
  type("Hello\n/sit");
  await until(() => !$("[role=listbox]").hidden, "macros shown");
  assert.equal($$("[role=option]").length, 1, "the other does not fit");
  assert.ok(press("Enter").defaultPrevented);
  await until(() => $("#c-macro [name=macro]"), "the boxes");
  assert.equal(field.value, "Hello\nDear Gwen, which site?");
  assert.equal($("[name=macro_version]").value, "3");
  assert.ok($("[name=do]").checked);
  assert.equal($("#c-macro label").textContent, "Put on hold");
  assert.ok(calls.every(({ method }) => method === "GET"), "nothing is sent");
});

test("words for the service desk go into a note, and what is missing is told", async () => {
  type("");
  $("a[data-macros]").dispatchEvent(new MouseEvent("click", { bubbles: true, cancelable: true }));
  assert.equal(field.value, "/");
  await until(() => $$("[role=option]").length === 2, "all are shown");
  assert.equal(calls.filter(({ url }) => url === "/incidents/INC-7/macros").length, 1, "the list is fetched once");
  press("ArrowDown");
  press("ArrowDown");
  press("Enter");
  await until(() => $("#c-macro [name=macro]")?.value === "b", "the other");
  assert.ok($("[value=note]").checked);
  assert.equal(field.value, "{service} tunnel");
  assert.equal($("[name=do]"), null);
  assert.match($("#c-macro p").textContent, /service/);
});
