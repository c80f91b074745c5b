// The page /api/docs: reads /openapi.json, shows it by group, and sends requests with the session or a token.
// Needs `<div class="api" id="api" data-spec="/openapi.json">`; the token field is made here.
import { $, el } from "./dom.js";

const verbs = ["get", "post", "put", "patch", "delete"];
const depth = 6;

const root = $("#api");
if (root) start();

async function start() {
  let spec;
  try {
    spec = await (await fetch(root.dataset.spec ?? "/openapi.json")).json();
  } catch {
    root.replaceChildren(el("p", { class: "muted" }, "The description did not load. Reload the page."));
    return;
  }
  const token = el("input", { class: "inp", id: "api-token", type: "password", autocomplete: "off", "aria-describedby": "api-token-h" });
  const hint = el("p", { class: "hint", id: "api-token-h" }, "Empty: requests use your session and your rights. The token stays in this tab until it is closed or reloaded.");
  const field = el("div", { class: "field" }, el("label", { for: "api-token" }, "API token"), token, hint);
  root.replaceChildren(field, ...groups(spec).map(([name, list]) => group(name, list, spec, token)));
}

/** Operations by their first tag, in the order of the tags: `[tag, [{ path, verb, op }]]`. */
export function groups(spec) {
  const found = new Map((spec.tags ?? []).map((tag) => [tag.name, []]));
  for (const [path, item] of Object.entries(spec.paths ?? {})) {
    for (const verb of verbs.filter((each) => item[each])) {
      const op = { ...item[verb], parameters: [...(item.parameters ?? []), ...(item[verb].parameters ?? [])] };
      const tag = op.tags?.[0] ?? "other";
      if (!found.has(tag)) found.set(tag, []);
      found.get(tag).push({ path, verb, op });
    }
  }
  return [...found].filter(([, list]) => list.length);
}

/** Follows `$ref`s inside the document. */
export function resolve(spec, schema) {
  let now = schema;
  for (let hops = 0; now?.$ref && hops < 10; hops++) now = now.$ref.slice(2).split("/").reduce((node, key) => node?.[key.replaceAll("~1", "/").replaceAll("~0", "~")], spec);
  return now ?? {};
}

/** An example value of a schema: the given one, else one made of its parts. */
export function example(spec, schema, level = 0) {
  const now = resolve(spec, schema);
  if (now.example !== undefined) return now.example;
  if (now.examples?.length) return now.examples[0];
  if (now.default !== undefined) return now.default;
  if (now.const !== undefined) return now.const;
  if (now.enum) return now.enum[0];
  if (level > depth) return null;
  if (now.allOf) return Object.assign({}, ...now.allOf.map((part) => example(spec, part, level + 1)));
  const choice = (now.oneOf ?? now.anyOf)?.find((part) => resolve(spec, part).type !== "null");
  if (choice) return example(spec, choice, level + 1);
  const type = [now.type].flat().find((each) => each !== "null");
  if (type === "array") return [example(spec, now.items ?? {}, level + 1)];
  if (now.properties || type === "object") {
    return Object.fromEntries(Object.entries(now.properties ?? {}).map(([name, part]) => [name, example(spec, part, level + 1)]));
  }
  if (type === "integer" || type === "number") return now.minimum ?? 0;
  if (type === "boolean") return false;
  if (type === "string") return { "date-time": "2026-11-23T12:12:00Z", date: "2026-11-23", uuid: "00000000-0000-0000-0000-000000000000", email: "name@example.com" }[now.format] ?? "";
  return null;
}

/** One line for a type: `string, RFC 3339`, `array of Incident`, `P1 | P2`. */
export function typeWords(spec, schema = {}) {
  if (schema.$ref) return schema.$ref.split("/").at(-1);
  if (schema.enum) return schema.enum.map(String).join(" | ");
  const parts = schema.oneOf ?? schema.anyOf ?? schema.allOf;
  if (parts) return parts.map((part) => typeWords(spec, part)).join(schema.allOf ? " and " : " or ");
  const type = [schema.type].flat().filter(Boolean).join(" or ") || "any";
  if (type.startsWith("array")) return `array of ${typeWords(spec, schema.items)}`;
  return schema.format ? `${type}, ${schema.format}` : type;
}

function group(name, list, spec, token) {
  const id = `tag-${name.replace(/\W+/g, "-")}`;
  const about = spec.tags?.find((tag) => tag.name === name)?.description;
  const section = el("section", { "aria-labelledby": id, class: "stack" }, el("h2", { id }, name));
  if (about) section.append(el("p", { class: "muted" }, about));
  section.append(...list.map((entry) => operation(entry, spec, token)));
  return section;
}

function operation({ path, verb, op }, spec, token) {
  const head = el("summary", {}, el("span", { class: "verb" }, verb.toUpperCase()), el("code", {}, path), el("span", { class: "muted" }, op.summary ?? ""));
  const details = el("details", {}, head);
  // Filled when opened: a long description stays quick to load.
  details.addEventListener("toggle", () => details.open && !details.children[1] && details.append(body({ path, verb, op }, spec, token)));
  return details;
}

