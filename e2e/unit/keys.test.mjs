import assert from "node:assert";
import test, { beforeEach } from "node:test";
import { $, assets, page, press, serve, until } from "./page.mjs";

const row = (n) => `<tr class=row id=row-INC-${n} data-number=INC-${n}><td class=c-sel><input type=checkbox name=number value=INC-${n}></td><td><a class=t href="#inc-${n}">Incident ${n}</a></td></tr>`;
page(`<a id=home data-key-go=q href="#queue">Queue</a><main id=main>
  <form class=qbar id=filter><input name=q type=hidden value="state:open"><input id=filter-in></form>
  <svg class=hz><a id=h1 href="#h1" tabindex=0></a><a id=h2 href="#h2" tabindex=-1></a></svg>
  <div class=q-wrap><button id=newrows hidden><span></span></button>
  <table class=q data-queue><tbody>${[1, 2, 3, 4].map(row).join("")}</tbody></table>
  <div class=bulk role=toolbar><b data-count></b><form id=bulk-form><button type=button data-key=a>Assign</button></form><button type=button data-clear>Clear</button></div></div>
  <form class=composer><input type=radio name=mode id=m-reply value=reply data-key=r><textarea id=txt></textarea><button id=send>Send</button></form>
  <button id=esc data-key="e">Resolve</button><button id=no data-key=w aria-disabled=true title="Only the owner may do this">Watch</button>
  </main><p id=say></p><div id=toasts></div><dialog id=shortcuts></dialog><dialog id=resolve><button id=inner data-key=e>Inner</button></dialog>
  <aside class="panel" id=preview></aside>`);
const { startKeys } = await import(new URL("js/keys.js", assets));
const queue = await import(new URL("js/queue.js", assets));
queue.startQueue();
startKeys();

let clicks = [];
document.addEventListener("click", (event) => {
  const hit = event.target.closest("button, a");
  if (hit) clicks.push(hit.id || hit.textContent);
});
document.addEventListener("submit", (event) => {
  event.preventDefault();
  clicks.push(`submit ${event.submitter?.id ?? ""}`);
});
beforeEach(() => {
  document.querySelectorAll("dialog").forEach((dialog) => dialog.removeAttribute("open"));
  document.activeElement.blur();
  queue.clearSelection();
  delete document.documentElement.dataset.keys;
  clicks = [];
});

test("a key clicks its element, but not while typing or with a modifier", () => {
  press("e");
  $("#txt").focus();
  press("e");
  $("#txt").blur();
  press("e", { ctrlKey: true });
  assert.deepEqual(clicks, ["esc"]);
});

test("keys can be switched off; sending stays", () => {
  document.documentElement.dataset.keys = "off";
  press("e");
  $("#txt").focus();
  press("Enter", { ctrlKey: true });
  assert.deepEqual(clicks.filter((name) => name !== "send"), ["submit send"]);
});

test("G then a letter goes to a place", () => {
  press("g");
  press("q");
  assert.deepEqual(clicks, ["home"]);
});

test("a radio is chosen and its text focused", () => {
  press("r");
  assert.ok($("#m-reply").checked);
  assert.equal(document.activeElement, $("#txt"));
});

test("whoever goes on with words begun earlier is at their end", () => {
  const field = $("#txt");
  field.value = "Hello Gwen,";
  field.setSelectionRange(0, 0);
  press("r", { target: document.body });
  assert.equal(field.selectionStart, 11);
  field.setSelectionRange(5, 5);
  field.blur();
  press("r", { target: document.body });
  assert.equal(field.selectionStart, 5, "where somebody was they stay");
  field.value = "";
  field.blur();
});

test("inside a dialog only its own keys work", () => {
  $("#resolve").showModal();
  press("e");
  press("a");
  assert.deepEqual(clicks, ["inner"]);
});

test("what is not possible says why", async () => {
  press("w");
  assert.deepEqual(clicks, []);
  await until(() => $("#say").textContent === "Only the owner may do this", "reason said");
});

test("J K move, X selects, Shift+J extends, Esc clears", () => {
  press("j");
  assert.equal(document.activeElement.textContent, "Incident 1");
  press("j");
  press("ArrowDown");
  assert.equal(document.activeElement.textContent, "Incident 3");
  press("k");
  assert.equal(document.activeElement.textContent, "Incident 2");
  press("x");
  press("J", { shiftKey: true });
  assert.deepEqual(queue.selected(), ["INC-2", "INC-3"]);
  assert.equal($("[data-count]").textContent, "2 selected");
  press("Escape");
  assert.deepEqual(queue.selected(), []);
});

test("the horizon is one stop, arrows lead on, other keys mean what they mean", () => {
  $("#h1").focus();
  assert.ok(press("ArrowRight").defaultPrevented);
  assert.equal(document.activeElement, $("#h2"));
  assert.deepEqual(["#h1", "#h2"].map((mark) => $(mark).getAttribute("tabindex")), ["-1", "0"]);
  press("ArrowRight");
  assert.equal(document.activeElement, $("#h2"));
  press("j");
  assert.ok(document.activeElement.matches(".t"));
});

test("a bulk key with nothing selected takes the focused row", () => {
  document.querySelectorAll(".t")[3].focus();
  press("a");
  assert.deepEqual(queue.selected(), ["INC-4"]);
  assert.deepEqual(clicks, ["Assign"]);
});

test("Space previews the row", async () => {
  const calls = serve(() => ({ body: "<p>Preview</p>" }));
  document.querySelectorAll(".t")[1].focus();
  assert.ok(press(" ").defaultPrevented);
  await until(() => $("#preview").textContent === "Preview", "preview shown");
  assert.equal(calls[0].url, "/incidents/INC-2/preview");
  assert.ok($("#row-INC-2").classList.contains("is-open"));
});

test("f and / focus the filter, Esc leaves it, ? opens the list of keys", () => {
  press("f");
  assert.equal(document.activeElement.id, "filter-in");
  press("Escape");
  assert.notEqual(document.activeElement.id, "filter-in");
  press("/");
  assert.equal(document.activeElement.id, "filter-in");
  document.activeElement.blur();
  press("?");
  assert.ok($("#shortcuts").open);
});

test("z presses the newest undo", () => {
  $("#toasts").innerHTML = `<div class=toast><button data-undo id=u1>Undo</button></div><div class=toast><button data-undo id=u2>Undo</button></div>`;
  press("z");
  assert.deepEqual(clicks, ["u2"]);
});
