import assert from "node:assert";
import test, { beforeEach } from "node:test";
import { $, assets, page, serve, until } from "./page.mjs";

page(`<main id=main></main><div id=toasts></div><p id=say></p>`);
const { startForms, submit } = await import(new URL("js/forms.js", assets));
startForms();

const form = `<form id=f action="/incidents/INC-7/assign" method=post data-live>
  <div class=field><input name=person value=ines></div><button class=btn name=do value=assign>Assign</button></form><p id=state>new</p>`;
beforeEach(() => {
  $("#main").innerHTML = form;
  $("#toasts").innerHTML = "";
});
const pressed = () => submit($("#f"), $("#f [name=do]"));

test("sends fields and pressed button, applies the answer, shows the toast with undo", async () => {
  const calls = serve(() => ({ body: `<p id=state data-patch>assigned</p>`, headers: { "X-Toast": "INC-7%20assigned%20to%20In%C3%AAs", "X-Undo": "/undo/7" } }));
  assert.equal(await pressed(), true);
  assert.equal(String(calls[0].body), "person=ines&do=assign");
  assert.equal(calls[0].headers["X-Live"], "1");
  assert.equal($("#state").textContent, "assigned");
  assert.equal($("#toasts .toast span").textContent, "INC-7 assigned to Inês");
  assert.equal($("#toasts form").getAttribute("action"), "/undo/7");
});

test("a button with a method of its own leads to a page", () => {
  $("#f").insertAdjacentHTML("beforeend", `<button id=g formmethod=get formaction="/incidents/new">Fill in</button>`);
  const calls = serve(() => ({}));
  let led = false;
  const stop = (event) => {
    led = !event.defaultPrevented;
    event.preventDefault();
  };
  document.addEventListener("submit", stop);
  $("#g").click();
  document.removeEventListener("submit", stop);
  assert.equal(led, true);
  assert.equal(calls.length, 0);
});

test("without a network the text stays, and the second attempt has the same key", async () => {
  let up = false;
  const calls = serve(() => {
    if (!up) throw new TypeError("no network");
    return { body: `<p id=state data-patch>assigned</p>` };
  });
  $("#f input").value = "typed";
  assert.equal(await pressed(), false);
  assert.equal($("#f input").value, "typed");
  assert.match($("#f .banner").textContent, /not sent yet.*kept/s);
  assert.equal($("#f").hasAttribute("aria-busy"), false);
  up = true;
  $("#f .banner button").click();
  await until(() => $("#state").textContent === "assigned", "second attempt applied");
  assert.equal(calls[0].headers["Idempotency-Key"], calls[1].headers["Idempotency-Key"]);
  assert.equal($("#f .banner"), null);
});

test("on a live page it is sent as soon as there is a connection again", async () => {
  document.documentElement.dataset.stream = "/live";
  let up = false;
  serve(() => {
    if (!up) throw new TypeError("no network");
    return { body: `<p id=state data-patch>assigned</p>` };
  });
  await pressed();
  delete document.documentElement.dataset.stream;
  assert.match($("#f .banner").textContent, /sent as soon as there is one/);
  up = true;
  document.dispatchEvent(new CustomEvent("online-again"));
  await until(() => $("#state").textContent === "assigned", "sent by itself");
  assert.equal($("#f .banner"), null);
});

test("another press while one is under way says that it was not sent, the same press says nothing", async () => {
  let answer;
  const calls = serve(() => new Promise((resolve) => (answer = () => resolve({}))));
  const first = pressed();
  assert.equal(await pressed(), false);
  assert.equal($("#f .banner"), null, "a double press is no second wish");
  $("#f input").value = "yuki";
  assert.equal(await pressed(), false);
  assert.match($("#f .banner").textContent, /not sent.*still on its way/s);
  assert.equal(calls.length, 1);
  answer();
  assert.equal(await first, true);
  assert.equal($("#f .banner"), null);
});

const offline = async (send = pressed) => {
  document.documentElement.dataset.stream = "/live";
  const calls = serve(() => {
    throw new TypeError("no network");
  });
  await send();
  delete document.documentElement.dataset.stream;
  return calls;
};
const settled = () => new Promise(setImmediate);
const back = async () => {
  const calls = serve(() => ({}));
  document.dispatchEvent(new CustomEvent("online-again"));
  await settled();
  return calls;
};

test("however often it failed, it is sent once", async () => {
  await offline();
  await offline();
  assert.equal((await back()).length, 1);
});

