// Somebody without an account and without scripts subscribes to the status page, is told of
// planned work, and ends it as a mail program does.
import { expect, test } from '@playwright/test';
import { Api } from '../support/api.mjs';
import { Mailbox } from '../support/mailbox.mjs';
import { Program } from '../support/program.mjs';
import { signIn } from '../support/screens.mjs';
import { isSound } from '../support/sound.mjs';
import { PASSWORD, people } from '../support/world.mjs';

const READER = 'reader@outside.example';

test('a subscriber confirms, is told, and ends it with one press', async ({ browser }) => {
  test.setTimeout(120_000);
  const box = await Mailbox.start();
  const program = await Program.start({
    adminEmail: people.admin.email,
    adminPassword: PASSWORD,
    more: (port) => [
      '--smtp-url',
      box.url,
      '--mail-from',
      'Service Desk <help@northwind.example>',
      '--public-url',
      `http://127.0.0.1:${port}`,
    ],
  });
  try {
    const inside = await (await browser.newContext({ baseURL: program.url })).newPage();
    await signIn(inside, people.admin.email, PASSWORD);
    await inside.goto('/settings/status-page');
    await inside.getByLabel('Everybody may read it').check();
    await inside.getByRole('button', { name: 'Save' }).click();
    await expect(inside.getByText('Saved.')).toBeVisible();

    const outside = await browser.newContext({ baseURL: program.url, javaScriptEnabled: false });
    const reader = await outside.newPage();
    // The same pages with scripts, to look at them: opening a link changes nothing.
    const eye = await (await browser.newContext({ baseURL: program.url })).newPage();
    const look = async (path, name) => {
      await eye.goto(path);
      await isSound(eye, name);
    };
    await reader.goto('/status/subscribe');
    await look('/status/subscribe', 'subscribing');
    await reader.getByLabel('Your e-mail address').fill(READER);
    await reader.getByRole('button', { name: 'Subscribe' }).click();
    await expect(reader.getByRole('heading', { name: 'Look into your mailbox' })).toBeVisible();

    const asked = await box.next(READER);
    const link = asked.match(/http:\S+\/status\/confirm\/[0-9a-f]+/)[0];
    await look(link, 'confirming a subscription');
    await reader.goto(link);
    await reader.getByRole('button', { name: 'Yes, subscribe' }).click();
    await expect(reader.getByRole('heading', { name: 'You are subscribed' })).toBeVisible();

    const api = new Api(program.url, await program.token(people.admin.email, 'admin'));
    const day = 86_400_000;
    await api.post('/api/v1/maintenances', {
      name: 'fw-2 on core-7',
      everything: true,
      starts_at: new Date(Date.now() + 3 * day).toISOString(),
      ends_at: new Date(Date.now() + 3 * day + 3_600_000).toISOString(),
      public: { title: 'Router firmware', body: 'The network is slow.', components: [] },
    });
    const told = await box.next(READER);
    expect(told).toContain('Router firmware');
    expect(told).not.toContain('core-7');

    // As a mail program presses it (RFC 8058); opening the link alone changes nothing.
    const end = told.match(/List-Unsubscribe:\s+<([^>]+)>/)[1];
    await look(end, 'ending a subscription');
    await look(told.match(/http:\S+\/status\/subscriptions\/[0-9a-f]+/)[0], 'a subscription');
    await reader.goto(end);
    await expect(reader.getByRole('button', { name: 'Yes, unsubscribe' })).toBeVisible();
    const pressed = await fetch(end, { method: 'POST', body: new URLSearchParams({ 'List-Unsubscribe': 'One-Click' }) });
    expect(pressed.status).toBe(200);
    await reader.goto(end);
    await expect(reader.getByRole('heading', { name: 'You are not subscribed' })).toBeVisible();
  } finally {
    await program.stop();
    await box.stop();
  }
});
