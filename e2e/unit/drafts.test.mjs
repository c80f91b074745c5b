import assert from "node:assert";
import test from "node:test";
import { $, $$, assets, page, serve, until } from "./page.mjs";

const composer = (more = "") => `<form class=composer data-number=INC-7 ${more}><label><input type=radio name=mode value=reply id=m-reply checked></label>
  <label><input type=radio name=mode value=note id=m-note></label><label><input type=radio name=mode value=update id=m-upd></label>
  <textarea name=body></textarea><span data-draft-state></span></form>`;
page(`<main id=main>${composer()}</main>`);
const { Composer, switchMode } = await import(new URL("js/drafts.js", assets));
const drafts = { reply: "", note: "", update: "" };

test("reply to note keeps the text and takes it back without asking", () => {
  const there = switchMode({ drafts, from: "reply", to: "note", text: "hello", shared: null });
  assert.equal(there.text, "hello");
  assert.equal(there.ask, false);
  const back = switchMode({ drafts: there.drafts, from: "note", to: "reply", text: "hello", shared: there.shared });
  assert.equal(back.text, "hello");
  assert.equal(back.ask, false);
});

test("note to reply asks and shows nothing internal meanwhile", () => {
  const next = switchMode({ drafts, from: "note", to: "reply", text: "password is 1234", shared: null });
  assert.deepEqual([next.text, next.ask, next.drafts.note], ["", true, "password is 1234"]);
});

test("a changed note asks although it began as a reply", () => {
  assert.equal(switchMode({ drafts, from: "note", to: "reply", text: "hello, and secret", shared: "hello" }).ask, true);
});

test("each audience has its own draft once it has one", () => {
  const next = switchMode({ drafts: { ...drafts, note: "own note" }, from: "reply", to: "note", text: "hello", shared: null });
  assert.deepEqual([next.text, next.drafts.reply], ["own note", "hello"]);
});

const put = (calls) => calls.filter((call) => call.method === "PUT").map((call) => `${call.url.split("/").at(-1)} ${call.body}`);
const type = (text) => {
  $("textarea").value = text;
  $("textarea").dispatchEvent(new Event("input", { bubbles: true }));
};

test("drafts go to the server, to the device without one, and away when sent", async () => {
  let up = true;
  const calls = serve(() => {
    if (!up) throw new TypeError("no network");
    return {};
  });
  const made = new Composer($("form.composer"));
  type("first words");
  await made.store();
  assert.deepEqual(put(calls), ["reply body=first+words"]);
  assert.equal($("[data-draft-state]").textContent, "Draft saved");

  up = false;
  type("first words, more");
  await made.store();
  assert.equal(localStorage.getItem("evenkeel.draft.INC-7.reply"), "first words, more");
  assert.equal($("[data-draft-state]").textContent, "Draft kept on this device");

  up = true;
  document.dispatchEvent(new CustomEvent("online-again"));
  await until(() => localStorage.getItem("evenkeel.draft.INC-7.reply") === null, "shelf emptied");
  assert.equal(put(calls).at(-1), "reply body=first+words%2C+more");

  $("form.composer").dispatchEvent(new CustomEvent("sent", { bubbles: true }));
  await made.queue;
  assert.equal($("textarea").value, "");
  assert.equal(put(calls).at(-1), "reply body=");
});

test("what the same person wrote in another tab is offered, not overwritten", async () => {
  $("#main").innerHTML = composer(`data-draft-reply="begun" data-known-reply="7"`);
  const other = { status: 409, json: { body: "written elsewhere", known: "9" } };
  const calls = serve(({ headers }) => (headers["X-Draft-Known"] === "9" ? { headers: { "X-Draft": "10" } } : other));
  const made = new Composer($("form.composer"));
  const known = () => calls.filter((call) => call.method === "PUT").map((call) => `${call.headers["X-Draft-Known"]} ${call.body}`);
  type("begun here");
  await made.store();
  assert.match($("[data-clash]").textContent, /written elsewhere/);
  assert.equal($("[data-draft-state]").textContent, "Draft not saved");
  type("begun here too");
  await made.store();
  assert.deepEqual(known(), ["7 body=begun+here"], "nothing is stored until one is chosen");

  $("[data-clash] button").click();
  await made.store();
  assert.equal(known().at(-1), "9 body=begun+here+too");
  assert.equal(made.known.reply, "10");
  assert.equal($("[data-clash]"), null);

  serve(() => other);
  type("once more");
  await made.store();
  $$("[data-clash] button").at(-1).click();
  assert.equal($("textarea").value, "written elsewhere");
  await made.store();
  assert.equal($("[data-clash]"), null, "what is stored already needs no storing");
});

