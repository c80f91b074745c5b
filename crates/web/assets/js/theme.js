// Light or dark: switched at once, stored on the server so that the next page is born in it.
import { $$, send } from "./dom.js";

export function startTheme() {
  document.addEventListener("click", (event) => {
    const button = event.target.closest?.("[data-theme-toggle]");
    if (!button) return;
    event.preventDefault();
    const root = document.documentElement;
    const dark = root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
    const theme = dark ? "light" : "dark";
    root.dataset.theme = theme;
    for (const toggle of $$("[data-theme-toggle]")) if (toggle.hasAttribute("value")) toggle.value = dark ? "dark" : "light";
    send("/me/theme", { theme });
  });
}
