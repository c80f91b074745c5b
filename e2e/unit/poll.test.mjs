import assert from "node:assert";
import test from "node:test";
import { $, assets, page, serve, until } from "./page.mjs";

page(`<main id=main><p id=underway data-poll=/how-far>0 of 9</p></main><p id=say></p>`);
const { beat, startPolling } = await import(new URL("js/poll.js", assets));

test("a part is asked for until it stands still", async (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const answers = [
    { status: 503 },
    { body: `<p id=underway data-patch data-poll=/how-far>4 of 9</p>` },
    { body: `<p id=underway data-patch>9 of 9</p>` },
  ];
  const calls = serve(() => answers.shift());
  startPolling();
  for (const [words, count] of [["0 of 9", 1], ["4 of 9", 2], ["9 of 9", 3], ["9 of 9", 3]]) {
    t.mock.timers.tick(beat);
    await until(() => $("#underway").textContent === words && calls.length === count, words);
    // What follows an answer is done before time goes on.
    for (let turns = 0; turns < 9; turns += 1) await new Promise((resolve) => setImmediate(resolve));
  }
  assert.equal(calls[0].url, "/how-far");
  assert.equal(calls[0].headers["X-Live"], "1");
});

test("a part may be asked for less often", async (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  page(`<main id=main><p id=shift data-poll=/now data-every=15>Yuki</p></main><p id=say></p>`);
  const calls = serve(() => ({ body: `<p id=shift data-patch>Emil</p>` }));
  startPolling();
  t.mock.timers.tick(14_999);
  assert.equal(calls.length, 0);
  t.mock.timers.tick(1);
  await until(() => $("#shift").textContent === "Emil" && calls.length === 1);
});
