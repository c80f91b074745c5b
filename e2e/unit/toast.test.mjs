import assert from "node:assert";
import test, { mock } from "node:test";
import { $, assets, page } from "./page.mjs";

page(`<main id=main tabindex=-1><button data-undo id=entry>Undo</button></main><div id=toasts></div>`);
mock.timers.enable({ apis: ["setTimeout"] });
const { life, newestUndo, startToasts, toast } = await import(new URL("js/toast.js", assets));
startToasts();
const settle = () => new Promise((resolve) => setImmediate(resolve));

test("a toast offers undo and leaves after its time", async () => {
  toast("INC-7 merged into INC-3", "/undo/7");
  await settle();
  assert.equal($(".toast span").textContent, "INC-7 merged into INC-3");
  mock.timers.tick(life - 1);
  assert.ok($(".toast"));
  mock.timers.tick(1);
  assert.equal($(".toast"), null);
});

test("it waits while it has the focus and gives the focus back when it leaves", async () => {
  toast("3 incidents assigned to you", "/undo/8");
  await settle();
  $(".toast button").focus();
  mock.timers.tick(life * 3);
  assert.ok($(".toast"));
  $(".toast form").dispatchEvent(new CustomEvent("sent", { bubbles: true }));
  assert.equal($(".toast"), null);
  assert.equal(document.activeElement, $("#main"));
});

test("undo means the newest toast, else the newest timeline entry", async () => {
  assert.equal(newestUndo().id, "entry");
  toast("one", "/undo/1");
  const second = toast("two", "/undo/2");
  assert.equal(newestUndo(), second.querySelector("[data-undo]"));
});
