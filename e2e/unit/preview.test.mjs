import assert from "node:assert";
import test, { beforeEach } from "node:test";
import { $, assets, page, serve, until } from "./page.mjs";

page(`<main id=main></main><p id=say></p>`);
const { startPreview } = await import(new URL("js/preview.js", assets));

beforeEach(() => {
  $("#main").innerHTML = `<form id=f method=post action=/save data-preview=/look><input id=n name=name value=Gold>
    <fieldset data-still><input id=open type=radio name=open value=keep></fieldset></form>
    <select name=day form=f><option value=4>Friday</select><p id=due>–</p>
    <button id=back form=f data-look formaction=/history>Look back</button>`;
  startPreview();
});

const happens = (kind, target) => target.dispatchEvent(new Event(kind, { bubbles: true }));

test("a change is asked about at once, with the fields beside the form", async () => {
  const calls = serve(() => ({ body: `<p id=due data-patch>Mon 10:30</p>` }));
  $("#n").value = "Silver";
  happens("change", $("#n"));
  await until(() => $("#due").textContent === "Mon 10:30", "the answer is shown");
  assert.equal(calls[0].url, "/look");
  assert.equal(String(calls[0].body), "name=Silver&day=4");
});

test("what was changed before the script ran is asked about as it starts", async () => {
  const calls = serve(() => ({ body: `<p id=due data-patch>Fri 20:30</p>` }));
  startPreview();
  assert.equal(calls.length, 0, "nothing was");
  $("select").innerHTML = `<option value=4>Friday<option value=0>Monday`;
  $("select").value = "0";
  startPreview();
  await until(() => $("#due").textContent === "Fri 20:30", "the answer is shown");
  assert.equal(String(calls[0].body), "name=Gold&day=0");
});

test("what was sent is shown no more", async () => {
  const calls = serve(() => ({ body: `<p id=due data-patch>Write it to see it here.</p>` }));
  $("#n").value = "";
  $("#f").dispatchEvent(new CustomEvent("sent", { bubbles: true }));
  await until(() => $("#due").textContent.startsWith("Write it"), "the answer is shown");
  assert.equal(String(calls[0].body), "name=&day=4");
});

test("typing is asked about after a moment, once, and says so", async () => {
  const calls = serve(() => ({ body: `<p id=due data-patch>Fri 17:00</p>` }));
  for (const text of ["S", "Si", "Sil"]) {
    $("#n").value = text;
    happens("input", $("#n"));
  }
  await until(() => $("#due").textContent === "Fri 17:00", "the answer is shown");
  assert.deepEqual(calls.map(({ body }) => String(body)), ["name=Sil&day=4&typing=1"]);
});

test("an answer that was overtaken changes nothing", async () => {
  const waiting = [];
  serve(({ body }) => new Promise((resolve) => waiting.push({ body: String(body), resolve })));
  happens("change", $("#n"));
  $("#n").value = "Silver";
  happens("change", $("#n"));
  await until(() => waiting.length === 2, "both are asked");
  waiting[1].resolve({ body: `<p id=due data-patch>newest</p>` });
  await until(() => $("#due").textContent === "newest", "the newest is shown");
  waiting[0].resolve({ body: `<p id=due data-patch>old</p>` });
  await new Promise((resolve) => setImmediate(resolve));
  assert.equal($("#due").textContent, "newest");
});

test("a button that only asks is answered in place", async () => {
  const calls = serve(() => ({ body: `<p id=due data-patch>96.9%</p>` }));
  $("#back").click();
  await until(() => $("#due").textContent === "96.9%", "the answer is shown");
  assert.equal(calls[0].url, "/history");
  assert.equal($("#back").hasAttribute("aria-busy"), false);
});

test("an answer to a question of the form is no change of its terms", async () => {
  const calls = serve(() => ({ body: "" }));
  $("#open").checked = true;
  happens("change", $("#open"));
  happens("change", $("#n"));
  await until(() => calls.length > 0, "the other field is asked about");
  assert.deepEqual(calls.map(({ body }) => String(body)), ["name=Gold&open=keep&day=4"]);
});
