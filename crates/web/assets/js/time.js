// Keeps <time data-tick> in the same words the server wrote first. Runs from the server's clock and never
// speaks: a countdown is not a live region.

import { names, words as tell } from "./words.js";

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;
let offset = 0;
let zone;

/** The server's now. */
export const serverNow = () => new Date(Date.now() + offset);

/** The words for `kind` (since, age, due, left) at `now`; `where` is an IANA zone. */
export function words(kind, at, now, where = zone) {
  if (kind === "age") return now - at < 30 * day ? age(now - at) : moment(at, now, where);
  if (kind === "since") return since(at, now, where);
  const text = due(at, now, where);
  return kind === "left" && at > now && at - now < 8 * hour ? `${text} left` : text;
}

/** How much business time something is over: as the server counted, and what was open since. */
export function overWords({ over, open }, now) {
  const since = (open || "").split(" ").filter(Boolean).reduce((sum, span) => {
    const [from, to] = span.split("-").map((second) => second * 1000);
    return sum + Math.max(0, Math.min(now, to) - from);
  }, 0);
  const gap = over * 1000 + since;
  return gap < minute ? "just over" : `${span(gap)} over`;
}

export function clockTime(at, where = zone) {
  return format(at, where, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
}

export function startTime() {
  const { now, zone: named } = document.documentElement.dataset;
  zone = named || undefined;
  document.addEventListener("patched", tick);
  serverSays(now);
}

/** Runs from this instant on; a page may have waited before it was shown, its stream tells the time anew. */
export function serverSays(now) {
  const served = Date.parse(now ?? "");
  if (!Number.isNaN(served)) offset = served - Date.now();
  tick();
}

let timer = 0;

function tick() {
  clearTimeout(timer);
  const now = serverNow();
  let soon = minute;
  for (const node of document.querySelectorAll("time[data-tick]")) {
    const at = new Date(node.getAttribute("datetime"));
    if (Number.isNaN(at.getTime())) continue;
    const text = node.dataset.tick === "over" ? overWords(node.dataset, now) : words(node.dataset.tick, at, now);
    if (node.textContent !== text) node.textContent = text;
    const counts = node.dataset.tick === "due" || node.dataset.tick === "left";
    if (counts && at > now && at - now < 2 * minute + 1000) soon = 1000;
  }
  timer = setTimeout(tick, soon - (now.getTime() % soon) + 20);
}

function due(at, now, where) {
  const gap = at - now;
  if (gap <= 0 && gap > -minute) return "just over";
  if (gap <= 0) return `${-gap >= 2 * day ? `${Math.floor(-gap / day)} d` : span(-gap)} over`;
  if (gap < 2 * minute) return seconds(gap);
  return gap < 8 * hour ? span(gap) : moment(at, now, where);
}

function since(at, now, where) {
  const gap = now - at;
  if (gap < minute) return tell("now");
  return gap < hour ? tell("{count} min", { count: Math.floor(gap / minute) }) : moment(at, now, where);
}

function age(gap) {
  if (gap < minute) return "now";
  if (gap < hour) return `${Math.floor(gap / minute)} min`;
  return gap < day ? `${Math.floor(gap / hour)} h` : `${Math.floor(gap / day)} d`;
}

function seconds(gap) {
  const whole = Math.ceil(gap / 1000);
  return whole < 60 ? `${whole} s` : `${Math.floor(whole / 60)} m ${whole % 60} s`;
}

function span(gap) {
  const minutes = Math.floor(gap / minute);
  const rest = minutes % 60;
  return minutes < 60 ? `${minutes} m` : `${Math.floor(minutes / 60)} h${rest ? ` ${rest} m` : ""}`;
}

function moment(at, now, where) {
  const dayOf = (date) => Date.parse(format(date, where, { year: "numeric", month: "2-digit", day: "2-digit" }, "en-CA"));
  const days = Math.abs(Math.round((dayOf(at) - dayOf(now)) / day));
  if (days === 0) return clockTime(at, where);
  const own = names();
  const weekday = format(at, where, { weekday: "short" });
  if (days <= 6) return `${own ? own.weekdays[weekdays.indexOf(weekday)] : weekday} ${clockTime(at, where)}`;
  const year = format(at, where, { year: "numeric" });
  const [afterDay, afterMonth] = own?.between ?? [" ", " "];
  const month = own ? own.months[format(at, where, { month: "numeric" }) - 1] : format(at, where, { month: "short" }, "en-US");
  const date = `${format(at, where, { day: "numeric" })}${afterDay}${month}`;
  return year === format(now, where, { year: "numeric" }) ? date : `${date}${afterMonth}${year}`;
}

const weekdays = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
const formats = new Map();

function format(date, where, options, locale = "en-GB") {
  const key = `${where}${locale}${JSON.stringify(options)}`;
  if (!formats.has(key)) formats.set(key, new Intl.DateTimeFormat(locale, { ...options, timeZone: where }));
  return formats.get(key).format(date);
}
