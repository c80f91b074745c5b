import assert from "node:assert";
import test from "node:test";
import { $, assets, page, serve, until } from "./page.mjs";

const section = `<main id=main></main><aside><div data-keep><section id=similar data-lazy="/incidents/INC-7/similar"><a href="/incidents/INC-7/similar">Show</a></section></div></aside><p id=say></p>`;
page(section);
const { startLazy } = await import(new URL("js/lazy.js", assets));
const { morph } = await import(new URL("js/morph.js", assets));

test("a part is fetched once and stays over a reload of the page around it", async () => {
  const calls = serve(() => ({ body: `<section id=similar data-patch=morph><p>INC-3</p></section>` }));
  startLazy();
  await until(() => $("#similar").textContent === "INC-3", "the part");
  assert.equal(calls.length, 1);
  assert.equal(calls[0].headers["X-Live"], "1");
  assert.equal($("#similar").dataset.lazy, undefined);
  const again = document.createElement("aside");
  again.innerHTML = `<div data-keep><section id=similar data-lazy="/x"><a href="/x">Show</a></section></div>`;
  morph($("aside"), again);
  assert.equal($("#similar").textContent, "INC-3");
});

test("what cannot be had leaves the link", async () => {
  page(section);
  const calls = serve(() => ({ status: 503 }));
  startLazy();
  await until(() => calls.length === 1, "asked");
  for (let turns = 0; turns < 9; turns += 1) await new Promise((resolve) => setImmediate(resolve));
  assert.equal($("#similar a").textContent, "Show");
});

test("what comes late for one is not shown at the next", async () => {
  page(section);
  let late;
  const held = new Promise((resolve) => (late = resolve));
  const body = (words) => ({ body: `<section id=similar data-patch=morph><p>${words}</p></section>` });
  const calls = serve(async ({ url }) => {
    if (url.endsWith("/one")) await held;
    return body(url.endsWith("/one") ? "Of the first" : "Of the next");
  });
  const show = (which) => {
    $("aside").innerHTML = `<section id=similar data-lazy="/${which}"><a href="/${which}">Show</a></section>`;
    startLazy($("aside"));
  };
  show("one");
  show("two");
  await until(() => $("#similar").textContent === "Of the next", "the next one's");
  late();
  for (let turns = 0; turns < 9; turns += 1) await new Promise((resolve) => setImmediate(resolve));
  assert.equal(calls.length, 2);
  assert.equal($("#similar").textContent, "Of the next");
});
