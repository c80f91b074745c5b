// What is shipped: sizes, icons that exist, imports that resolve, nothing from elsewhere.
import assert from "node:assert";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import test from "node:test";
import { gzipSync } from "node:zlib";
import { assets } from "./page.mjs";

const sheets = readdirSync(new URL("css/", assets)).map((name) => `css/${name}`);
const read = (path) => readFileSync(new URL(path, assets), "utf8");
const modules = readdirSync(new URL("js/", assets)).filter((name) => name.endsWith(".js"));
const entries = ["app.js", "app-queue.js", "app-incident.js", "app-major.js", "app-settings.js", "app-account.js", "app-page.js"];
// No page loads it: the browser does, once push was allowed.
const worker = "sw.js";
const scripts = [...entries, worker, ...modules.map((name) => `js/${name}`)];
// As it is served: of scripts no lines that are comments, of styles the tokens and one sheet with all others.
const lean = (text) => text.replace(/^[ \t]*\/\*\*[^]*?\*\/|^[ \t]*\/\/.*$|^[ \t]+/gm, "");
const weight = (paths) => paths.reduce((sum, path) => sum + gzipSync(lean(read(path))).length, 0);
const tokens = "css/tokens.css";
const styles = [read(tokens), sheets.filter((path) => path !== tokens).map(read).join("")];

// What a page loads that starts these.
function reached(...starts) {
  const found = new Set();
  const walk = (path) => {
    if (found.has(path)) return;
    found.add(path);
    for (const [, from] of read(path).matchAll(/from "(\.[^"]+)"/g)) {
      const target = new URL(from, new URL(path, assets));
      assert.ok(existsSync(target), `${path} imports ${from}`);
      walk(target.href.slice(assets.href.length));
    }
  };
  starts.forEach(walk);
  return found;
}

test("compressed weight: CSS at most 30 kB, scripts of a page at most 35 kB", () => {
  assert.ok(styles.reduce((sum, text) => sum + gzipSync(text).length, 0) <= 30_000);
  for (const entry of entries) assert.ok(weight([...reached("app.js", entry)]) <= 35_000, entry);
});

test("the worker is small: browsers fetch it again and again", () => {
  assert.ok(weight([worker]) <= 2_000);
  assert.deepEqual([...reached(worker)], [worker]);
});

test("every icon a script asks for is in the sprite, each once", () => {
  const symbols = [...read("icons.svg").matchAll(/<symbol id="([^"]+)"/g)].map((hit) => hit[1]);
  assert.equal(new Set(symbols).size, symbols.length);
  const calls = [/\bicon\("([\w-]+)"\)/g, /\bicon\([^()]*\? "([\w-]+)" : "([\w-]+)"\)/g, /\? "(photo)" : "(clip)"\)/g];
  const used = scripts.flatMap((path) => calls.flatMap((call) => [...read(path).matchAll(call)].flatMap((hit) => hit.slice(1))));
  assert.ok(used.length > 8);
  for (const name of used) assert.ok(symbols.includes(`i-${name}`), `i-${name}`);
});

test("imports resolve and every module belongs to a page", () => {
  const all = reached(...entries);
  assert.deepEqual(modules.filter((name) => name !== "api-docs.js" && !all.has(`js/${name}`)), []);
});

test("a page loads nothing that only the queue or only an incident needs", () => {
  const common = reached("app.js");
  for (const name of ["queue", "filter", "timeline", "drafts", "mention", "preview"]) assert.ok(!common.has(`js/${name}.js`), name);
});

// Properties set by scripts are no inline style to a browser; attributes are.
test("nothing needs an inline style, an evaluated string or another host", () => {
  for (const path of scripts) assert.doesNotMatch(read(path), /setAttribute\("style"|\beval\(|new Function|https?:\/\/(?!www\.w3\.org)/, path);
  for (const path of sheets) assert.doesNotMatch(read(path), /@import|https?:/, path);
});

test("braces of the style sheets are even", () => {
  for (const path of sheets) {
    const text = read(path).replace(/\/\*[\s\S]*?\*\/|"[^"]*"/g, "");
    assert.equal(text.split("{").length, text.split("}").length, path);
  }
});
