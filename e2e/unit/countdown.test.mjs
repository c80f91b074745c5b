// The countdown to the next word says what the server says, and when it is a warning.
import assert from "node:assert";
import test from "node:test";
import { countClass, countWords } from "../../crates/web/assets/js/countdown.js";

test("seconds are told where they matter", () => {
  for (const [seconds, words] of [
    [1060, "17 m 40 s"],
    [59, "59 s"],
    [605, "10 m 05 s"],
    [4620, "1 h 17 m"],
    [-250, "4 m 10 s over"],
    [0, "0 s over"],
  ]) assert.equal(countWords(seconds * 1000), words);
});

test("it is a warning five minutes before, and a fault once it is due", () => {
  assert.deepEqual([301, 299, 1, 0, -60].map((seconds) => countClass(seconds * 1000)), ["", "is-soon", "is-soon", "is-over", "is-over"]);
});
