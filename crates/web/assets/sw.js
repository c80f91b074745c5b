// The worker of the browser: shows news when no page is open. It is registered once somebody allows that on their own
// page, keeps nothing, and stands in nobody's way: pages come from the server as always.
addEventListener("install", () => skipWaiting());

addEventListener("push", (event) => {
  const { title, body, about, path, urgent } = read(event.data);
  const shown = { body, tag: about, renotify: Boolean(about), requireInteraction: urgent === true, icon: "/assets/icon-192.png", data: { path } };
  event.waitUntil(registration.showNotification(title || "Evenkeel", shown));
});

addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil(show(event.notification.data?.path));
});

// The vendor gave the browser another address: whoever sends must know it.
addEventListener("pushsubscriptionchange", (event) => event.waitUntil(renew(event.oldSubscription, event.newSubscription)));

// A message that cannot be read is shown all the same: browsers want to see something for each.
function read(data) {
  try {
    return data.json();
  } catch {
    return {};
  }
}

async function show(path) {
  const to = new URL(path || "/", location.origin);
  if (to.origin !== location.origin) return;
  const open = await clients.matchAll({ type: "window", includeUncontrolled: true });
  const there = open.find((one) => one.url.split("#")[0] === to.href.split("#")[0]);
  await (there ? there.focus() : clients.openWindow(to.href));
}

async function renew(before, given) {
  if (!before) return;
  const now = given ?? (await registration.pushManager.subscribe(before.options));
  const { endpoint, keys } = now.toJSON();
  const body = new URLSearchParams({ before: before.endpoint, endpoint, ...keys });
  await fetch("/me/devices/renew", { method: "POST", body, headers: { "X-Live": "1" } });
}
