import assert from "node:assert";
import test from "node:test";
import { $, assets, page, press, serve, until } from "./page.mjs";

page(`<form class=composer><textarea></textarea></form>`);
const { startMentions, wanted } = await import(new URL("js/mention.js", assets));
const field = $("textarea");
const type = (text) => {
  field.focus();
  field.value = text;
  field.setSelectionRange(text.length, text.length);
  field.dispatchEvent(new Event("input", { bubbles: true }));
};

test("a sign at the start of a word asks", () => {
  assert.deepEqual(wanted("ask @yu", 7), { sign: "@", typed: "yu", from: 4 });
  assert.deepEqual(wanted("#", 1), { sign: "#", typed: "", from: 0 });
  assert.equal(wanted("gwen@northwind", 14), null);
  assert.equal(wanted("@yuki said", 10), null);
  assert.deepEqual(wanted("see (#19 there", 8), { sign: "#", typed: "19", from: 5 });
});

test("what is chosen is written out", async () => {
  const items = { "@yu": [{ label: "Yuki Tanabe", hint: "Network" }], "@to": [{ label: "Tomasz Lis" }], "@": [{ label: "Ada Bell" }], "#3": [{ label: "INC-3 Toner" }], "#la": Array.from({ length: 10 }, (_, n) => ({ label: `INC-${n} Labels` })), "#ro": [{ label: "INC-8 Roaming fails" }, { label: "KB-4 Roaming of scanners", hint: "article" }], "#sc": [{ label: "INC-7 Scanner is dark" }, { label: "INC-9 Scanner hums" }] };
  const calls = serve(({ url }) => ({ json: { groups: [{ title: "x", items: items[new URLSearchParams(url.split("?")[1]).get("q")] ?? [] }] } }));
  startMentions();
  type("ask @yu");
  await until(() => !$("[role=listbox]").hidden, "people shown");
  assert.equal(calls[0].url, "/palette?q=%40yu");
  assert.ok(press("Enter").defaultPrevented);
  assert.equal(field.value, "ask Yuki Tanabe ");
  assert.ok($("[role=listbox]").hidden);

  type("like #sc");
  await until(() => !$("[role=listbox]").hidden, "incidents shown");
  press("ArrowDown");
  press("Tab");
  assert.equal(field.value, "like INC-9 ");
  type("see #ro");
  await until(() => $("[role=option]:nth-child(2)")?.textContent.startsWith("KB-4"), "an incident and an article");
  assert.equal(calls.at(-1).url, "/palette?q=%23ro&records=1");
  press("ArrowDown");
  press("Enter");
  assert.equal(field.value, "see KB-4 ");
  type("see #la");
  await until(() => $("[role=option]")?.textContent.startsWith("INC-0"), "many");
  assert.equal($("[role=listbox]").children.length, 9, "three of each kind");
  press("Escape");
  type("like #sc");
  await until(() => !$("[role=listbox]").hidden, "incidents shown again");
  assert.ok(press("Escape").defaultPrevented);
  assert.ok($("[role=listbox]").hidden);
  assert.ok(!press("Enter").defaultPrevented, "Enter is a new line again");
});

test("a list that answers older words is not taken from", async () => {
  type("ask @yu");
  await until(() => $("[role=option][aria-selected=true]"), "people shown");
  type("ask @to");
  assert.ok(!$("[role=listbox]").hidden);
  assert.equal(field.getAttribute("aria-activedescendant"), null);
  for (const key of ["Enter", "Tab"]) assert.ok(!press(key).defaultPrevented, key);
  assert.equal(field.value, "ask @to");
  await until(() => $("[role=option][aria-selected=true]")?.textContent === "Tomasz Lis", "the new list");
  press("Enter");
  assert.equal(field.value, "ask Tomasz Lis ");

  for (const [prose, first] of [["see you @", "Ada Bell"], ["printer #3", "INC-3 Toner"]]) {
    type(prose);
    await until(() => $("[role=option]")?.textContent === first, first);
    assert.ok(!press("Enter").defaultPrevented);
    assert.equal(field.value, prose);
  }
  press("ArrowDown");
  assert.ok(!press("Tab", { shiftKey: true }).defaultPrevented, "the way back stays open");
  assert.equal(field.value, "printer #3");
  press("Enter");
  assert.equal(field.value, "printer INC-3 ");
});

test("that there are no macros is said and nothing is put in", async () => {
  type("/");
  await until(() => $("[role=option]")?.textContent === "No macros yet", "the words");
  press("ArrowDown");
  assert.ok(press("Enter").defaultPrevented);
  assert.equal(field.value, "/");
  assert.ok($("[role=listbox]").hidden);
});
