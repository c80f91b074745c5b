// An administrator connects Alertmanager by copying what the page says; its first alert is told on that page, stands
// in the list, has its incident, and ends it.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { expect, people, test } from '../support/fixtures.mjs';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];
const CAPTURE = new URL('../../crates/alert/tests/captures/am_alertmanager_post_am_webhook.1.json', import.meta.url);

async function look(page, name) {
  for (const [width, height] of [
    [1440, 900],
    [390, 844],
  ]) {
    await page.setViewportSize({ width, height });
    await page.evaluate(AXE);
    const found = await page.evaluate(async (tags) => {
      const { violations } = await window.axe.run(document, { runOnly: { type: 'tag', values: tags } });
      return violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.target.join(' ')).join(', ')}`);
    }, TAGS);
    await page.screenshot({ path: `results/screens/${name}-${width}.png`, fullPage: width === 390 });
    expect.soft(found, `${name} at ${width} px`).toEqual([]);
    const sideways = () => document.documentElement.scrollWidth - document.documentElement.clientWidth;
    expect.soft(await page.evaluate(sideways), `${name} scrolls sideways at ${width} px`).toBe(0);
  }
  await page.setViewportSize({ width: 1440, height: 900 });
}

async function send(url, body) {
  const headers = { 'content-type': 'application/json' };
  const answer = await fetch(url, { method: 'POST', headers, body: JSON.stringify(body) });
  expect(answer.status).toBe(200);
}

test('Alertmanager is connected, heard, and its alert ends its incident', async ({ open }) => {
  const admin = await open(people.admin);
  await admin.goto('/settings/integrations');
  await admin.getByRole('link', { name: 'New integration' }).click();
  await look(admin, 'integration-tools');
  await admin.getByRole('link', { name: 'Alertmanager', exact: true }).click();
  await admin.getByRole('button', { name: /^Make it/ }).click();
  await expect(admin.getByText('Waiting for your first event')).toBeVisible();
  const snippet = await admin.getByLabel('In alertmanager.yml, a receiver and the route to it:').textContent();
  const [url] = snippet.match(/https?:\S+/);
  await look(admin, 'integration-waiting');

  const { json: told } = JSON.parse(readFileSync(CAPTURE, 'utf8'));
  await send(url, told);
  // The page is asked for nothing: it tells by itself.
  await expect(admin.getByText('Received')).toBeVisible();
  await admin.reload();
  await expect(admin.getByRole('region', { name: 'What came' }).getByText('taken')).toBeVisible();
  await look(admin, 'integration');
  const integration = admin.url();
  // However long a word of it is, what a body tells stays in its card.
  await send(url.replace(/alertmanager$/, 'json'), { title: 'x'.repeat(400), severity: 'info' });
  await admin.goto(`${integration}/mapping`);
  await look(admin, 'integration-mapping');
  await admin.goto(`${integration}/payloads`);
  await look(admin, 'integration-payloads');
  await admin.getByRole('table').first().getByRole('rowheader').getByRole('link').first().click();
  await expect(admin).toHaveURL(/\/payloads\/.+/);
  await look(admin, 'integration-payload');

  const mara = await open(people.mara);
  await mara.goto('/alerts');
  const title = 'p99 latency above 2s on web-1';
  await expect(mara.getByRole('row', { name: new RegExp(title) })).toContainText('Firing');
  await look(mara, 'alerts');
  await mara.getByRole('link', { name: title }).click();
  await expect(mara.getByRole('heading', { level: 1, name: title })).toBeVisible();
  await expect(mara.getByRole('link', { name: 'p99 latency above 2s on web-2' })).toBeVisible();
  await look(mara, 'alert');
  const incident = mara.getByRole('region', { name: 'Incident' }).getByRole('link').first();
  await incident.click();
  await expect(mara.getByText('2 firing of 2')).toBeVisible();
  await expect(mara.getByRole('link', { name: title }).first()).toBeVisible();
  const address = mara.url();

  const over = told.alerts.map((alert) => ({ ...alert, status: 'resolved', endsAt: new Date().toISOString() }));
  await send(url, { ...told, status: 'resolved', alerts: over });
  await mara.goto(address);
  await expect(mara.getByText('0 firing of 2')).toBeVisible();
  await expect(mara.locator('header.inc-h').getByText('Resolved').first()).toBeVisible();
});

test('maintenance is planned by an agent', async ({ open }) => {
  const mara = await open(people.mara);
  await mara.goto('/alerts');
  await mara.getByRole('link', { name: 'Maintenance windows' }).click();
  await mara.getByRole('link', { name: 'New window' }).click();
  await look(mara, 'maintenance-new');
  await mara.getByRole('textbox', { name: 'Name' }).fill('Router firmware');
  await mara.getByRole('button', { name: 'Plan it' }).click();
  await expect(mara.getByRole('row', { name: /Router firmware/ })).toBeVisible();
  await look(mara, 'maintenance');
  await mara.getByRole('button', { name: /: Router firmware/ }).click();
  await expect(mara.getByText('called off')).toBeVisible();
});
