// Working together: words that come again, steps that are ticked for all, and what a link leads to.
import { expect, people, test } from '../support/fixtures.mjs';
import { isSound, violations } from '../support/sound.mjs';

const report = (desk, title) => desk.api.report({ title, requester: people.gwen.email, team: 'Service Desk', service: 'Label Printing' });

test('a macro is made, taken by its key, edited, and sent with what follows', async ({ desk, open }) => {
  const { number } = await report(desk, 'Macro: labels come out blank');
  const mara = await open(people.mara);
  await mara.goto('/settings/macros/new');
  await mara.getByLabel('Name', { exact: true }).fill('Ask for the belt');
  await mara.getByLabel('Words', { exact: true }).fill('Dear {requester.first_name}, which belt is it?');
  await mara.getByLabel('Tags').fill('asked');
  await mara.getByLabel('Put on hold').selectOption('requester');
  await mara.getByRole('button', { name: 'Make the macro' }).click();
  await expect(mara.getByText('Saved.')).toBeVisible();
  await isSound(mara, 'macros');

  await mara.goto(`/incidents/${number}`);
  const text = mara.locator('#txt');
  await text.click();
  await text.pressSequentially('/belt');
  await expect(mara.getByRole('option', { name: /Ask for the belt/ })).toBeVisible();
  await text.press('Enter');
  await expect(text).toHaveValue('Dear Gwen, which belt is it?');
  const follows = mara.locator('#c-macro');
  await expect(follows.getByLabel('Tag asked')).toBeChecked();
  await isSound(mara, 'a macro in the composer');
  await follows.getByLabel(/Put on hold/).uncheck();
  await text.press('End');
  await text.pressSequentially(' Thank you.');
  await mara.getByRole('button', { name: /Send to Gwen/ }).click();
  const sent = async () => (await desk.api.get(`/api/v1/incidents/${number}`)).tags;
  await expect.poll(sent, { timeout: 30_000 }).toContain('asked');
  await expect(mara.locator('#tl')).toContainText('which belt is it? Thank you.');
  expect((await desk.api.get(`/api/v1/incidents/${number}`)).state).not.toBe('on_hold');
});

test('steps of a runbook are ticked for everybody who looks', async ({ desk, open }) => {
  const model = await desk.api.post('/api/v1/models', {
    name: 'Belt runbook', runbook: '1. Stop the belt\n2. Clean the head\n3. Start the belt',
  });
  const { number } = await report(desk, 'Runbook: belt stands');
  await desk.api.command(number, 'apply-model', { model: model.id });
  const mara = await open(people.mara);
  const ines = await open(people.ines);
  for (const page of [mara, ines]) await page.goto(`/incidents/${number}`);
  const book = (page) => page.locator('#runbooks');
  await expect(book(mara)).toContainText('0 of 3');
  await book(mara).getByLabel('Stop the belt').check();
  await expect(book(mara)).toContainText('1 of 3');
  await expect(book(ines)).toContainText('1 of 3');
  await expect(book(ines)).toContainText('Mara, ');
  await expect(book(ines)).toContainText('Next: Clean the head');
  await isSound(ines, 'steps of a runbook');
  await book(ines).getByLabel('Stop the belt').uncheck();
  await expect(book(mara)).toContainText('0 of 3');
});

test('a link tells what it leads to, by mouse and by keyboard', async ({ desk, open }) => {
  const one = await report(desk, 'Card: gate is stuck');
  const two = await report(desk, 'Card: gate squeaks');
  await desk.api.command(one.number, 'link', { kind: 'related', target: two.number });
  const mara = await open(people.mara);
  await mara.goto(`/incidents/${one.number}`);
  const link = mara.locator('#links').getByRole('link', { name: /gate squeaks/ });
  await link.hover();
  const card = mara.locator('#card');
  await expect(card).toContainText('Card: gate squeaks');
  expect.soft(await violations(mara), 'a card').toEqual([]);
  await mara.keyboard.press('Escape');
  await expect(card).toHaveCount(0);
});