function body({ path, verb, op }, spec, token) {
  const box = el("div", {});
  if (op.description) box.append(el("p", {}, op.description));
  const parameters = op.parameters.map((parameter) => resolve(spec, parameter));
  if (parameters.length) box.append(table("Parameters", ["Name", "In", "Type", "Meaning"], parameters.map((each) => [each.name + (each.required ? " (required)" : ""), each.in, typeWords(spec, each.schema), each.description ?? ""])));
  const content = Object.entries(resolve(spec, op.requestBody).content ?? {})[0];
  if (content) box.append(...schemaView(`Body, ${content[0]}`, content[1], spec));
  for (const [status, given] of Object.entries(op.responses ?? {})) {
    const answer = resolve(spec, given);
    const media = Object.values(answer.content ?? {})[0];
    if (media?.schema && status.startsWith("2")) box.append(...schemaView(`Answer ${status}: ${answer.description ?? ""}`, media, spec));
    else box.append(el("p", { class: "meta" }, el("b", {}, status), ` ${answer.description ?? ""}`));
  }
  box.append(tryForm({ path, verb, parameters, content }, spec, token));
  return box;
}

/** The example that a body brings, else one made of its schema. */
export function sample(spec, media) {
  return media.example ?? example(spec, media.schema);
}

function schemaView(title, media, spec) {
  const now = resolve(spec, media.schema);
  const required = new Set(now.required ?? []);
  const rows = Object.entries(now.properties ?? {}).map(([name, part]) => [name + (required.has(name) ? " (required)" : ""), typeWords(spec, part), resolve(spec, part).description ?? part.description ?? ""]);
  const view = [el("h3", {}, title)];
  if (rows.length) view.push(table(title, ["Field", "Type", "Meaning"], rows));
  view.push(el("pre", { tabindex: "0", role: "region", "aria-label": `Example of ${title}` }, JSON.stringify(sample(spec, media), null, 2)));
  return view;
}

function table(caption, heads, rows) {
  const cells = ([first, ...rest]) => el("tr", {}, el("th", { scope: "row" }, first), ...rest.map((text) => el("td", {}, text)));
  const head = el("thead", {}, el("tr", {}, ...heads.map((text) => el("th", { scope: "col" }, text))));
  const inner = el("table", { class: "dt" }, el("caption", { class: "vh" }, caption), head, el("tbody", {}, ...rows.map(cells)));
  return el("div", { class: "scroll-x", tabindex: "0", role: "region", "aria-label": caption }, inner);
}

let forms = 0;

function tryForm({ path, verb, parameters, content }, spec, token) {
  const mine = `try-${++forms}`;
  const fields = parameters
    .filter((each) => each.in === "path" || each.in === "query" || each.in === "header")
    .map((each) => {
      const id = `${mine}-${each.name.replace(/\W/g, "-")}`;
      const input = el("input", { class: "inp", id, name: each.name, "data-in": each.in, required: each.required });
      return el("div", { class: "field" }, el("label", { for: id }, `${each.name}, ${each.in}`), input);
    });
  const json = content?.[0].includes("json");
  const text = json && el("textarea", { class: "inp", id: `${mine}-body`, rows: "6", spellcheck: "false" });
  if (text) text.value = JSON.stringify(sample(spec, content[1]), null, 2);
  const result = el("pre", { hidden: true, tabindex: "0", role: "region", "aria-label": "Answer" });
  const status = el("p", { class: "meta", role: "status" });
  const form = el("form", { class: "form" }, el("h3", {}, "Try it"), el("div", { class: "form-2" }, ...fields));
  if (text) form.append(el("div", { class: "field" }, el("label", { for: text.id }, "Body"), text));
  else if (content) form.append(el("p", { class: "hint" }, `A body of type ${content[0]} is sent from a command line, not from here.`));
  form.append(el("div", { class: "btns" }, el("button", { class: "btn", type: "submit" }, `Send ${verb.toUpperCase()}`)), status, result);
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    status.textContent = "Sending…";
    const { url, options } = call({ path, verb, form, text, token });
    try {
      const answer = await fetch(url, options);
      status.textContent = `${answer.status} ${answer.statusText} · ${url}`;
      result.textContent = pretty(await answer.text());
      result.hidden = false;
    } catch {
      status.textContent = "No answer. Check the connection and send it again.";
    }
  });
  return form;
}

function call({ path, verb, form, text, token }) {
  const query = new URLSearchParams();
  const headers = { accept: "application/json" };
  let url = path;
  for (const input of form.querySelectorAll("[data-in]")) {
    if (input.dataset.in === "path") url = url.replace(`{${input.name}}`, encodeURIComponent(input.value));
    else if (input.value && input.dataset.in === "query") query.append(input.name, input.value);
    else if (input.value) headers[input.name] = input.value;
  }
  if (token.value) headers.authorization = `Bearer ${token.value}`;
  if (text) headers["content-type"] = "application/json";
  const credentials = token.value ? "omit" : "same-origin";
  return { url: query.size ? `${url}?${query}` : url, options: { method: verb.toUpperCase(), headers, credentials, body: text ? text.value : undefined } };
}

function pretty(text) {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}
