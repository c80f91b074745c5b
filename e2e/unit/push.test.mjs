import assert from "node:assert";
import { readFileSync } from "node:fs";
import test from "node:test";
import vm from "node:vm";
import { assets, serve } from "./page.mjs";

/** The worker, with a browser around it that writes down what it is told. */
function worker(pages = []) {
  const listeners = {};
  const shown = [];
  const opened = [];
  const registration = {
    showNotification: async (title, options) => shown.push({ title, ...options }),
    pushManager: { subscribe: async () => ({ toJSON: () => ({ endpoint: "https://push.test/new", keys: { p256dh: "p", auth: "a" } }) }) },
  };
  const clients = { matchAll: async () => pages, openWindow: async (url) => opened.push(url) };
  const addEventListener = (name, listener) => (listeners[name] = listener);
  const { fetch } = globalThis;
  const around = { addEventListener, registration, clients, fetch, URL, URLSearchParams, location: new URL("https://desk.test/sw.js"), skipWaiting() {} };
  vm.runInNewContext(readFileSync(new URL("sw.js", assets), "utf8"), around);
  const happens = async (name, event) => {
    let done;
    listeners[name]({ ...event, waitUntil: (promise) => (done = promise) });
    await done;
  };
  return { happens, shown, opened };
}

const data = (note) => ({ json: () => JSON.parse(JSON.stringify(note)) });
const pressed = (path) => ({ notification: { data: { path }, close() {} } });

test("what is pushed is shown, and a later word about the same takes its place", async () => {
  const { happens, shown } = worker();
  await happens("push", { data: data({ title: "News on INC-7", body: "", path: "/incidents/INC-7", about: "INC-7", urgent: true }) });
  const [note] = shown;
  assert.equal(note.title, "News on INC-7");
  assert.deepEqual([note.tag, note.renotify, note.requireInteraction, note.data.path], ["INC-7", true, true, "/incidents/INC-7"]);
});

test("what cannot be read is shown all the same", async () => {
  const { happens, shown } = worker();
  await happens("push", { data: null });
  assert.deepEqual([shown[0].title, shown[0].renotify], ["Evenkeel", false]);
});

test("a press opens the incident, or goes to the page that shows it", async () => {
  const { happens, opened } = worker();
  await happens("notificationclick", pressed("/incidents/INC-7"));
  assert.deepEqual(opened, ["https://desk.test/incidents/INC-7"]);
  let focused = 0;
  const there = worker([{ url: "https://desk.test/incidents/INC-7#e-3", focus: async () => (focused += 1) }]);
  await there.happens("notificationclick", pressed("/incidents/INC-7"));
  assert.deepEqual([there.opened, focused], [[], 1]);
});

test("a press leads nowhere else", async () => {
  const { happens, opened } = worker();
  for (const path of ["https://evil.test/", "//evil.test/"]) await happens("notificationclick", pressed(path));
  assert.deepEqual(opened, []);
});

test("another address is told to the server", async () => {
  const calls = serve(() => ({ status: 204 }));
  const { happens } = worker();
  await happens("pushsubscriptionchange", { oldSubscription: { endpoint: "https://push.test/old", options: {} } });
  assert.equal(calls[0].url, "/me/devices/renew");
  assert.equal(String(calls[0].body), "before=https%3A%2F%2Fpush.test%2Fold&endpoint=https%3A%2F%2Fpush.test%2Fnew&p256dh=p&auth=a");
});
