import assert from "node:assert";
import test from "node:test";
import { $, assets, page, press, serve, until } from "./page.mjs";

page(`<main><a id=one href=/incidents/INC-7>INC-7</a><a id=two href=/problems/PRB-2>PRB-2</a><a id=out href=https://wiki.example/incidents/INC-7>Wiki</a><p id=p></p></main>`, { url: "http://evenkeel.test/incidents/INC-1" });
const { cardOf, rest, startCards } = await import(new URL("js/cards.js", assets));
startCards();

function over(target, pointerType = "mouse") {
  const event = new Event("pointerover", { bubbles: true });
  event.pointerType = pointerType;
  target.dispatchEvent(event);
}
const patience = () => new Promise((resolve) => setTimeout(resolve, rest + 100).ref?.());

test("only records have cards, and none the page one is on", () => {
  assert.equal(cardOf("/incidents/INC-7"), "/preview/incidents/INC-7");
  assert.equal(cardOf("/articles/KB-3"), "/preview/articles/KB-3");
  const id = "0190f3a2-0000-7000-8000-000000000001";
  assert.equal(cardOf(`/settings/people/${id}`), `/preview/people/${id}`);
  for (const href of ["/incidents/INC-1", "/incidents/new", "/incidents/INC-7/resolve", "/queue", "https://wiki.example/incidents/INC-7", "mailto:a@b.example"]) assert.equal(cardOf(href), null, href);
});

test("whoever rests on a link sees its card, told by the link, and Escape ends it", async () => {
  const calls = serve(() => ({ body: "<p>INC-7</p><p><b>Gate</b></p>" }));
  over($("#one"));
  await until(() => $("#card"), "the card");
  assert.equal($("#card").textContent, "INC-7Gate");
  assert.equal($("#one").getAttribute("aria-describedby"), "card");
  assert.ok(press("Escape", { target: $("#one") }));
  assert.equal($("#card"), null);
  assert.equal($("#one").getAttribute("aria-describedby"), null);
  over($("#one"));
  await until(() => $("#card"), "the card again");
  assert.equal(calls.length, 1, "it is believed for a while");
  over($("#p"));
  await until(() => !$("#card"), "it goes when somebody leaves");
});

test("the page that scrolls takes a card away, but not one that is still to come", async () => {
  serve(() => ({ body: "<p>INC-7</p>" }));
  over($("#one"));
  document.dispatchEvent(new Event("scroll"));
  await until(() => $("#card"), "the card after the page came to rest");
  document.dispatchEvent(new Event("scroll"));
  assert.equal($("#card"), null);
});

test("nothing is shown of what may not be seen, and nothing by touch", async () => {
  const calls = serve(() => ({ status: 404, body: "<p>No</p>" }));
  over($("#two"), "touch");
  await patience();
  assert.equal(calls.length, 0);
  over($("#two"));
  await until(() => calls.length === 1, "it is asked");
  await patience();
  assert.equal($("#card"), null);
});
