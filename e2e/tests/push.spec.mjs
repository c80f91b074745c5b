// Somebody allows push in their browser, gets what is urgent in it, and reaches the incident by a press.
import { createDecipheriv, createECDH, hkdfSync } from 'node:crypto';
import { expect, people, test } from '../support/fixtures.mjs';
import { Sink } from '../support/sink.mjs';

// No vendor's service can be reached from here, so the browser's address is ours; worker, permission and all else are real.
function ownService({ endpoint, keys }) {
  const known = () => localStorage.getItem('pushed') === 'yes';
  const made = () => ({
    endpoint,
    toJSON: () => ({ endpoint, keys }),
    unsubscribe: async () => localStorage.removeItem('pushed') ?? true,
  });
  PushManager.prototype.getSubscription = async () => (known() ? made() : null);
  PushManager.prototype.subscribe = async () => {
    localStorage.setItem('pushed', 'yes');
    return made();
  };
}

/** What the browser does with a message (RFC 8291). */
function decrypt(message, pair, auth) {
  const salt = message.subarray(0, 16);
  const end = 21 + message[20];
  const theirs = message.subarray(21, end);
  const derive = (key, by, info, size) => Buffer.from(hkdfSync('sha256', key, by, info, size));
  const info = Buffer.concat([Buffer.from('WebPush: info\0'), pair.getPublicKey(), theirs]);
  const input = derive(pair.computeSecret(theirs), auth, info, 32);
  const key = derive(input, salt, 'Content-Encoding: aes128gcm\0', 16);
  const nonce = derive(input, salt, 'Content-Encoding: nonce\0', 12);
  const cipher = createDecipheriv('aes-128-gcm', key, nonce);
  cipher.setAuthTag(message.subarray(-16));
  const plain = Buffer.concat([cipher.update(message.subarray(end, -16)), cipher.final()]);
  return JSON.parse(plain.subarray(0, plain.lastIndexOf(2)));
}

test('push is allowed, tried out, says what is urgent, and is stopped', async ({ desk, open }) => {
  const sink = await Sink.start();
  const pair = createECDH('prime256v1');
  pair.generateKeys();
  const auth = Buffer.alloc(16, 7);
  const keys = { p256dh: pair.getPublicKey('base64url'), auth: auth.toString('base64url') };
  const endpoint = `${sink.url}/send/secret`;

  const mara = await open(people.mara, { permissions: ['notifications'] });
  await mara.addInitScript(ownService, { endpoint, keys });
  await mara.goto('/me');
  const worker = mara.context().waitForEvent('serviceworker');
  await mara.getByRole('button', { name: 'Show news in this browser' }).click();
  await expect(mara.getByText('This browser shows you news from now on.')).toBeVisible();
  const row = mara.getByRole('region', { name: 'Browsers that show you news' }).getByRole('row').nth(1);
  await expect(row).toContainText('this one');
  await expect(mara.getByRole('button', { name: 'Show news in this browser' })).toBeHidden();

  await row.getByRole('button', { name: /Try out/ }).click();
  await expect.poll(() => sink.got.length).toBe(1);
  expect(decrypt(sink.got[0].body, pair, auth)).toMatchObject({ title: 'It works', path: '/me' });

  // What is urgent comes without being asked for; the words only if she wants them.
  const { number } = await desk.api.report({ title: 'Core switch is down', team: 'Service Desk', impact: 1, urgency: 1 });
  await expect.poll(() => sink.got.length).toBe(2);
  const note = decrypt(sink.got[1].body, pair, auth);
  expect(note).toMatchObject({ title: `News on ${number}`, body: '', urgent: true, path: `/incidents/${number}` });
  expect(sink.got[1].headers).toMatchObject({ urgency: 'high', 'content-encoding': 'aes128gcm' });
  await mara.getByRole('checkbox', { name: 'Push says title and words, not the number alone' }).check();
  await mara.getByRole('region', { name: 'Notifications' }).getByRole('button', { name: 'Save' }).click();
  await expect(mara.getByRole('checkbox', { name: 'Push says title and words, not the number alone' })).toBeChecked();
  const other = await desk.api.report({ title: 'Core switch is down again', team: 'Service Desk', impact: 1, urgency: 1 });
  await expect.poll(() => sink.got.length).toBe(3);
  expect(decrypt(sink.got[2].body, pair, auth).title).toBe(`${other.number} Core switch is down again`);

  // The real worker shows it.
  const shown = await (await worker).evaluate(async (said) => {
    const event = new PushEvent('push', { data: JSON.stringify(said) });
    const waits = [];
    event.waitUntil = (promise) => waits.push(promise);
    self.dispatchEvent(event);
    await Promise.all(waits);
    return (await self.registration.getNotifications()).map(({ title, tag, data }) => ({ title, tag, data }));
  }, note);
  expect(shown).toEqual([{ title: note.title, tag: number, data: { path: note.path } }]);

  await mara.goto('/me');
  await mara.getByRole('button', { name: /^Stop / }).click();
  await expect(mara.getByText('That browser shows you no news any more.')).toBeVisible();
  await expect(mara.getByRole('button', { name: 'Show news in this browser' })).toBeVisible();
  await sink.stop();
});

test('without scripts the page says that allowing needs them', async ({ open }) => {
  const gwen = await open(people.gwen, { javaScriptEnabled: false });
  await gwen.goto('/me');
  await expect(gwen.getByText('Allowing it needs scripts, which are not running here.')).toBeVisible();
  await expect(gwen.getByRole('button', { name: 'Show news in this browser' })).toBeHidden();
});
