import assert from "node:assert";
import test, { beforeEach } from "node:test";
import { $, assets, page, serve, until } from "./page.mjs";

const form = `<main id=main tabindex=-1><form method=post action=/a/token data-answer>
  <button name=say value=acknowledge data-again>Acknowledge</button><button name=say value=escalate>Escalate now</button></form></main>`;
const have = "<!doctype html><title>INC-7</title><main id=main tabindex=-1><p role=status>You have it.</p></main>";

page(`${form}<p id=say></p>`, { url: "http://evenkeel.test/a/token" });
const { startForms } = await import(new URL("js/forms.js", assets));
const { startAnswers, pause } = await import(new URL("js/answer.js", assets));
const { startPolling } = await import(new URL("js/poll.js", assets));
startForms();
startAnswers();

const answer = (value) => $("form").requestSubmit($(`[value=${value}]`));
const turns = async () => {
  for (let count = 0; count < 20; count += 1) await new Promise((resolve) => setImmediate(resolve));
};

beforeEach(() => {
  $("#main").outerHTML = form;
});

test("what was acknowledged is sent again until the server has it, and the page says so", async (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const answers = [() => { throw new TypeError("no network"); }, () => ({ status: 503 }), () => ({ body: have })];
  const calls = serve(() => answers.shift()());
  answer("acknowledge");
  await until(() => $("[data-trouble]"), "told that it has not arrived");
  assert.match($("[data-trouble]").textContent, /has not arrived yet/);
  assert.equal($("[value=acknowledge]").getAttribute("aria-busy"), "true");
  const told = $("[data-trouble]");
  t.mock.timers.tick(pause);
  await turns();
  assert.equal(calls.length, 2);
  assert.equal($("[data-trouble]"), told, "told once");
  t.mock.timers.tick(pause);
  await until(() => $("[role=status]")?.textContent === "You have it.", "it arrived");
  assert.deepEqual(calls.map(({ url, method, body }) => [url, method, String(body)]), Array(3).fill(["http://evenkeel.test/a/token", "POST", "say=acknowledge"]));
  assert.equal(document.activeElement, $("#main"));
  assert.equal($("#say").textContent, "Your answer arrived");
  t.mock.timers.tick(3 * pause);
  await turns();
  assert.equal(calls.length, 3, "what arrived is not sent again");
});

test("an answer that comes too late is not said to have arrived", async (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const calls = serve(() => ({ status: 410, body: "<main id=main tabindex=-1><p>This link is too old to answer with.</p></main>" }));
  answer("acknowledge");
  await until(() => /too old/.test($("#main").textContent), "told");
  assert.equal($("#say").textContent, "Your answer was not taken");
  t.mock.timers.tick(3 * pause);
  await turns();
  assert.equal(calls.length, 1);
});

test("as soon as there is a network it is sent, without waiting", async (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const answers = [() => { throw new TypeError("no network"); }, () => ({ body: have })];
  const calls = serve(() => answers.shift()());
  answer("acknowledge");
  await until(() => $("[data-trouble]"), "told");
  window.dispatchEvent(new Event("online"));
  await until(() => $("[role=status]"), "arrived");
  assert.equal(calls.length, 2);
});

test("going on to the next person is never said twice by itself", async (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const calls = serve(() => { throw new TypeError("no network"); });
  answer("escalate");
  await until(() => $("[data-trouble]"), "told");
  assert.match($("[data-trouble]").textContent, /not known whether this arrived/);
  assert.equal($("[value=escalate]").getAttribute("aria-busy"), null);
  t.mock.timers.tick(3 * pause);
  await turns();
  assert.equal(calls.length, 1);
});

test("how it stands is looked at again until somebody answers", async (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  $("#main").innerHTML = `<section id=stands data-poll=/a/token data-every=15>In 5 m</section><div id=answers>${$("#main").innerHTML}</div>`;
  const next = `<section id=stands data-patch data-poll=/a/token data-every=15>In 4 m</section>`;
  const calls = serve(({ method }) => {
    if (method === "POST") throw new TypeError("no network");
    return { body: next };
  });
  startPolling();
  t.mock.timers.tick(15_000);
  await until(() => $("#stands").textContent === "In 4 m", "looked");
  answer("acknowledge");
  await until(() => $("[data-trouble]"), "told");
  t.mock.timers.tick(15_000);
  await turns();
  assert.ok($("[data-trouble]"), "what is told of the answer stays");
  assert.equal(calls.filter(({ method }) => method === "GET").length, 1);
  serve(() => ({ body: have }));
  t.mock.timers.tick(pause);
  await until(() => $("[role=status]"), "arrived");
});

test("what was asked for before somebody pressed is not drawn over what they are told", async (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  $("#main").innerHTML = `<section id=stands data-poll=/a/token data-every=15>In 5 m</section><div id=answers>${$("#main").innerHTML}</div>`;
  let land;
  const late = new Promise((resolve) => {
    land = resolve;
  });
  const calls = serve(({ method }) => {
    if (method === "POST") throw new TypeError("no network");
    return late;
  });
  startPolling();
  t.mock.timers.tick(15_000);
  assert.equal(calls.length, 1, "asked");
  answer("acknowledge");
  await until(() => $("[data-trouble]"), "told");
  land({ body: `<section id=stands data-patch data-poll=/a/token data-every=15>In 4 m</section><div id=answers data-patch></div>` });
  await turns();
  assert.ok($("[data-trouble]"), "what is told of the answer stays");
  assert.equal($("#stands").textContent, "In 5 m");
  serve(() => ({ body: have }));
  t.mock.timers.tick(pause);
  await until(() => $("[role=status]"), "arrived");
});

test("of what passes the answer is sent again", async (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const answers = [{ status: 408 }, { status: 429 }, { body: have }];
  const calls = serve(() => answers.shift());
  answer("acknowledge");
  for (const count of [1, 2]) {
    await until(() => $("[data-trouble]") && calls.length === count, `told after ${count}`);
    await turns();
    t.mock.timers.tick(pause);
  }
  await until(() => $("[role=status]"), "arrived");
  assert.equal(calls.length, 3);
});

test("what was pressed last is what is sent", async (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const answers = [() => { throw new TypeError("no network"); }, () => ({ body: have })];
  const calls = serve(() => answers.shift()());
  answer("acknowledge");
  await until(() => $("[data-trouble]"), "told");
  answer("escalate");
  await until(() => $("[role=status]"), "arrived");
  t.mock.timers.tick(3 * pause);
  await turns();
  assert.deepEqual(calls.map(({ body }) => String(body)), ["say=acknowledge", "say=escalate"]);
});

test("a refusal is shown, and is not sent again", async (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const calls = serve(() => ({ status: 422, body: "<main id=main tabindex=-1><p role=alert>Somebody else has it.</p></main>" }));
  answer("acknowledge");
  await until(() => $("[role=alert]"), "told");
  t.mock.timers.tick(3 * pause);
  await turns();
  assert.equal(calls.length, 1);
});
