import assert from "node:assert";
import test from "node:test";
import { $, assets, page } from "./page.mjs";

page(`<time data-tick=due datetime="2026-11-23T15:59:00+01:00">x</time><time datetime="2026-11-23T15:59:00+01:00">stays</time>`, { html: `data-now="2026-11-23T13:11:30+01:00" data-zone="Europe/Berlin"` });
const { overWords, serverSays, startTime, words } = await import(new URL("js/time.js", assets));
const now = new Date("2026-11-23T13:12:00+01:00");
const said = (kind, at) => words(kind, new Date(at), now, "Europe/Berlin");

const cases = [
  ["since", "2026-11-23T13:11:40+01:00", "now"],
  ["since", "2026-11-23T12:58:00+01:00", "14 min"],
  ["since", "2026-11-23T11:47:00+01:00", "11:47"],
  ["since", "2026-11-19T12:20:00+01:00", "Thu 12:20"],
  ["since", "2026-11-16T12:20:00+01:00", "16 Nov"],
  ["since", "2026-09-03T12:20:00+02:00", "3 Sep"],
  ["since", "2025-11-17T12:20:00+01:00", "17 Nov 2025"],
  ["age", "2026-11-23T11:40:00+01:00", "1 h"],
  ["age", "2026-11-19T10:00:00+01:00", "4 d"],
  ["age", "2026-10-25T13:00:00+01:00", "29 d"],
  ["age", "2026-10-22T12:20:00+02:00", "22 Oct"],
  ["due", "2026-11-23T13:13:40+01:00", "1 m 40 s"],
  ["due", "2026-11-23T13:12:40+01:00", "40 s"],
  ["due", "2026-11-23T14:05:00+01:00", "53 m"],
  ["due", "2026-11-23T15:59:00+01:00", "2 h 47 m"],
  ["due", "2026-11-23T16:12:00+01:00", "3 h"],
  ["due", "2026-11-23T22:30:00+01:00", "22:30"],
  ["due", "2026-11-26T12:20:00+01:00", "Thu 12:20"],
  ["due", "2026-12-17T12:20:00+01:00", "17 Dec"],
  ["due", "2026-11-23T13:11:40+01:00", "just over"],
  ["due", "2026-11-23T12:50:00+01:00", "22 m over"],
  ["due", "2026-11-23T10:07:00+01:00", "3 h 5 m over"],
  ["due", "2026-11-19T10:07:00+01:00", "4 d over"],
  ["left", "2026-11-23T15:59:00+01:00", "2 h 47 m left"],
  ["left", "2026-11-23T12:50:00+01:00", "22 m over"],
  ["left", "2026-11-26T12:20:00+01:00", "Thu 12:20"],
];
for (const [kind, at, want] of cases) test(`${kind} ${at} is "${want}"`, () => assert.equal(said(kind, at), want));

test("business time goes on while it is open", () => {
  const second = (at) => Date.parse(at) / 1000;
  const open = `${second("2026-11-23T13:00:00+01:00")}-${second("2026-11-23T17:00:00+01:00")}`;
  const over = (at) => overWords({ over: "1320", open }, new Date(at));
  assert.equal(over("2026-11-23T13:00:00+01:00"), "22 m over");
  assert.equal(over("2026-11-23T14:00:00+01:00"), "1 h 22 m over");
  assert.equal(over("2026-11-24T08:00:00+01:00"), "4 h 22 m over");
  assert.equal(overWords({ over: "30", open: "" }, new Date("2026-11-24T08:00:00+01:00")), "just over");
});

test("the page's clocks run from the server's, the rest of the page is left alone", () => {
  startTime();
  assert.equal($("time").textContent, "2 h 47 m");
  assert.equal(document.querySelectorAll("time")[1].textContent, "stays");
});

test("a page that waited before it was shown runs from what its stream says", () => {
  serverSays("2026-11-23T13:11:30+01:00");
  assert.equal($("time").textContent, "2 h 47 m");
  serverSays("2026-11-23T13:15:30+01:00");
  assert.equal($("time").textContent, "2 h 43 m");
  serverSays("nonsense");
  assert.equal($("time").textContent, "2 h 43 m");
});
