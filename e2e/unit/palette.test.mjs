import assert from "node:assert";
import test from "node:test";
import { $, assets, page, press, serve, until } from "./page.mjs";

page(`<a class=cmdk href="/search" data-palette>Search</a><main id=main>
  <button id=resolve data-key=e>Resolve <kbd>E</kbd></button>
  <label><input type=radio name=mode data-key=n id=m-note>Internal note <kbd>N</kbd></label><textarea></textarea>
  <a data-key-go=q href="#queue"><svg><use href="/assets/icons.svg#i-queue"></use></svg><span>Queue<span aria-hidden=true>3</span></span></a>
  <button data-key=t aria-label="Change team"></button><button hidden data-key=y>Hidden</button></main>`, { html: `data-on="INC-7"` });
const { match } = await import(new URL("js/listbox.js", assets));
const { filterActions, pageActions, startPalette } = await import(new URL("js/palette.js", assets));
startPalette();

test("words match at word starts, accents and case aside", () => {
  assert.deepEqual(match("scan", "Handheld scanners"), [["Handheld ", false], ["scan", true], ["ners", false]]);
  assert.deepEqual(match("no in", "Internal note"), [["In", true], ["ternal ", false], ["no", true], ["te", false]]);
  assert.deepEqual(match("gdansk", "Labels, Gdańsk"), [["Labels, ", false], ["Gdańsk", true]]);
  assert.equal(match("canner", "Handheld scanners"), null);
});

test("the page's actions come from its markup", () => {
  const actions = pageActions();
  assert.deepEqual(actions.map(({ label, kbd }) => [label, kbd]), [["Resolve", "E"], ["Internal note", "N"], ["Change team", "T"], ["Queue", "G Q"]]);
  assert.equal(actions[3].icon, "queue");
  assert.deepEqual(filterActions(actions, "no").map(({ label }) => label), ["Internal note"]);
  assert.deepEqual(filterActions(actions, "@no"), []);
  assert.equal(filterActions(actions, ">").length, 4);
});

test("Ctrl K opens it; typing asks the server; arrows and Enter run", async () => {
  const calls = serve(({ url }) => ({ json: { groups: new URL(url).searchParams.get("q") === "res" ? [{ title: "Incidents", items: [{ icon: "s-new", label: "INC-9 Reset fails", hint: "P4", href: "#inc-9" }] }] : [] } }));
  press("k", { ctrlKey: true, target: document.body });
  assert.ok($("#pal").open);
  const input = $("#pal input");
  input.value = "res";
  input.dispatchEvent(new Event("input", { bubbles: true }));
  await until(() => document.querySelectorAll("#pal [role=option]").length === 2, "own action and incident");
  const asked = new URL(calls.at(-1).url).searchParams;
  assert.equal(asked.get("on"), "INC-7");
  assert.equal(asked.get("q"), "res");
  const [own, theirs] = document.querySelectorAll("#pal [role=option]");
  assert.equal(own.getAttribute("aria-selected"), "true");
  assert.equal(input.getAttribute("aria-activedescendant"), own.id);
  assert.equal(theirs.querySelector("mark").textContent, "Res");
  assert.equal($("#pal [role=status]").textContent, "2 results");
  press("ArrowDown", { target: input });
  assert.equal(input.getAttribute("aria-activedescendant"), theirs.id);
  press("Enter", { target: input });
  assert.equal(location.hash, "#inc-9");
  assert.equal($("#pal").open, false);
});

test("an action of the page is pressed, a step narrows to its choices and Backspace leaves it", async () => {
  let resolved = 0;
  $("#resolve").addEventListener("click", () => resolved++);
  const calls = serve(({ url }) => {
    const step = new URL(url).searchParams.get("step");
    const items = step === "assign" ? [{ label: "Ines Carvalhal", form: "/incidents/INC-7/assign", fields: { person: "u1" } }] : [{ label: "Assign…", step: "assign" }];
    return { json: { groups: [{ title: "This incident", items }] } };
  });
  $("[data-palette]").click();
  const input = $("#pal input");
  const labels = () => [...document.querySelectorAll("#pal [role=option]")].map((option) => option.dataset.label);
  await until(() => labels().includes("Assign…"), "first step");
  document.querySelector("#pal [data-label='Assign…']").click();
  await until(() => labels().join() === "Ines Carvalhal", "second step");
  press("Backspace", { target: input });
  await until(() => labels().includes("Assign…"), "back");
  document.querySelector("#pal [data-label='Assign…']").click();
  await until(() => labels().join() === "Ines Carvalhal", "second step again");
  press("Enter", { target: input });
  await until(() => calls.some((call) => call.method === "POST"), "assignment posted");
  assert.equal(String(calls.find((call) => call.method === "POST").body), "person=u1");
  $("[data-palette]").click();
  document.querySelector("#pal [data-label='Resolve']").click();
  assert.equal(resolved, 1);
});

test("what the server found is marked as it says, also where the word is spelled otherwise", async () => {
  serve(() => ({ json: { groups: [{ title: "Incidents", items: [{ icon: "s-new", label: "INC-9 Printer is dark", pieces: [["INC-9 ", false], ["Printer", true], [" is dark", false]], href: "#inc-9" }] }] } }));
  $("[data-palette]").click();
  const input = $("#pal input");
  input.value = "pritner";
  input.dispatchEvent(new Event("input", { bubbles: true }));
  await until(() => $("#pal [role=option] mark"), "the hit");
  assert.equal($("#pal [role=option]").textContent.trim(), "INC-9 Printer is dark");
  assert.equal($("#pal [role=option] mark").textContent, "Printer");
  $("#pal").close();
});
