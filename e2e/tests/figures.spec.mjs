// What reports know besides counts: what an outage cost, the rows as a Parquet file, and how it would have gone with
// other people.
import { readFileSync } from 'node:fs';
import { aDesk, expect, people, test as base } from '../support/fixtures.mjs';
import { isSound } from '../support/sound.mjs';

/** Incidents of other files would be counted too. */
const test = base.extend({ desk: aDesk() });
const HOUR = 3_600_000;

test('an outage has its cost in the report of downtime', async ({ desk, open }) => {
  await desk.api.post('/api/v1/services', { name: 'Checkout', team: 'Applications', criticality: 1, cost_per_hour: 1_200 });
  const { number } = await desk.api.report({ title: 'No order goes through', service: 'Checkout', impact: 1, urgency: 1 });
  const ago = (hours) => new Date(Date.now() - hours * HOUR).toISOString();
  await desk.api.command(number, 'record-outage', { service: 'Checkout', degree: 'full', started_at: ago(3), ended_at: ago(1) });
  const boss = await open(people.admin);
  await expect
    .poll(async () => {
      await boss.goto('/reports/downtime?period=7');
      return boss.getByRole('row', { name: /^Checkout/ }).count();
    })
    .toBe(1);
  await expect(boss.getByRole('row', { name: /^Checkout/ })).toContainText('2,400');
  await isSound(boss, 'the report of downtime');
  await boss.getByRole('row', { name: /^Checkout/ }).getByRole('link').first().click();
  await expect(boss.getByRole('link', { name: new RegExp(number) }).first()).toBeVisible();
});

test('the rows of a report are taken along as a Parquet file', async ({ open }) => {
  const boss = await open(people.admin);
  await boss.goto('/reports/times');
  const download = boss.waitForEvent('download');
  await boss.getByRole('link', { name: 'Parquet' }).click();
  const file = await download;
  expect(file.suggestedFilename()).toMatch(/\.parquet$/);
  const bytes = readFileSync(await file.path());
  expect(bytes.subarray(0, 4).toString()).toBe('PAR1');
  expect(bytes.subarray(-4).toString()).toBe('PAR1');
});

test('times by week are drawn, and told as a table', async ({ open }) => {
  const boss = await open(people.admin);
  await boss.goto('/reports/times?by=week&period=90');
  await expect(boss.getByRole('region', { name: 'Time to resolve' }).first()).toBeVisible();
  await isSound(boss, 'times by week');
});
