import assert from "node:assert";
import test from "node:test";
import { $, assets, page, press, serve, until } from "./page.mjs";

page(`<span class=live id=vial hidden><span class=live-d></span><span>Live</span></span>
  <main id=main><ol id=tl class=tl><li id=e-1>1</li></ol><a id=jump hidden href="#end"><span></span></a>
  <form id=rule-form><input id=when data-suggest="/terms" aria-controls=when-l data-stay><div id=when-l role=listbox hidden></div></form>
  <form id=ask-form action="/x"><input id=who data-suggest="/people/suggest" aria-controls=who-l data-into="#person" data-load="/caller" data-min=2>
  <div id=who-l role=listbox hidden></div><input type=hidden id=person name=person></form><div id=caller></div>
  <form class=qbar><input type=hidden name=q value="state:open team:mine"><span class=qchip><span><i>state</i> open</span><button type=button id=drop>x</button></span><input id=filter-in><a data-as-text href="?edit=1">Edit as text</a></form>
  </main><p id=say></p><p id=alert></p>`, { html: `data-now="2026-11-23T12:09:00Z" data-zone="Europe/Berlin"` });
const { sift, sizeWords } = await import(new URL("js/upload.js", assets));
const { pill, startTimeline } = await import(new URL("js/timeline.js", assets));
const { interrupt } = await import(new URL("js/dom.js", assets));
const { patch } = await import(new URL("js/morph.js", assets));
const { connection } = await import(new URL("js/live.js", assets));
const { startComboboxes } = await import(new URL("js/combobox.js", assets));
const { startFilter } = await import(new URL("js/filter.js", assets));
const { example, groups, resolve, sample, typeWords } = await import(new URL("js/api-docs.js", assets));

test("sizes in words, and the limit", () => {
  assert.deepEqual([900, 219_000, 1_048_500, 3_565_158, 25 * 1024 * 1024].map(sizeWords), ["900 B", "214 kB", "1 MB", "3.4 MB", "25 MB"]);
  const { fit, large } = sift([{ size: 10 }, { size: 11 }], 10);
  assert.deepEqual([fit.length, large.length], [1, 1]);
});

test("away from the end new entries are counted, not scrolled to", () => {
  startTimeline();
  Object.defineProperties(document.documentElement, { scrollHeight: { value: 5000 }, clientHeight: { value: 800 }, scrollTop: { value: 0, writable: true } });
  patch(`<li id=e-2 data-what=note data-patch=append data-to="#tl">2</li>`);
  assert.equal($("#jump span").textContent, "1 new note below");
  assert.equal($("#jump").hidden, false);
  patch(`<li id=e-3 data-what=reply data-patch=append data-to="#tl">3</li>`);
  assert.equal($("#jump span").textContent, "2 new entries below");
  assert.equal(pill([document.createElement("li")]), "1 new entry below");
});

test("the vial says since when, and only after a real gap", (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  connection(false);
  t.mock.timers.tick(2900);
  connection(true);
  assert.equal($("#vial").textContent.trim(), "Live");
  connection(false);
  t.mock.timers.tick(3100);
  assert.match($("#vial").textContent, /Offline since \d\d:\d\d/);
  assert.ok($("#vial").classList.contains("live-off"));
  let again = 0;
  document.addEventListener("online-again", () => again++, { once: true });
  connection(true);
  assert.equal(again, 1);
  assert.ok(!$("#vial").classList.contains("live-off"));
});

test("what cannot wait is said at once, and again when it comes again", () => {
  interrupt("INC-7, yours, P1: response clock passed its target");
  const first = $("#alert").firstChild;
  interrupt("INC-7, yours, P1: response clock passed its target");
  assert.equal($("#alert").textContent, "INC-7, yours, P1: response clock passed its target");
  assert.notEqual($("#alert").firstChild, first);
});

test("a chosen person fills the hidden field and loads the card", async () => {
  const calls = serve(({ url }) => (url.includes("/caller") ? { body: `<div id=caller data-patch>2 open incidents</div>` } : { json: [{ label: "Gwen Tarrant", hint: "Rotterdam", value: "u7" }] }));
  startComboboxes();
  const input = $("#who");
  input.focus();
  input.value = "gw";
  input.dispatchEvent(new Event("input", { bubbles: true }));
  await until(() => !$("#who-l").hidden, "suggestions shown");
  assert.equal(input.getAttribute("aria-expanded"), "true");
  press("ArrowDown");
  press("Enter");
  assert.equal($("#person").value, "u7");
  assert.equal(input.value, "Gwen Tarrant");
  await until(() => $("#caller").textContent === "2 open incidents", "card loaded");
  assert.match(calls.at(-1).url, /\/caller\?value=u7$/);
  assert.equal($("#who-l").hidden, true);
});

test("a chosen term completes a condition and sends nothing", async () => {
  serve(() => ({ json: [{ label: "team:Network", insert: "team:Network" }] }));
  startComboboxes();
  let sent = 0;
  $("#rule-form").addEventListener("submit", (event) => event.preventDefault(sent++));
  const input = $("#when");
  input.focus();
  input.value = "state:open team:n";
  input.dispatchEvent(new Event("input", { bubbles: true }));
  await until(() => !$("#when-l").hidden, "suggestions shown");
  press("ArrowDown");
  press("Enter");
  assert.equal(input.value, "state:open team:Network");
  assert.equal(sent, 0);
});

test("Backspace selects the last chip, again removes it; the query is editable as text", () => {
  startFilter();
  let dropped = 0;
  $("#drop").addEventListener("click", () => dropped++);
  $("#filter-in").focus();
  press("Backspace");
  assert.ok($(".qchip").classList.contains("is-sel"));
  assert.equal(dropped, 0);
  press("Backspace");
  assert.equal(dropped, 1);
  $("[data-as-text]").click();
  assert.equal($("#filter-in").value, "state:open team:mine");
  assert.equal($("input[name=q]").value, "");
});

test("the reference reads OpenAPI: groups, references, examples, types", () => {
  const spec = {
    paths: { "/a": { parameters: [{ name: "p" }], get: { tags: ["x"] }, post: { tags: ["y"] } }, "/b": { get: { tags: ["x"] } } },
    components: { schemas: { I: { type: "object", properties: { number: { type: "string" }, at: { type: ["string", "null"], format: "date-time" }, kids: { type: "array", items: { $ref: "#/components/schemas/I" } }, p: { enum: ["P1", "P2"] } } } } },
  };
  assert.deepEqual(groups(spec).map(([tag, list]) => [tag, list.length, list[0].op.parameters.length]), [["x", 2, 1], ["y", 1, 1]]);
  const tags = ["none", "y", "x"].map((name) => ({ name }));
  assert.deepEqual(groups({ ...spec, tags }).map(([tag]) => tag), ["y", "x"]);
  const ref = { $ref: "#/components/schemas/I" };
  assert.equal(resolve(spec, ref).type, "object");
  const made = example(spec, ref);
  assert.deepEqual(sample(spec, { schema: ref, example: { number: "INC-7" } }), { number: "INC-7" });
  assert.deepEqual(sample(spec, { schema: ref }), made);
  assert.deepEqual([made.number, made.at, made.p, Array.isArray(made.kids)], ["", "2026-11-23T12:12:00Z", "P1", true]);
  assert.deepEqual([typeWords(spec, { type: "array", items: ref }), typeWords(spec, { enum: ["P1", "P2"] })], ["array of I", "P1 | P2"]);
});
