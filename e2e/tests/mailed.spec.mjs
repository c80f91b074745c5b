// A manager has a report mailed each week, changes when, and stops it: from the report, with its days, lines and
// incidents, and without scripts as well.
import { expect, people, PASSWORD, test } from '../support/fixtures.mjs';
import { isSound } from '../support/sound.mjs';

const leila = { name: 'Leila Haddad', email: 'leila.haddad@northwind.example', roles: ['manager'] };

test.beforeAll(async ({ desk }) => {
  await desk.api.post('/api/v1/users', { ...leila, password: PASSWORD });
});

test('a report is mailed each week, then each month, then no more', async ({ desk, open }) => {
  const boss = await open(leila);
  await boss.goto('/reports/mailed');
  await expect(boss.getByText('No mailed reports')).toBeVisible();
  await isSound(boss, 'no mailed reports');
  await boss.goto('/reports/times?q=service%3A"Label+Printing"&by=team');
  await boss.getByRole('link', { name: 'Mail this report' }).click();
  await expect(boss.getByRole('heading', { level: 1 })).toHaveText('Mail this report');
  await expect(boss.getByLabel('Which incidents')).toHaveValue('service:"Label Printing"');
  await expect(boss.getByLabel('Lines')).toHaveValue('team');
  await isSound(boss, 'the form of a mailed report');
  await boss.getByLabel('Day of the week').selectOption('Friday');
  await boss.getByLabel('Hour').selectOption('16:00');
  await expect(boss.getByLabel('Day of the month')).toBeHidden();
  const readers = boss.getByRole('group', { name: 'Who gets it' });
  await expect(readers.getByLabel(leila.name)).toBeChecked();
  await readers.getByLabel(people.admin.name).check();
  await boss.getByRole('button', { name: 'Save', exact: true }).click();

  const row = boss.getByRole('table').getByRole('row').nth(1);
  await expect(row).toContainText('Weekly on Friday at 16:00');
  await expect(row).toContainText(people.admin.name);
  await isSound(boss, 'the list of mailed reports');
  await row.getByRole('link', { name: 'Times' }).click();
  await boss.getByLabel('How often').selectOption('Each month');
  await boss.getByLabel('Day of the month').selectOption('31');
  await isSound(boss, 'a mailed report');
  await boss.getByRole('button', { name: 'Save', exact: true }).click();
  await expect(row).toContainText('Monthly on day 31, or the last, at 16:00');
  expect((await desk.api.get('/api/v1/mailed-reports')).items).toHaveLength(1);
  await boss.getByRole('button', { name: /^Stop mailing Times/ }).click();
  await expect(boss.getByText('No mailed reports')).toBeVisible();
});

test('nobody gets it: the form says so at its field, without scripts as well', async ({ open }) => {
  const boss = await open(leila, { javaScriptEnabled: false, expected: [/status of 422/] });
  await boss.goto('/reports/compliance');
  await boss.getByRole('link', { name: 'Mail this report' }).click();
  await boss.getByRole('group', { name: 'Who gets it' }).getByLabel(leila.name).uncheck();
  await boss.getByRole('button', { name: 'Save', exact: true }).click();
  await expect(boss.getByText(/thing to fix/)).toBeVisible();
  await expect(boss.getByText(/must be 1 to 50 people/i).last()).toBeVisible();
  const readers = boss.getByRole('group', { name: 'Who gets it' });
  await expect(readers).toHaveAccessibleDescription(/must be 1 to 50 people/i);
  await expect(readers.getByLabel(leila.name)).toHaveAttribute('aria-invalid', 'true');
  await boss.getByRole('link', { name: /must be 1 to 50 people/i }).click();
  await expect(readers).toBeFocused();
});

test('whoever manages nothing mails nothing', async ({ open }) => {
  const mara = await open(people.mara, { expected: [/403/] });
  await mara.goto('/reports/times');
  await expect(mara.getByRole('link', { name: 'Mail this report' })).toHaveCount(0);
  expect((await mara.goto('/reports/mailed/new?report=times')).status()).toBe(403);
});
