// Counts down to the next word about a major incident, in the words the server wrote first. It never speaks.
import { serverNow } from "./time.js";

const second = 1000;
/** From so long before it is due on it is a warning. */
const soon = 300 * second;

/** "17 m 40 s", "1 h 17 m", "4 m 10 s over". */
export function countWords(gap) {
  const seconds = gap > 0 ? Math.ceil(gap / second) : Math.floor(-gap / second);
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor((seconds % 3600) / 60)];
  const two = (number) => String(number).padStart(2, "0");
  const words = hours ? `${hours} h ${two(minutes)} m` : minutes ? `${minutes} m ${two(seconds % 60)} s` : `${seconds} s`;
  return gap > 0 ? words : `${words} over`;
}

/** How it looks: calm, soon, over. */
export function countClass(gap) {
  if (gap <= 0) return "is-over";
  return gap < soon ? "is-soon" : "";
}

export function startCountdown() {
  document.addEventListener("patched", tick);
  tick();
}

let timer = 0;

function tick() {
  clearTimeout(timer);
  const now = serverNow();
  for (const node of document.querySelectorAll("time[data-count]")) {
    const gap = new Date(node.getAttribute("datetime")) - now;
    if (Number.isNaN(gap)) continue;
    const text = countWords(gap);
    if (node.textContent !== text) node.textContent = text;
    const look = countClass(gap);
    for (const name of ["is-soon", "is-over"]) node.parentElement.classList.toggle(name, name === look);
  }
  timer = setTimeout(tick, second - (now.getTime() % second) + 20);
}
