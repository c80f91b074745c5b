import assert from "node:assert";
import test from "node:test";
import { $, assets, page, serve, until } from "./page.mjs";

page(`<main id=main><form id=f-new data-alike="/incidents/new/alike"><input name=title value=""><textarea name=description></textarea><input name=affected></form>
  <section id=alike></section></main><p id=say></p>`);
const { patience, startAlike } = await import(new URL("js/alike.js", assets));

test("what is typed is asked for once it rests, told once, and the focus stays", async (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const calls = serve(() => ({ body: `<section id=alike data-patch=morph data-said="1 similar record found"><p>INC-3</p></section>` }));
  startAlike();
  const title = $("input[name=title]");
  title.focus();
  const type = (field, value) => {
    field.value = value;
    field.dispatchEvent(new Event("input", { bubbles: true }));
  };
  type(title, "scan");
  type(title, "scanners");
  t.mock.timers.tick(patience);
  await until(() => $("#alike").textContent === "INC-3", "the card");
  assert.equal(calls.length, 1);
  assert.equal(new URLSearchParams(String(calls[0].body)).get("title"), "scanners");
  assert.equal(document.activeElement, title);
  assert.equal($("#say").textContent, "1 similar record found");
  // How many are affected says nothing of what is alike.
  type($("input[name=affected]"), "4");
  t.mock.timers.tick(patience);
  assert.equal(calls.length, 1);
});

test("a question that is overtaken is not answered", async (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const answers = [];
  serve(() => new Promise((resolve) => answers.push(resolve)));
  const title = $("input[name=title]");
  for (const words of ["first", "second"]) {
    title.value = words;
    title.dispatchEvent(new Event("input", { bubbles: true }));
    t.mock.timers.tick(patience);
    await until(() => answers.length > 0 && (words === "first" || answers.length === 2), words);
  }
  const body = (words) => ({ body: `<section id=alike data-patch=morph><p>${words}</p></section>` });
  answers[1](body("second"));
  await until(() => $("#alike").textContent === "second", "the newest");
  answers[0](body("first"));
  for (let turns = 0; turns < 9; turns += 1) await new Promise((resolve) => setImmediate(resolve));
  assert.equal($("#alike").textContent, "second");
});
