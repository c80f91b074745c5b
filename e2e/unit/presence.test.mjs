import assert from "node:assert";
import test from "node:test";
import { $, assets, page, serve, until } from "./page.mjs";

page(`<form class=composer data-number=INC-7><input type=radio name=mode value=note checked><textarea></textarea></form>`);
const { idle, isActive, startPresence } = await import(new URL("js/presence.js", assets));

test("a page in use says so, and what is written", async () => {
  assert.ok(!isActive(), "nobody was here yet");
  const calls = serve(() => ({ status: 204 }));
  startPresence();
  await until(() => calls.length === 1, "the first sign of life");
  assert.equal(calls[0].url, "/incidents/INC-7/presence");
  assert.equal(String(calls[0].body), "doing=viewing&active=1");
  $("textarea").value = "The belt is even.";
  $("textarea").dispatchEvent(new Event("input", { bubbles: true }));
  await until(() => calls.length === 2, "what is written");
  assert.equal(String(calls[1].body), "doing=note&active=1");
});

test("whoever touches nothing is not at work after a while", () => {
  const now = performance.now();
  assert.ok(isActive(now));
  assert.ok(!isActive(now + idle + 1));
  document.dispatchEvent(new Event("keydown"));
  assert.ok(isActive());
});