test("a reply that waits is a draft at once; words too long for a page that ends stay on the device", async () => {
  const calls = serve(() => ({}));
  $("#main").innerHTML = composer();
  const made = new Composer($("form.composer"));
  type("on its way");
  $("form.composer").dispatchEvent(new Event("submit", { bubbles: true, cancelable: true }));
  await made.queue;
  assert.deepEqual(put(calls), ["reply body=on+its+way"]);
  made.sending.stop();

  type("short");
  window.dispatchEvent(new Event("pagehide"));
  await made.queue;
  assert.deepEqual([put(calls).at(-1), calls.at(-1).keepalive], ["reply body=short", true]);
  const long = "é".repeat(20_000);
  type(long);
  window.dispatchEvent(new Event("pagehide"));
  assert.equal(localStorage.getItem("evenkeel.draft.INC-7.reply"), long);
  await made.queue;
  assert.equal(calls.at(-1).keepalive, false);
  localStorage.clear();
});

test("leaving the page settles no clash, and the words stay on the device until an answer is heard", async () => {
  $("#main").innerHTML = composer(`data-draft-reply="begun" data-known-reply="7"`);
  const other = { status: 409, json: { body: "written elsewhere", known: "9" } };
  const calls = serve(() => other);
  const made = new Composer($("form.composer"));
  type("begun here");
  window.dispatchEvent(new Event("pagehide"));
  assert.equal(localStorage.getItem("evenkeel.draft.INC-7.reply"), "begun here");
  await made.queue;
  const [sent] = calls.filter((call) => call.body.get("body") === "begun here");
  assert.deepEqual([sent.headers["X-Draft-Known"], sent.keepalive], ["7", true]);
  assert.match($("[data-clash]").textContent, /written elsewhere/);
  const count = calls.length;
  window.dispatchEvent(new Event("pagehide"));
  await made.queue;
  assert.equal(calls.length, count, "nothing is stored until one is chosen");

  // The page that opens next knows the other words, and that these were not written after them.
  $("#main").innerHTML = composer(`data-draft-reply="written elsewhere" data-known-reply="9"`);
  const next = new Composer($("form.composer"));
  assert.equal($("textarea").value, "begun here");
  await next.queue;
  assert.equal(calls.at(-1).headers["X-Draft-Known"], "7");
  $$("[data-clash] button").at(-1).click();
  await next.queue;
  assert.equal($("textarea").value, "written elsewhere");
  assert.equal(localStorage.length, 0);
});

const held = async () => {
  $("#main").innerHTML = composer(`action="/incidents/INC-7/comments" method=post`);
  const made = new Composer($("form.composer"));
  type("on its way");
  $("form.composer").dispatchEvent(new Event("submit", { bubbles: true, cancelable: true }));
  await made.queue;
  return made;
};

test("who goes on to a note while a reply waits sends it, and begins the note empty", async () => {
  let answer;
  const calls = serve(({ method }) => method === "POST" && new Promise((resolve) => (answer = resolve)));
  const made = await held();
  $("#m-note").click();
  assert.equal($("textarea").value, "");
  await until(() => answer, "sent");
  const post = calls.find(({ method }) => method === "POST");
  assert.equal(String(post.body), "mode=reply&body=on+its+way");
  type("called her");
  answer({});
  await until(() => !$("form.composer").hasAttribute("aria-busy"), "answered");
  await made.store();
  assert.equal($("textarea").value, "called her");
  assert.ok($("#m-note").checked);
  assert.deepEqual(put(calls).slice(-2), ["reply body=", "note body=called+her"]);
  $("#m-reply").click();
  assert.equal($("textarea").value, "");
  await made.queue;
});

test("back at the reply before it arrived, only the words sent go", async () => {
  for (const [more, left] of [["", ""], [", and one more thing", "on its way, and one more thing"]]) {
    let answer;
    serve(({ method }) => method === "POST" && new Promise((resolve) => (answer = resolve)));
    const made = await held();
    $("#m-note").click();
    $("#m-reply").click();
    if (more) type(`on its way${more}`);
    await until(() => answer, "sent");
    answer({});
    await until(() => !$("form.composer").hasAttribute("aria-busy"), "answered");
    assert.equal($("textarea").value, left);
    made.later.cancel();
    await made.queue;
  }
});

test("a reply that did not arrive then is told, and found again", async () => {
  serve(({ method }) => {
    if (method === "POST") throw new TypeError("no network");
  });
  const made = await held();
  $("#m-note").click();
  await until(() => $(".banner button"), "told");
  assert.match($(".banner").textContent, /Your reply was not sent/);
  type("called her");
  $(".banner button").click();
  assert.ok($("#m-reply").checked);
  assert.equal($("textarea").value, "on its way");
  assert.equal($(".banner:not([data-ask])"), null);
  await made.queue;
});

test("the question is answered in the composer", async () => {
  serve(() => ({}));
  $("#main").innerHTML = composer(`data-draft-note="only for us"`);
  const made = new Composer($("form.composer"));
  $("#m-note").click();
  assert.equal($("textarea").value, "only for us");
  $("#m-upd").click();
  assert.equal($("textarea").value, "");
  assert.equal($("[data-ask] button").textContent, "Use it as an update");
  $("[data-ask] button").click();
  assert.equal($("textarea").value, "only for us");
  assert.equal($("[data-ask]"), null);
  await made.queue;
});
