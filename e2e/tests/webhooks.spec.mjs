// An administrator makes a webhook with help, tries it out, sees what was sent, and what did not arrive.
import { createHmac } from 'node:crypto';
import { expect, people, test } from '../support/fixtures.mjs';
import { Sink } from '../support/sink.mjs';
import { isSound } from '../support/sound.mjs';

const field = (page, name) => page.getByRole('textbox', { name, exact: true });

async function newWebhook(page) {
  await page.goto('/settings/webhooks');
  await page.getByRole('link', { name: 'New webhook' }).first().click();
}

test('a webhook is made, tried out, and tells what happens, signed', async ({ desk, open }) => {
  const sink = await Sink.start(204);
  const admin = await open(people.admin);
  await newWebhook(admin);
  // Fields of the chosen kind alone; kinds of events are folded.
  await expect(field(admin, 'Matrix: room')).toBeHidden();
  await admin.getByRole('combobox', { name: 'Who is told' }).selectOption('Matrix');
  await expect(field(admin, 'Matrix: room')).toBeVisible();
  await admin.getByRole('combobox', { name: 'Who is told' }).selectOption({ index: 0 });
  const clockBreached = admin.getByRole('checkbox', { name: 'clock breached', exact: true });
  await expect(clockBreached).toBeHidden();
  await admin.getByText(/^Clocks and promises:/).click();
  await expect(clockBreached).toBeChecked();
  await admin.getByRole('checkbox', { name: /^Everything that happens/ }).check();
  await expect(clockBreached).toBeHidden();

  await field(admin, 'Address').fill(`${sink.url}/in?key=1`);
  await field(admin, 'Name').fill('Warehouse');
  const condition = admin.getByRole('combobox', { name: 'Only incidents where' });
  await condition.fill('serv');
  await admin.getByRole('listbox', { name: 'Suggestions' }).getByRole('option', { name: /^service/ }).click();
  await condition.pressSequentially('lab');
  await admin.getByRole('option', { name: /Label Printing/ }).click();
  await expect(condition).toHaveValue('service:"Label Printing"');
  await admin.getByRole('button', { name: 'Make the webhook' }).click();
  const secret = await admin.getByLabel('Secret of the webhook').textContent();
  expect(secret).toMatch(/^whsec_/);

  await admin.getByRole('button', { name: 'Send a test' }).click();
  await expect(admin.getByText('A test is on its way.')).toBeVisible();
  // Clocks of incidents that others reported may ring meanwhile.
  const told = () => sink.got.map(({ body }) => JSON.parse(body));
  await expect.poll(() => told().filter(({ type }) => type === 'webhook.test').length).toBe(1);
  const elsewhere = await desk.api.report({ title: 'Elsewhere', service: 'Warehouse Wi-Fi' });
  const { number } = await desk.api.report({ title: 'Dock printer jams', service: 'Label Printing' });
  const reported = () => told().filter(({ type }) => type === 'incident.reported').map(({ data }) => JSON.stringify(data));
  await expect.poll(() => reported().some((data) => data.includes(number))).toBe(true);
  expect(told().some(({ data }) => JSON.stringify(data).includes(elsewhere.number))).toBe(false);
  for (const { headers, body, path } of sink.got) {
    expect(path).toBe('/in?key=1');
    const signed = `${headers['webhook-id']}.${headers['webhook-timestamp']}.${body}`;
    const key = Buffer.from(secret.slice('whsec_'.length), 'base64');
    const signature = createHmac('sha256', key).update(signed).digest('base64');
    expect(headers['webhook-signature']).toBe(`v1,${signature}`);
  }
  await admin.reload();
  const messages = admin.getByRole('region', { name: 'Messages' });
  await expect(messages.getByRole('row', { name: /reported/ })).toContainText('Arrived');
  await isSound(admin, 'a webhook');
  await messages.getByRole('link', { name: 'All messages' }).click();
  await expect(admin).toHaveURL(/\/messages$/);
  await isSound(admin, 'messages of a webhook');
  await admin.getByRole('link', { name: 'reported' }).first().click();
  await expect(admin.getByText('Dock printer jams').first()).toBeVisible();
  await isSound(admin, 'a message of a webhook');
  await sink.stop();
});

test('what does not arrive is shown, and the list says that it fails', async ({ open }) => {
  const sink = await Sink.start(500);
  const admin = await open(people.admin);
  await newWebhook(admin);
  await admin.getByRole('checkbox', { name: /^Everything that happens/ }).check();
  await field(admin, 'Address').fill(`${sink.url}/`);
  await field(admin, 'Name').fill('Broken');
  await admin.getByRole('button', { name: 'Make the webhook' }).click();
  await admin.getByRole('button', { name: 'Send a test' }).click();
  await expect.poll(() => sink.got.length).toBeGreaterThan(0);
  await expect
    .poll(async () => {
      await admin.reload();
      return admin.getByRole('region', { name: 'Messages' }).last().textContent();
    })
    .toContain('it answers with 500');
  await admin.goto('/settings/webhooks');
  await expect(admin.getByRole('row', { name: /Broken/ })).toContainText('failing since');
  await sink.stop();
});
