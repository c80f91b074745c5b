import assert from "node:assert";
import test, { beforeEach } from "node:test";
import { $, assets, page, serve, until } from "./page.mjs";

const row = (n, more = "") => `<tr class="row ${more}" id=row-INC-${n} data-number=INC-${n}><td class=c-sel><input type=checkbox name=number value=INC-${n} form=bulk-form></td><td><a class=t href="#">Incident ${n}</a></td></tr>`;
const main = (numbers) => `<main id=main><div class=q-wrap><div id=bulk-said></div><button id=newrows type=button hidden><span></span></button>
  <table class=q data-queue><thead><tr><td class=c-sel><input type=checkbox data-select-all></td></tr></thead><tbody id=rows>${numbers.map((n) => row(n)).join("")}</tbody></table>
  <div class=bulk role=toolbar><b data-count></b><form id=bulk-form method=post action="/queue/bulk" data-reset></form><button type=button data-clear>Clear</button></div></div></main>`;
page(`${main([1, 2, 3])}<aside id=preview class="panel panel-prev"></aside><p id=say></p><div id=bulk-state class=pop popover><button form=bulk-form name=state value=vendor>Waiting on supplier</button></div>`);
const queue = await import(new URL("js/queue.js", assets));
const asked = serve(({ url }) => ({
  body: url.endsWith("preview") ? `<h2>Beside the list</h2><section id=similar data-lazy="/alike">Awaited</section>` : `<section id=similar data-patch=morph>Seen before</section>`,
}));
queue.startQueue();
const { submit } = await import(new URL("js/forms.js", assets));
const box = (n) => $(`#row-INC-${n} input`);
const tell = (name, number) => document.dispatchEvent(new CustomEvent(name, { detail: { number } }));

beforeEach(() => queue.clearSelection());

test("beside the list stands what is first, and goes with its row", async () => {
  await until(() => $("#similar")?.textContent === "Seen before", "preview, and what is like it");
  assert.match(asked[0].url, /\/incidents\/INC-1\/preview$/);
  assert.ok($("#row-INC-1").matches(".is-open"));
  serve(() => ({ body: "<h2>Taken</h2>" }));
  document.dispatchEvent(new CustomEvent("patched", { detail: { changed: [$("#row-INC-2")] } }));
  document.dispatchEvent(new CustomEvent("patched", { detail: { changed: [$("#row-INC-1")] } }));
  await until(() => $("#preview h2").textContent === "Taken", "preview anew");
});

test("selecting counts and names the bar", () => {
  box(1).click();
  box(3).click();
  assert.deepEqual(queue.selected(), ["INC-1", "INC-3"]);
  assert.equal($("[data-count]").textContent, "2 selected");
  assert.equal($(".bulk").getAttribute("aria-label"), "Actions for 2 selected incidents");
  assert.equal($("[data-select-all]").indeterminate, true);
});

test("the head selects all, the bar clears all", () => {
  $("[data-select-all]").click();
  assert.equal(queue.selected().length, 3);
  $("[data-clear]").click();
  assert.deepEqual(queue.selected(), []);
  assert.equal($("[data-select-all]").checked, false);
});

test("Shift and click takes the range", () => {
  box(1).click();
  box(3).dispatchEvent(new MouseEvent("click", { bubbles: true, cancelable: true, shiftKey: true }));
  assert.deepEqual(queue.selected(), ["INC-1", "INC-2", "INC-3"]);
});

test("what is chosen in a list goes with the selection, which is over then", async () => {
  box(2).click();
  const calls = serve(() => ({}));
  const form = $("#bulk-form");
  await submit(form, $("#bulk-state button"));
  assert.equal(String(calls[0].body), "number=INC-2&state=vendor");
  assert.deepEqual(queue.selected(), []);
});

test("what was refused stays selected", async () => {
  box(1).click();
  box(2).click();
  serve(() => ({ body: `<div id=bulk-said data-patch><div class=banner><a href="/incidents/INC-2">INC-2</a>: no</div></div>` }));
  await submit($("#bulk-form"), $("#bulk-state button"));
  await until(() => queue.selected().length, "selected again");
  assert.deepEqual(queue.selected(), ["INC-2"]);
  $("#bulk-said").replaceChildren();
});

test("a row that rose above the waterline is counted, not moved", () => {
  const [risk, body] = ["<td class=c-risk><span class=risk>12</span></td>", $("#rows")];
  const line = document.createElement("tr");
  line.id = "waterline";
  body.insertBefore(line, $("#row-INC-2"));
  for (const n of [1, 2, 3]) $(`#row-INC-${n}`).insertAdjacentHTML("beforeend", risk);
  for (const n of [2, 3]) $(`#row-INC-${n}`).classList.add("calm");
  const patched = () => document.dispatchEvent(new CustomEvent("patched", { detail: {} }));
  patched();
  assert.equal($("#newrows").hidden, true);
  $("#row-INC-3").classList.remove("calm");
  patched();
  assert.equal($("#newrows").hidden, false);
  assert.equal($("#newrows span").textContent, "1 incident rose above the waterline. Show it");
  assert.equal(queue.newsWords(1, 2), "1 new incident matches this view, 2 rose above the waterline. Show them");
  line.remove();
  patched();
  assert.equal($("#newrows").hidden, true);
});

test("news are counted, not inserted; known rows do not count", () => {
  tell("news", "INC-2");
  assert.equal($("#newrows").hidden, true);
  tell("news", "INC-8");
  assert.equal($("#newrows span").textContent, "1 new incident matches this view. Show it");
  tell("news", "INC-9");
  tell("news", "INC-9");
  assert.equal($("#newrows span").textContent, "2 new incidents match this view. Show them");
  assert.equal(document.querySelectorAll("tr.row").length, 3);
});

test("what left is struck through until the list is shown anew; the selection survives", async () => {
  tell("gone", "INC-1");
  assert.ok($("#row-INC-1").classList.contains("is-gone"));
  box(3).click();
  const kept = $("#row-INC-3");
  serve(() => ({ body: `<!doctype html><html><body>${main([9, 3, 8, 2])}</body></html>` }));
  $("#newrows").click();
  await until(() => $("#row-INC-9"), "list shown anew");
  assert.deepEqual([...document.querySelectorAll("tr.row")].map((each) => each.dataset.number), ["INC-9", "INC-3", "INC-8", "INC-2"]);
  assert.equal($("#row-INC-3"), kept);
  assert.deepEqual(queue.selected(), ["INC-3"]);
  await until(() => $("#newrows").hidden, "bar hidden");
});

test("an empty list shows what is new by itself", async () => {
  $("#main").innerHTML = `<div class=q-wrap><button id=newrows type=button hidden><span></span></button><p>Nothing is here now</p></div>`;
  serve(() => ({ body: `<!doctype html><html><body>${main([4])}</body></html>` }));
  tell("news", "INC-4");
  await until(() => $("#row-INC-4"), "the first row shown");
  await until(() => $("#newrows").hidden, "nothing is left to count");
});