test("what was changed since is sent by hand alone, and says so", async () => {
  await offline();
  $("#f input").dispatchEvent(new Event("input", { bubbles: true }));
  assert.doesNotMatch($("#f .banner").textContent, /as soon as/);
  assert.deepEqual(await back(), []);
  const calls = serve(() => ({}));
  $("#f .banner button").click();
  await until(() => calls.length === 1, "sent by hand");
});

test("a dialog that was closed sends nothing, neither then nor opened again", async () => {
  $("#main").innerHTML = `<dialog open>${form}</dialog>`;
  await offline();
  $("dialog").close();
  assert.deepEqual(await back(), []);
  $("dialog").showModal();
  assert.doesNotMatch($("#f .banner").textContent, /as soon as/);
  assert.deepEqual(await back(), []);

  await offline();
  $("dialog").removeAttribute("open");
  assert.deepEqual(await back(), [], "closed before it failed");
});

test("trying again passes by whatever holds the form back", async () => {
  await offline();
  let held = 0;
  $("#f").addEventListener("submit", (event) => {
    held++;
    event.preventDefault();
  });
  assert.deepEqual(await back(), []);
  assert.equal(held, 1);
});

test("two sends that both arrived have different keys", async () => {
  const calls = serve(() => ({}));
  await pressed();
  await pressed();
  assert.notEqual(calls[0].headers["Idempotency-Key"], calls[1].headers["Idempotency-Key"]);
});

test("a refusal patches the form, keeps what was typed and focuses the error", async () => {
  serve(() => ({ status: 422, body: `<form id=f data-patch action="/x" method=post data-live><div class=field><input name=person value="" aria-invalid=true></div></form>` }));
  const input = $("#f input");
  input.value = "nobody";
  input.dispatchEvent(new Event("input", { bubbles: true }));
  assert.equal(await pressed(), false);
  assert.equal($("#f input").value, "nobody");
  assert.equal($("#f input").getAttribute("aria-invalid"), "true");
  assert.equal(document.activeElement, $("#f input"));
});

test("an error of the server names itself and its reference", async () => {
  serve(() => ({ status: 503, headers: { "X-Request-Id": "7F3A-21" } }));
  await pressed();
  assert.match($("#f .banner").textContent, /503.*kept here.*7F3A-21/s);
});

test("a refusal with words instead of patches is told beside the form", async () => {
  const calls = serve(() => ({ status: 422, body: "<!doctype html><h1>This did not work</h1>", headers: { "X-Trouble": "A%20theme%20is%20light%20%E2%80%93%20or%20dark." } }));
  assert.equal(await pressed(), false);
  assert.match($("#f .banner").textContent, /A theme is light – or dark\..*kept here/s);
  assert.equal($("#f input").value, "ines");
  $("#f .banner button").click();
  await until(() => calls.length === 2, "second attempt");
  assert.notEqual(calls[0].headers["Idempotency-Key"], calls[1].headers["Idempotency-Key"]);
});

test("signed out keeps the words and offers the way back in", async () => {
  serve(() => ({ status: 401 }));
  await pressed();
  assert.equal($("#f .banner a").getAttribute("href"), "/sign-in");
});

test("while it runs the button says so and a second press does nothing", async () => {
  let finish;
  const calls = serve(() => new Promise((resolve) => (finish = resolve)));
  const first = pressed();
  assert.equal($("#f button").dataset.busy, "Saving…");
  assert.equal($("#f button").getAttribute("aria-busy"), "true");
  assert.equal(await pressed(), false);
  await until(() => finish, "request under way");
  finish({});
  await first;
  assert.equal(calls.length, 1);
});

test("a stored dialog form closes its dialog", async () => {
  serve(() => ({}));
  $("#main").innerHTML = `<dialog open>${form}</dialog>`;
  await pressed();
  assert.equal($("dialog").open, false);
});

test("collision: both values are offered, taking theirs ends the edit", () => {
  const input = $("#f input");
  input.value = "mine";
  input.dispatchEvent(new CustomEvent("collision", { bubbles: true, detail: { mine: "mine", theirs: "theirs" } }));
  const [keep, use] = document.querySelectorAll("[data-collision] button");
  assert.equal(keep.textContent, "Keep mine");
  use.click();
  assert.equal(input.value, "theirs");
  assert.equal($("[data-collision]"), null);
});

test("a plain form is sent once", () => {
  $("#main").innerHTML = `<form method=post action="/portal"><button>Report</button></form>`;
  const events = [1, 2].map(() => new Event("submit", { bubbles: true, cancelable: true }));
  events.forEach((event) => $("#main form").dispatchEvent(event));
  assert.deepEqual(events.map((event) => event.defaultPrevented), [false, true]);
});
