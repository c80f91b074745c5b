// The filter bar: chips are the parsed query, the last one goes by Backspace, the whole is editable as text.
import { $, $$, say } from "./dom.js";

export function startFilter() {
  document.addEventListener("keydown", (event) => {
    if (event.target.id === "filter-in" && event.key === "Backspace" && event.target.value === "") backspace(event);
    else if (event.target.id === "filter-in") unselect();
  });
  document.addEventListener("focusout", (event) => event.target.id === "filter-in" && unselect());
  document.addEventListener("click", (event) => {
    const link = event.target.closest?.("[data-as-text]");
    if (!link) return;
    event.preventDefault();
    asText(link.closest("form"));
  });
}

function backspace(event) {
  const chip = $$(".qchip", event.target.form).at(-1);
  if (!chip) return;
  event.preventDefault();
  if (chip.classList.contains("is-sel")) return $("button", chip).click();
  chip.classList.add("is-sel");
  say(`${$("span", chip).textContent.trim()} selected. Backspace again removes it`);
}

const unselect = () => $$(".qchip.is-sel").forEach((chip) => chip.classList.remove("is-sel"));

/** The query moves from the hidden field into the visible one. */
export function asText(form) {
  const query = $("input[name=q]", form);
  const input = $("#filter-in", form);
  input.value = query.value;
  query.value = "";
  form.classList.add("as-text");
  input.focus();
}
