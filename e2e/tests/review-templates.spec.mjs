// An administrator says how reviews are written, for majors otherwise; a review is asked the question then.
import { aDesk, expect, people, test as base } from '../support/fixtures.mjs';
import { isSound } from '../support/sound.mjs';

/** Reviews of other files are written as usual. */
const test = base.extend({ desk: aDesk() });
const QUESTION = 'Who told the carriers?';

test('a template for majors asks its question in the review of one', async ({ desk, open }) => {
  test.setTimeout(120_000);
  const admin = await open(people.admin, { expected: [/status of 4\d\d/] });
  await admin.goto('/settings/reviews');
  await admin.getByLabel('Business days until a review is due').fill('7');
  await admin.getByRole('checkbox', { name: 'What was hard' }).uncheck();
  await admin.getByRole('button', { name: 'Save' }).click();
  await expect(admin.getByText('Saved.', { exact: true })).toBeVisible();
  await expect(admin.getByRole('checkbox', { name: 'What was hard' })).not.toBeChecked();

  await admin.getByRole('link', { name: 'Add a template' }).click();
  await isSound(admin, 'a new template of reviews');
  await admin.getByLabel('Name').fill('Majors');
  await admin.getByLabel('Which incidents').selectOption('Major incidents only');
  await admin.getByLabel('Question 1', { exact: true }).fill(QUESTION);
  await admin.getByRole('button', { name: 'Save' }).click();
  await expect(admin.getByText('Saved.', { exact: true })).toBeVisible();
  await isSound(admin, 'how reviews are written');
  await admin.getByRole('rowheader').getByRole('link', { name: 'Majors', exact: true }).click();
  await expect(admin.getByLabel('Question 1', { exact: true })).toHaveValue(QUESTION);
  await isSound(admin, 'a template of reviews');

  const ines = await desk.apiOf(people.ines);
  const { number } = await desk.api.report({ title: 'No gate opens', team: 'Network', requester: people.gwen.email, impact: 1, urgency: 1 });
  await ines.command(number, 'acknowledge');
  await ines.command(number, 'declare-major', { reason: 'Trucks queue' });
  await ines.command(number, 'mitigate');
  await ines.command(number, 'resolve', { code: 'fixed', note: 'The gates open again.' });
  const page = await open(people.ines);
  await page.goto(`/incidents/${number}`);
  const there = page.getByRole('link', { name: /^Review PIR-/ });
  await there.or(page.getByRole('button', { name: 'Open a review' })).first().click();
  await expect(page).toHaveURL(/\/reviews\/PIR-\d+/);
  await expect(page.getByText(QUESTION).first()).toBeVisible();
});
