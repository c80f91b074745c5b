// Expected times where too little is known, how often they are right, and planning: who may, what is
// wrong told at its field, with a keyboard and on a telephone.
import { aDesk, expect, people, test as base } from '../support/fixtures.mjs';

/** Incidents of other files would be learned from too. */
const test = base.extend({ desk: aDesk() });
let number;

test.beforeAll(async ({ desk }) => {
  ({ number } = await desk.api.report({ requester: people.gwen.email, title: 'Scanner drops off the network' }));
});

test('nothing is said where too little is known, and what a person says counts', async ({ desk, open }) => {
  const mara = await open(people.mara);
  await mara.goto(`/incidents/${number}`);
  const clocks = mara.locator('#clocks');
  await expect(clocks).toContainText('No estimate yet');
  const gwen = await open(people.gwen);
  await gwen.goto(`/portal/incidents/${number}`);
  await expect(gwen.getByRole('heading', { name: 'Scanner drops off the network' })).toBeVisible();
  await expect(gwen.getByText('Likely back')).toHaveCount(0);

  const at = new Date(Date.now() + 3_600_000).toISOString();
  const api = await desk.apiOf(people.mara);
  await api.command(number, 'set-expected-resolution', { at });
  await expect(clocks).toContainText('set by a person');
  await expect(clocks).not.toContainText('No estimate yet');
  await gwen.reload();
  await expect(gwen.getByText('Expected back').first()).toBeVisible();
  const incident = await desk.api.get(`/api/v1/incidents/${number}`);
  expect(incident.expected_resolution.source).toBe('said');
});

test('staff read how often times were right', async ({ open }) => {
  const mara = await open(people.mara);
  await mara.goto('/reports/expected');
  await expect(mara.getByRole('heading', { name: 'Expected times' })).toBeVisible();
  await expect(mara.getByRole('main')).toContainText('fewer than 15 incidents are over');
});

test('administrators plan, and agents do not', async ({ open }) => {
  const mara = await open(people.mara, { expected: [/403/] });
  expect((await mara.goto('/reports/planning')).status()).toBe(403);

  const admin = await open(people.admin, { expected: [/422/] });
  await admin.setViewportSize({ width: 390, height: 844 });
  await admin.goto('/reports/planning');
  await expect(admin.getByRole('main')).toContainText('Too little is known');
  await admin.getByLabel('Time that one takes').fill('as long as it takes');
  await admin.getByLabel('People from Mon to Fri').fill('8-18 6');
  await admin.getByRole('button', { name: 'Compute' }).press('Enter');
  await expect(admin.getByLabel('Time that one takes')).toHaveAttribute('aria-invalid', 'true');
  await expect(admin.getByLabel('Time that one takes')).toHaveValue('as long as it takes');
  await admin.getByLabel('Time that one takes').fill('12 min');
  await admin.getByRole('button', { name: 'Compute' }).click();
  await expect(admin).toHaveURL(/handling=12/);
  await expect(admin.getByLabel('Time that one takes')).not.toHaveAttribute('aria-invalid', 'true');
  const sideways = await admin.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  expect(sideways).toBe(0);
});
