// Files for a form: chosen, dragged or pasted; shown with their size; too large ones are refused before sending.
import { $, $$, el, icon, say } from "./dom.js";
import { words } from "./words.js";

export const defaultLimit = 25 * 1024 * 1024;

/** "214 kB", "3.4 MB". */
export function sizeWords(bytes) {
  if (bytes < 1024) return `${bytes} B`;
  const kilo = bytes / 1024;
  if (kilo < 1023.5) return `${Math.round(kilo)} kB`;
  const mega = kilo / 1024;
  return `${mega < 10 ? mega.toFixed(1).replace(/\.0$/, "") : Math.round(mega)} MB`;
}

/** Which files may go and which are larger than `limit` bytes. */
export function sift(files, limit = defaultLimit) {
  return { fit: files.filter((file) => file.size <= limit), large: files.filter((file) => file.size > limit) };
}

export function startUploads() {
  document.addEventListener("change", (event) => {
    if (event.target.matches?.("input[type=file][data-files]") && !event.target.taking) take(event.target, [...event.target.files]);
  });
  document.addEventListener("reset", (event) => {
    for (const input of $$("input[type=file][data-files]", event.target)) $(input.dataset.files)?.replaceChildren();
  });
  // A form that comes back refused lists nothing, while its field still has the files.
  document.addEventListener("patched", () => {
    for (const input of $$("input[type=file][data-files]")) {
      if (input.files.length && !$(`${input.dataset.files} > .att:not(.att-bad)`)) draw(input, [...input.files], [], limitOf(input));
    }
  });
  document.addEventListener("paste", (event) => add(event, event.clipboardData));
  document.addEventListener("drop", (event) => {
    add(event, event.dataTransfer);
    unmark();
  });
  document.addEventListener("dragover", (event) => {
    const form = inputOf(event.target)?.form;
    if (!form || ![...event.dataTransfer.types].includes("Files")) return;
    event.preventDefault();
    form.classList.add("is-drop");
  });
  document.addEventListener("dragleave", (event) => event.relatedTarget?.closest?.(".is-drop") || unmark());
}

const inputOf = (node) => $("input[type=file][data-files]", node?.closest?.("form") ?? document.createElement("form"));
const limitOf = (input) => Number(input.dataset.limit) || defaultLimit;
const unmark = () => $$(".is-drop").forEach((form) => form.classList.remove("is-drop"));

function add(event, data) {
  const input = inputOf(event.target);
  const files = [...(data?.files ?? [])];
  if (!input || !files.length) return;
  event.preventDefault();
  take(input, [...input.files, ...files]);
}

function take(input, files) {
  const limit = limitOf(input);
  const { fit, large } = sift(files, limit);
  const bag = new DataTransfer();
  fit.forEach((file) => bag.items.add(file));
  input.taking = true;
  input.files = bag.files;
  input.taking = false;
  draw(input, fit, large, limit);
  if (fit.length) say(fit.length === 1 ? words("{name} attached", { name: fit[0].name }) : words("{count} files attached", { count: fit.length }));
}

function draw(input, fit, large, limit) {
  const list = $(input.dataset.files);
  if (!list) return;
  list.replaceChildren(
    ...fit.map((file) => {
      const remove = el("button", { type: "button", "aria-label": words("Remove {name}", { name: file.name }) }, icon("x"));
      remove.addEventListener("click", () => {
        take(input, fit.filter((other) => other !== file));
        input.focus();
      });
      return el("li", { class: "att" }, icon(file.type.startsWith("image/") ? "photo" : "clip"), file.name, el("span", { class: "muted" }, sizeWords(file.size)), remove);
    }),
    ...large.map((file) => el("li", { class: "att att-bad", role: "alert" }, icon("alert"), words("{name} is {size}. At most {limit} each, it is not sent.", { name: file.name, size: sizeWords(file.size), limit: sizeWords(limit) }))),
  );
}
