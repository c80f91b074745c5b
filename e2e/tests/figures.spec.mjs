// What reports know besides counts: what an outage cost, the rows as a Parquet file, and how it would have gone with
// other people.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { aDesk, expect, people, test as base } from '../support/fixtures.mjs';
import { isSound } from '../support/sound.mjs';

/** Incidents of other files would be counted too. */
const test = base.extend({ desk: aDesk() });
const HOUR = 3_600_000;
const DAY = 24 * HOUR;

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

/** As another system's audit log writes an instant: 30/11/2026 07:26. */
function written(at) {
  const [date, time] = new Date(at).toISOString().split('T');
  return `${date.split('-').reverse().join('/')} ${time.slice(0, 5)}`;
}

test('what came in the last weeks is run with the people that somebody names', async ({ desk, open }) => {
  // One a day, each over after two hours.
  const days = Array.from({ length: 40 }, (_, day) => ({ number: `INC${1_000 + day}`, at: Date.now() - (40 - day) * DAY }));
  const rows = days.flatMap(({ number, at }) => [
    `${number},New,${written(at)},${written(at)},No labels`,
    `${number},Resolved,${written(at)},${written(at + 2 * HOUR)},No labels`,
  ]);
  const file = join(desk.program.data, 'history.csv');
  writeFileSync(file, ['number,incident_state,opened_at,sys_updated_at,short_description', ...rows].join('\n'));
  await desk.program.run(['import', 'servicenow-audit', file]);

  const boss = await open(people.admin);
  await boss.goto('/reports');
  await boss.getByRole('complementary', { name: 'Reports' }).getByRole('link', { name: 'Planning' }).click();
  await expect(boss.getByRole('region', { name: 'People it takes' })).toBeVisible();
  await boss.getByLabel('Time that one takes').fill('20 min');
  await boss.getByLabel('People from Mon to Fri').fill('8-18 2, 18-22 1');
  await boss.getByLabel('Past weeks to test with').fill('4');
  await boss.getByRole('button', { name: 'Compute' }).click();
  const went = boss.getByRole('region', { name: 'What came, with these people' });
  await expect(went).toContainText(/2[78] reports since/);
  await expect(went).toContainText('Waiting on average');
  await isSound(boss, 'planning with what came');
});
