// What an agent's day leans on: drafts, the palette, undo.
import { expect, people, test } from '../support/fixtures.mjs';
import * as screens from '../support/screens.mjs';

test('a draft survives a reload', async ({ desk, open }) => {
  const { number } = await desk.api.report({ title: 'Gate printer offline' });
  const mara = await open(people.mara);
  await mara.goto(`/incidents/${number}`);
  await mara.keyboard.press('n');
  const text = mara.locator('form.composer textarea');
  await expect(text).toBeFocused();
  const saved = mara.waitForResponse((answer) => answer.url().includes('/drafts/note') && answer.ok());
  await mara.keyboard.type('Toner was changed on Friday, ask Ruben.');
  await saved;

  await mara.reload();
  await mara.keyboard.press('n');
  await expect(text).toHaveValue('Toner was changed on Friday, ask Ruben.');
});

test('the palette goes to an incident by its number', async ({ desk, open }) => {
  const { number } = await desk.api.report({ title: 'Cold store door alarm' });
  const mara = await open(people.mara);
  await mara.goto('/queue');
  await mara.keyboard.press('Control+k');
  const input = mara.getByRole('dialog').getByRole('combobox');
  await expect(input).toBeFocused();
  await mara.keyboard.type(number);
  await expect(mara.getByRole('option', { name: screens.words(number) }).first()).toBeVisible();
  await mara.keyboard.press('Enter');
  await expect(mara).toHaveURL(new RegExp(`/incidents/${number}$`));
  await expect(mara.getByRole('heading', { level: 1 })).toHaveText(/Cold store door alarm/);
});

test('taking an incident can be undone by a key', async ({ desk, open }) => {
  const { number } = await desk.api.report({ title: 'Pallet wrapper counts twice', team: 'Service Desk' });
  const mara = await open(people.mara);
  await mara.goto(`/incidents/${number}`);
  await mara.keyboard.press('i');
  await expect(screens.property(mara, 'Assignee')).toHaveText(/Mara Lindqvist/);
  await expect(mara.getByRole('button', { name: /Undo/ }).first()).toBeVisible();
  await mara.keyboard.press('z');
  await expect(screens.property(mara, 'Assignee')).not.toHaveText(/Mara Lindqvist/);
  expect((await desk.api.incident(number)).assignee).toBeNull();
});

test('selected incidents are taken together', async ({ desk, open }) => {
  const numbers = [];
  for (const title of ['Trolley wheel one', 'Trolley wheel two']) {
    numbers.push((await desk.api.report({ title, team: 'Service Desk' })).number);
  }
  const mara = await open(people.mara);
  await mara.goto('/queue?q=' + encodeURIComponent('state:open trolley'));
  for (const number of numbers) await screens.queueRow(mara, number).getByRole('checkbox').check();
  await expect(mara.getByRole('toolbar')).toContainText('2 selected');
  await mara.keyboard.press('i');
  for (const number of numbers) {
    await expect.poll(async () => (await desk.api.incident(number)).assignee).toBeTruthy();
  }
});

test('an agent logs a call on behalf of a caller', async ({ open }) => {
  const mara = await open(people.mara);
  await mara.goto('/queue');
  await mara.keyboard.press('c');
  await expect(mara.getByRole('heading', { level: 1 })).toHaveText(/New incident/);
  await mara.getByLabel(/Title|What is not working/).first().fill('Headset has no sound');
  const caller = mara.getByLabel(/Caller|Requester/).first();
  await caller.fill('Peter');
  await mara.getByRole('option', { name: /Peter Nowak/ }).click();
  await mara.getByRole('main').getByRole('button', { name: /^(Create|Log|Report)/ }).click();
  await mara.waitForURL(/\/incidents\/INC-\d+/);
  await expect(mara.getByText('Peter Nowak').first()).toBeVisible();
});

test('words of people are shown as text', async ({ desk, open }) => {
  const { number } = await desk.api.report({
    title: '<img src=x onerror=alert(1)> in the title',
    description: '<script>alert(2)</script> & "quotes"',
  });
  const mara = await open(people.mara);
  const dialogs = [];
  mara.on('dialog', (dialog) => {
    dialogs.push(dialog.message());
    return dialog.dismiss();
  });
  await mara.goto(`/incidents/${number}`);
  await expect(mara.getByRole('heading', { level: 1 })).toContainText('<img src=x onerror=alert(1)>');
  await expect(mara.getByText('<script>alert(2)</script>').first()).toBeVisible();
  expect(dialogs).toEqual([]);
});
