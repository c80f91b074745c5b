// An administrator says what must be known before an incident is resolved; whoever resolves one is asked for it there.
import { aDesk, expect, people, test as base } from '../support/fixtures.mjs';
import { property } from '../support/screens.mjs';
import { isSound } from '../support/sound.mjs';

/** Other files resolve incidents, too. */
const test = base.extend({ desk: aDesk() });

test('category, cause and knowledge are asked where an incident is resolved', async ({ desk, open }) => {
  await desk.api.post('/api/v1/categories', { name: 'Printers' });
  const { number } = await desk.api.report({ title: 'Labels come out blank', requester: people.gwen.email, team: 'Service Desk' });
  const { number: problem } = await desk.api.post('/api/v1/problems', { title: 'Print heads wear out' });
  const admin = await open(people.admin);
  await admin.goto('/settings/resolution-codes');
  const needed = admin.getByRole('region', { name: 'What must be known before an incident is resolved' });
  for (const words of [/^Its category/, /^Its cause/, /^The problem, known error or article/]) {
    await needed.getByRole('checkbox', { name: words }).check();
  }
  await needed.getByRole('button', { name: 'Save' }).click();
  await expect(admin.getByText('Saved.', { exact: true })).toBeVisible();
  await expect(needed.getByRole('checkbox', { name: /^Its cause/ })).toBeChecked();
  await isSound(admin, 'what must be known');

  const mara = await open(people.mara, { expected: [/status of 422/] });
  await mara.goto(`/incidents/${number}`);
  await mara.keyboard.press('e');
  const dialog = mara.getByRole('dialog', { name: /Resolve/ });
  await dialog.getByLabel(/What was done/).fill('The head was cleaned.');
  await isSound(mara, 'resolving with what must be known');
  await dialog.getByRole('button', { name: /Resolve/ }).click();
  await expect(dialog.getByLabel('Cause', { exact: true })).toHaveAttribute('aria-invalid', 'true');
  await expect(dialog.getByLabel(/What was done/)).toHaveValue('The head was cleaned.');
  await isSound(mara, 'what is missing');
  await dialog.getByLabel('Category', { exact: true }).selectOption({ label: 'Printers' });
  await dialog.getByLabel('Cause', { exact: true }).fill('Nobody cleaned it for a year.');
  await dialog.getByLabel('Known error whose workaround was used').fill(problem);
  await dialog.getByRole('button', { name: /Resolve/ }).click();
  await expect(dialog).toBeHidden();
  await expect(property(mara, 'Category')).toContainText('Printers');
  expect((await desk.api.incident(number)).state).toMatch(/resolved/);
});
