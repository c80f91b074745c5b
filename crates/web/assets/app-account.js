// What one's own page needs beside app.js: "This browser" allows push here, stops it, and knows itself in the list.
import { $, $$ } from "./js/dom.js";

const card = $("#push");
if (card) start();

async function start() {
  const can = "serviceWorker" in navigator && "PushManager" in globalThis && "Notification" in globalThis;
  if (!can) return say("unable");
  const here = await subscription();
  const row = here && $(`[data-device="${await digest(here.endpoint)}"]`);
  if (row) {
    for (const mark of $$("[data-this]", row)) mark.hidden = false;
    $("form[data-remove]", row)?.addEventListener("submit", (event) => stop(event, here));
    return say("on");
  }
  $("[data-allow]", card)?.addEventListener("click", allow);
  say(Notification.permission === "denied" ? "denied" : "off");
}

// Shows the part of the card for this state.
function say(state) {
  for (const part of $$("[data-when]", card)) part.hidden = part.dataset.when !== state;
}

async function subscription() {
  const worker = await navigator.serviceWorker.getRegistration("/");
  return worker ? worker.pushManager.getSubscription() : null;
}

async function allow(event) {
  const button = event.currentTarget;
  button.setAttribute("aria-busy", "true");
  try {
    if ((await Notification.requestPermission()) !== "granted") return say("denied");
    await navigator.serviceWorker.register("/sw.js");
    const { pushManager } = await navigator.serviceWorker.ready;
    // One that was allowed to somebody else, or under another key, is of no use here.
    await (await pushManager.getSubscription())?.unsubscribe();
    const made = await pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: card.dataset.key });
    const { endpoint, keys } = made.toJSON();
    const form = button.form;
    for (const [name, value] of Object.entries({ endpoint, ...keys })) form.elements[name].value = value;
    form.submit();
  } catch {
    say("failed");
  } finally {
    button.removeAttribute("aria-busy");
  }
}

async function stop(event, here) {
  event.preventDefault();
  const form = event.currentTarget;
  // Whatever the browser says to it: nothing is sent to it any more.
  await here.unsubscribe().catch(() => {});
  form.submit();
}

async function digest(text) {
  const bytes = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  return [...new Uint8Array(bytes)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
