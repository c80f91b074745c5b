// The requester on a phone: answers what was asked, and loses no words to a file.
import { expect, people, test } from '../support/fixtures.mjs';

const PHONE = { width: 390, height: 844 };
const files = (count) => Array.from({ length: count }, (_, n) => ({ name: `photo ${n + 1}.txt`, mimeType: 'text/plain', buffer: Buffer.from('x') }));

test('an answer that is waited for comes first, and refused files take no words with them', async ({ desk, open }) => {
  const gwenApi = await desk.apiOf(people.gwen);
  const { number } = await gwenApi.report({ title: 'Scanner beeps twice' });
  await desk.api.command(number, 'hold', { reason: 'requester' });
  await gwenApi.report({ title: 'Screen flickers' });

  const gwen = await open(people.gwen, { expected: [/status of 422/] });
  await gwen.setViewportSize(PHONE);
  await gwen.goto('/portal');
  await gwen.getByRole('heading', { level: 3 }).first().click();
  await expect(gwen.getByRole('heading', { level: 1 })).toHaveText('Scanner beeps twice');
  await gwen.getByRole('link', { name: 'Answer' }).click();
  const answer = gwen.getByLabel('Your answer');
  await answer.fill('Both of them, since the update.');

  const chooser = gwen.locator('input[type=file]');
  await chooser.setInputFiles(files(9));
  await gwen.getByRole('button', { name: 'Send the answer' }).click();
  await expect(gwen.locator('.banner[role=alert]')).toContainText('more than 8 files');
  await expect(answer).toHaveValue('Both of them, since the update.');
  await gwen.getByRole('button', { name: 'Remove photo 9.txt' }).click();
  await gwen.getByRole('button', { name: 'Send the answer' }).click();

  const said = gwen.getByRole('article', { name: /Message by You/ });
  await expect(said).toContainText('Both of them, since the update.');
  await expect(said.getByRole('link')).toHaveCount(8);
  await expect(gwen.locator('.banner[role=alert]')).toHaveCount(0);
  await expect(gwen.getByRole('button', { name: /^Remove/ })).toHaveCount(0);
  await expect(gwen.getByText('Being worked on').first()).toBeVisible();
});

test('a long word widens no page of the portal', async ({ desk, open }) => {
  const gwenApi = await desk.apiOf(people.gwen);
  const { number } = await gwenApi.report({ title: `Log says ${'ERR_CONNECTION_REFUSED_'.repeat(6)}` });
  const gwen = await open(people.gwen, { viewport: PHONE });
  for (const path of ['/portal', '/portal/incidents', `/portal/incidents/${number}`]) {
    await gwen.goto(path);
    expect(await gwen.evaluate(() => document.documentElement.scrollWidth), path).toBe(PHONE.width);
  }
});

test('a card says what helps meanwhile, and the services lead to the status page where there is one', async ({ desk, open }) => {
  const { number } = await desk.api.report({ title: 'Route planner is slow', requester: people.peter.email });
  await desk.api.command(number, 'publish-update', { body: 'Use the printed list until noon.', phase: 'investigating' });
  const peter = await open(people.peter);
  await peter.goto('/portal');
  await expect(peter.getByRole('link', { name: /Route planner is slow/ })).toContainText('Use the printed list until noon.');
  const page = peter.getByRole('link', { name: 'Status page' });
  await desk.api.done('PUT', '/api/v1/status-page', { public: true, name: 'Northwind' });
  try {
    await expect(async () => {
      await peter.reload();
      await expect(page).toBeVisible({ timeout: 500 });
    }).toPass({ timeout: 10_000 });
    await page.click();
    await expect(peter).toHaveURL(/\/status$/);
  } finally {
    await desk.api.done('PUT', '/api/v1/status-page', { public: false });
  }
});
