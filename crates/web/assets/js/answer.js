// Whoever is paged may have hardly any network. What they answer is sent again until the server has it, and the page
// says whether it arrived.
import { $, el, icon, say } from "./dom.js";
import { startPolling } from "./poll.js";

/** Milliseconds between two attempts. */
export const pause = 5000;
/** Milliseconds that one attempt may take. */
const patience = 15_000;
/** Refusals that are none: whoever said them heard nothing of it, or has too much to do. */
const passing = [408, 425, 429];

let timer = 0;
/** What is to arrive: what was pressed last. */
let wish = null;

export function startAnswers() {
  startPolling();
  // Before the guard of plain forms, to which a second press is always the first one again.
  document.addEventListener("submit", press, true);
  addEventListener("online", () => wish?.waits && go(wish));
}

function press(event) {
  const { target: form, submitter } = event;
  if (!form.matches("form[data-answer]")) return;
  event.preventDefault();
  if (wish?.submitter === submitter && !wish.waits) return;
  if (wish) busy(wish.submitter, false);
  wish = { form, submitter, url: form.action, body: said(form, submitter) };
  busy(submitter, true);
  // What is said of it until it arrived is not drawn over.
  $("[data-poll]")?.removeAttribute("data-poll");
  go(wish);
}

// What was pressed is added by hand: old telephones have browsers that leave it out of FormData.
function said(form, submitter) {
  const body = new URLSearchParams([...new FormData(form)]);
  if (submitter?.name) body.set(submitter.name, submitter.value);
  return body;
}

async function go(one) {
  clearTimeout(timer);
  one.waits = false;
  try {
    const answer = await fetch(one.url, { method: "POST", body: one.body, credentials: "same-origin", headers: { accept: "text/html" }, signal: AbortSignal.timeout?.(patience) });
    // A server that is starting or has too much to do takes it in a moment.
    if (answer.status < 500 && !passing.includes(answer.status)) {
      const html = await answer.text();
      if (wish === one) arrived(html, answer.ok || answer.redirected);
      return;
    }
  } catch {
    // No network, or one that lost it on the way: nobody knows which.
  }
  if (wish === one) missed(one);
}

// What stands there now is what the server says of it; whether it was `taken` is told to whoever listens.
function arrived(html, taken) {
  wish = null;
  const main = new DOMParser().parseFromString(html, "text/html").querySelector("#main");
  if (!main) return location.reload();
  $("#main").replaceWith(main);
  main.focus();
  startPolling();
  say(taken ? "Your answer arrived" : "Your answer was not taken");
  document.dispatchEvent(new CustomEvent("patched", { detail: { added: [], changed: [] } }));
}

// What may be said twice is sent again. Of what may not, such as going on to the next person, its sender looks first
// whether it arrived.
function missed(one) {
  const again = one.submitter?.hasAttribute("data-again");
  if (again) {
    one.waits = true;
    timer = setTimeout(() => go(one), pause);
    tell(one.form, "Your answer has not arrived yet.", "It is sent again every 5 seconds. Keep this page open.");
    return;
  }
  wish = null;
  busy(one.submitter, false);
  const look = el("a", { class: "btn btn-sm", href: location.href }, "Load again");
  tell(one.form, "It is not known whether this arrived.", "Load the page again before you press once more.", look);
}

// Said once: the same words again would interrupt whoever listens every few seconds.
function tell(form, title, words, ...more) {
  const told = $(":scope > [data-trouble] b", form);
  if (told?.textContent === title) return;
  told?.closest("[data-trouble]").remove();
  form.prepend(el("div", { class: "banner banner-warn", role: "alert", "data-trouble": true }, icon("refresh"), el("div", {}, el("b", {}, title), " ", words), ...more));
}

function busy(submitter, on) {
  if (!submitter) return;
  if (on) submitter.setAttribute("aria-busy", "true");
  else submitter.removeAttribute("aria-busy");
  if (on) submitter.dataset.busy = "Sending…";
}
