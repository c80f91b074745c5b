// Reports: why an agreement was missed in three clicks, figures to take along, and a wall that follows what happens.
import { readFileSync } from 'node:fs';
import { aDesk, expect, people, test as base } from '../support/fixtures.mjs';
import * as screens from '../support/screens.mjs';
import { sidewaysScroll } from '../support/sound.mjs';

/** Incidents of other files would be counted too. */
const test = base.extend({ desk: aDesk() });
const live = { timeout: 30_000 };
const urgent = { requester: people.gwen.email, team: 'Service Desk', impact: 1, urgency: 1 };
let number;

test.beforeAll(async ({ desk }) => {
  // Seconds instead of hours: late before anybody looks.
  const targets = Object.fromEntries(['P1', 'P2', 'P3', 'P4', 'P5'].map((priority) => [priority, { resolution: 2 }]));
  await desk.api.post('/api/v1/services', { name: 'Gate Readers', team: 'Service Desk', criticality: 2 });
  const agreement = { name: 'Gates, at once', calendar: null, warn_shares: [], pause_reasons: [], team_targets: [], vendor_targets: null };
  await desk.api.post('/api/v1/agreements', { ...agreement, targets, applies_to: { services: ['Gate Readers'] } });
  ({ number } = await desk.api.report({ ...urgent, title: 'Gate 5 reads no badges', service: 'Gate Readers' }));
  await desk.api.command(number, 'assign', { team: 'Network' });
  const late = async () => {
    const { tables } = await desk.api.get('/api/v1/reports/compliance?by=priority');
    const at = tables[0].columns.findIndex((column) => column.key === 'resolution_breached');
    return tables[0].lines.find((line) => line.key === 'P1')?.cells[at].value;
  };
  await expect.poll(late, live).toBe(1);
});

test('a manager finds out in three clicks why the agreement for P1 was missed', async ({ open }) => {
  const boss = await open(people.admin);
  await boss.goto('/queue');
  await boss.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Reports' }).click();
  await boss.getByRole('link', { name: /of P1: what was late, and why/ }).click();
  const list = boss.getByRole('region', { name: 'Incidents' });
  await expect(list).toContainText('Resolution passed its target of 2 s');
  await expect(list).toContainText('It changed teams once');
  await list.getByRole('link', { name: screens.words(number) }).click();
  await expect(boss).toHaveURL(new RegExp(`/incidents/${number}#clocks$`));
  const clock = boss.locator('#clocks .clock').filter({ has: boss.locator('#story-resolution') });
  await clock.locator('summary').click();
  await expect(clock).toContainText('Target passed');
});

test('a report is taken along, narrowed and read without scripts', async ({ open }) => {
  const mara = await open(people.mara);
  await mara.goto('/queue');
  await mara.keyboard.press('g');
  await mara.keyboard.press('t');
  await expect(mara.getByRole('heading', { level: 1 })).toContainText('Service quality');
  await mara.getByRole('button', { name: 'Export' }).click();
  const files = mara.getByRole('navigation', { name: 'Export' });
  await expect(files.getByRole('link', { name: 'Agreements kept' })).toHaveAttribute('href', /compliance\.csv\?/);
  await mara.keyboard.press('Escape');
  await mara.getByRole('complementary', { name: 'Reports' }).getByRole('link', { name: 'Agreements kept' }).click();
  const [file] = await Promise.all([mara.waitForEvent('download'), mara.getByRole('link', { name: 'CSV', exact: true }).click()]);
  expect(file.suggestedFilename()).toMatch(/^compliance-.*\.csv$/);
  const text = readFileSync(await file.path(), 'utf8');
  expect(text).toMatch(/^Line,Name,Incidents,/);
  expect(text).toContain('all,All,1,');

  const plain = await open(people.mara, { javaScriptEnabled: false, viewport: { width: 390, height: 844 }, expected: [/422/] });
  await plain.goto('/reports');
  await plain.getByLabel('Which incidents').fill('priority:P2');
  await plain.getByRole('button', { name: 'Show', exact: true }).click();
  await expect(plain.getByRole('main')).toContainText('0 incidents');
  await plain.getByLabel('Which incidents').fill('priority:P9');
  await plain.getByRole('button', { name: 'Show', exact: true }).click();
  await expect(plain.getByRole('main')).toContainText('One thing to fix');
  expect(await plain.getByLabel('Which incidents').inputValue()).toBe('priority:P9');
});

test('tables of figures fit on a screen, and scroll by themselves on a phone', async ({ open }) => {
  const mara = await open(people.mara);
  for (const report of ['compliance', 'times', 'downtime']) {
    for (const [width, compare] of [[1440, ''], [1440, '&compare=1'], [390, '']]) {
      await mara.setViewportSize({ width, height: 900 });
      await mara.goto(`/reports/${report}?by=service${compare}`);
      const tables = mara.getByRole('region', { name: /^Table by service/ });
      await expect(tables.first()).toBeVisible();
      expect(await sidewaysScroll(mara), `${report} at ${width} px`).toBe(0);
      const wider = await tables.evaluateAll((all) => all.map((one) => one.scrollWidth - one.clientWidth));
      if (width === 1440) expect(Math.max(...wider), `${report}${compare}: a table is wider than its place`).toBeLessThanOrEqual(0);
      await tables.first().focus();
      await expect(tables.first()).toBeFocused();
    }
  }
});

test('the wall follows what happens', async ({ desk, open }) => {
  const wall = await open(people.mara);
  await wall.goto('/wallboard');
  await expect(wall.getByRole('region', { name: 'P1 and P2' })).toContainText('Gate 5 reads no badges');
  await expect(wall.locator('#vial')).toBeVisible();
  await screens.mark(wall);
  const own = await desk.apiOf(people.mara);
  const { number: other } = await desk.api.report({ ...urgent, title: 'Ramp 2 does not lower' });
  await expect(wall.getByRole('region', { name: 'P1 and P2' })).toContainText('Ramp 2 does not lower', live);
  await own.command(other, 'declare-major', { reason: 'Trucks queue' });
  await expect(wall.getByRole('region', { name: 'Major incidents' })).toContainText('Ramp 2 does not lower', live);
  await screens.wasNotReloaded(wall);
  const hidden = await desk.api.report({ ...urgent, title: 'Salaries are visible' });
  await own.command(hidden.number, 'restrict', { team: 'Service Desk' });
  await wall.reload();
  await expect(wall.getByRole('main')).not.toContainText('Salaries');
});

test('requesters do not come here', async ({ open }) => {
  const gwen = await open(people.gwen);
  for (const path of ['/reports', '/reports/times', '/wallboard']) {
    await gwen.goto(path);
    await expect(gwen).toHaveURL(/\/portal$/);
  }
});
