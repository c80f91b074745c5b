import assert from "node:assert";
import test from "node:test";
import { $, assets, page } from "./page.mjs";

page(`<main><ul id=l><li id=a>A</li><li id=b><input id=ib value=1></li><li id=c>C</li></ul><details id=d><summary>s</summary>x</details>
  <form class=field><select id=s><option value=1 selected>P1</option><option value=2>P2</option></select></form>
  <form id=k data-keep><p id=w></p>kept</form><p id=t>old</p></main>`);
const { morph, patch } = await import(new URL("js/morph.js", assets));
const id = (name) => document.getElementById(name);

test("reorders by id and keeps node identity", () => {
  const b = id("b");
  const c = id("c");
  patch(`<ul id=l data-patch><li id=c>C2</li><li id=n>N</li><li id=b><input id=ib value=9></li></ul>`);
  assert.equal(id("b"), b);
  assert.equal(id("c"), c);
  assert.deepEqual([...id("l").children].map((li) => li.id), ["c", "n", "b"]);
  assert.equal(id("c").textContent, "C2");
  assert.equal(id("ib").value, "9");
});

test("a field being edited is left alone and both values are offered", () => {
  const input = id("ib");
  input.value = "mine";
  input.dataset.touched = "1";
  let offered = null;
  input.addEventListener("collision", (event) => (offered = event.detail), { once: true });
  patch(`<ul id=l data-patch><li id=b><input id=ib value=7></li></ul>`);
  assert.equal(id("ib"), input);
  assert.equal(input.value, "mine");
  assert.deepEqual(offered, { mine: "mine", theirs: "7" });
});

test("a focused select keeps its choice", () => {
  id("s").value = "2";
  id("s").focus();
  patch(`<select id=s data-patch><option value=1 selected>P1</option><option value=2>P2</option></select>`);
  assert.equal(id("s").value, "2");
});

test("a focused select that had nothing to choose from takes what there is now", () => {
  id("s").replaceChildren();
  id("s").focus();
  let offered = null;
  id("s").addEventListener("collision", (event) => (offered = event.detail), { once: true });
  patch(`<select id=s data-patch><option value=1>P1</option><option value=2 selected>P2</option></select>`);
  assert.equal(id("s").value, "2");
  assert.equal(offered, null);
});

test("open details stay open", () => {
  id("d").open = true;
  patch(`<details id=d data-patch><summary>s2</summary>y</details>`);
  assert.equal(id("d").open, true);
  assert.match(id("d").textContent, /s2y/);
});

test("append once, morph when it is there already, remove", () => {
  patch(`<li id=z data-patch=append data-to="#l">Z</li>`);
  patch(`<li id=z data-patch=append data-to="#l">Z2</li>`);
  assert.equal(document.querySelectorAll("#z").length, 1);
  assert.equal(id("z").textContent, "Z2");
  patch(`<li id=z data-patch=remove></li>`);
  assert.equal(id("z"), null);
});

test("data-keep protects the whole, not a part patched by its own id", () => {
  patch(`<form id=k data-patch>other</form>`);
  assert.match(id("k").textContent, /kept/);
  patch(`<p id=w data-patch>Yuki is writing</p>`);
  assert.equal(id("w").textContent, "Yuki is writing");
});

test("only what changed for the reader is tinted and reported", () => {
  let seen = null;
  document.addEventListener("patched", (event) => (seen = event.detail.changed.map((node) => node.id)), { once: true });
  patch(`<p id=t data-patch=text>new</p><details id=d data-patch><summary>s2</summary>y</details>`, { fresh: true });
  assert.deepEqual(seen, ["t"]);
  assert.ok(id("t").classList.contains("is-fresh"));
  assert.ok(!id("d").classList.contains("is-fresh"));
});

test("wrapped table rows find their namesake, unknown ids are ignored", () => {
  document.body.insertAdjacentHTML("beforeend", "<table><tbody><tr id=r1><td>1</td></tr></tbody></table>");
  patch(`<table><tbody><tr id=r1 data-patch><td>2</td></tr><tr id=r9 data-patch><td>9</td></tr></tbody></table>`);
  assert.equal(id("r1").textContent, "2");
  assert.equal(id("r9"), null);
});

test("the focus stays in a row whose cells are replaced", () => {
  document.body.insertAdjacentHTML("beforeend", `<table><tbody><tr id=r2><td>x</td><td><a class=t href="#">Old</a></td></tr></tbody></table>`);
  document.querySelector("#r2 a").focus();
  patch(`<table><tbody><tr id=r2 data-patch><td><a class=t href="#">New</a></td></tr></tbody></table>`);
  assert.equal(document.activeElement.textContent, "New");
});

test("random keyed lists end equal (500 runs)", () => {
  let seed = 7;
  const draw = (n) => (seed = (seed * 1103515245 + 12345) & 0x7fffffff) % n;
  const list = () => {
    const ids = [...Array(12).keys()].filter(() => draw(2)).sort(() => draw(3) - 1);
    return `<ul id=l data-patch>${ids.map((i) => `<li id=k${i} class="x${draw(3)}">${draw(9)}<b>${draw(2) ? "<i>q</i>" : "r"}</b></li>`).join("")}</ul>`;
  };
  for (let run = 0; run < 500; run++) {
    const html = list();
    patch(html);
    const want = new DOMParser().parseFromString(html.replace(" data-patch", ""), "text/html").getElementById("l");
    assert.equal(id("l").outerHTML, want.outerHTML);
  }
});

test("a message above a form's fields leaves what was typed in them", () => {
  document.body.insertAdjacentHTML("beforeend", "<form id=g><div class=field><label>T</label><input name=title></div><div class=field><input name=place></div></form>");
  const [title, place] = document.querySelectorAll("#g input");
  title.value = "Printer";
  title.dataset.touched = "1";
  patch(`<form id=g data-patch><div class=banner>1 thing to fix</div><div class=field><label>T</label><input name=title></div><div class=field><input name=place aria-invalid=true></div></form>`);
  assert.deepEqual([...document.querySelectorAll("#g input")], [title, place]);
  assert.equal(title.value, "Printer");
  assert.equal(document.querySelector("#g").firstElementChild.className, "banner");
});

test("another element name replaces", () => {
  const box = document.createElement("div");
  box.innerHTML = "<p>a</p>";
  const next = document.createElement("div");
  next.innerHTML = "<h2>a</h2>";
  morph(box, next);
  assert.equal(box.innerHTML, "<h2>a</h2>");
});
