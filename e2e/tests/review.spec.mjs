// A major incident is reviewed from draft to published: what it says by itself, what people write, two actions of which
// one is done, and the document on paper.
import { expect, people, test } from '../support/fixtures.mjs';
import { isSound } from '../support/sound.mjs';

const TITLE = 'Controller of the cold store is gone';

/** A major incident that is over; its number. */
async function major(desk) {
  const { number } = await desk.api.report({
    title: TITLE,
    requester: people.gwen.email,
    team: 'Network',
    service: 'Warehouse Wi-Fi',
    impact: 1,
    urgency: 1,
  });
  const ines = await desk.apiOf(people.ines);
  await ines.command(number, 'acknowledge');
  await ines.command(number, 'declare-major', { reason: 'The halls stand still' });
  await ines.command(number, 'comment', { body: 'The controller has no power.', visibility: 'internal' });
  await ines.command(number, 'mitigate');
  await ines.command(number, 'resolve', { code: 'fixed', note: 'The second controller serves the cold store.' });
  return number;
}

/** Adds an action by the form below the actions. */
async function addAction(page, { words, factor, owner, due }) {
  await page.getByText('Add an action', { exact: true }).click();
  await page.getByLabel('What is to be done').fill(words);
  await page.getByLabel('Which factor it takes away').selectOption({ index: factor });
  await page.getByLabel('Who does it').selectOption({ label: owner });
  await page.getByLabel('By when').fill(due);
  await page.getByRole('button', { name: 'Add the action' }).click();
  await expect(page.getByRole('rowheader', { name: words })).toBeVisible();
}

test('a major incident is reviewed from draft to published, with two actions of which one is done', async ({ desk, open }) => {
  test.setTimeout(180_000);
  const number = await major(desk);
  const ines = await open(people.ines);

  // Majors get a review by themselves; whoever is faster opens it.
  await ines.goto(`/incidents/${number}`);
  const there = ines.getByRole('link', { name: /^Review PIR-/ });
  await there.or(ines.getByRole('button', { name: 'Open a review' })).first().click();
  await expect(ines).toHaveURL(/\/reviews\/PIR-\d+/);
  const review = new URL(ines.url()).pathname;
  await expect(ines.getByRole('heading', { level: 1 })).toHaveText(TITLE);
  await expect(ines.locator('#sum')).toContainText('was disturbed');
  await expect(ines.locator('#time')).toContainText('The controller has no power.');
  await isSound(ines, 'a draft');

  // Part by part.
  await ines.getByRole('link', { name: 'Edit Summary' }).click();
  await isSound(ines, 'the form of a part');
  await ines.getByRole('textbox', { name: 'Summary' }).fill('The controller of the cold store lost its power. The second one took over.');
  await ines.getByRole('button', { name: 'Save', exact: true }).click();
  await expect(ines.locator('#sum')).toContainText('lost its power');
  await ines.getByRole('link', { name: 'Edit Contributing factors' }).click();
  await ines.getByLabel('Factor 1', { exact: true }).fill('Both supplies hang on one fuse.');
  await ines.getByLabel('Factor 2', { exact: true }).fill('Nothing told that the first one was gone.');
  await ines.getByRole('button', { name: 'Save', exact: true }).click();
  await expect(ines.locator('#fac').getByRole('listitem')).toHaveCount(2);
  await ines.getByRole('link', { name: 'Edit Timeline' }).click();
  await isSound(ines, 'the record to pick from');
  await ines.getByRole('textbox', { name: /The controller has no power/ }).fill('12 minutes');
  await ines.getByRole('checkbox', { name: /The controller has no power/ }).check();
  await ines.getByRole('button', { name: 'Save', exact: true }).click();
  await expect(ines.locator('#time mark')).toHaveText('12 minutes');
  await ines.getByRole('link', { name: 'Owner and due date' }).click();
  await ines.getByLabel('Who writes it').selectOption({ label: 'Ines Carvalhal' });
  await ines.getByRole('button', { name: 'Save', exact: true }).click();

  await addAction(ines, { words: 'Put the supplies on two fuses', factor: 1, owner: 'Ines Carvalhal', due: '2099-12-18' });
  await addAction(ines, { words: 'Alert when one supply is gone', factor: 2, owner: 'Mara Lindqvist', due: '2099-12-20' });
  await isSound(ines, 'a review with actions');

  // Somebody else reads it; its owner publishes it.
  await ines.getByRole('button', { name: 'Send to review' }).click();
  await expect(ines.locator('.chips')).toContainText('In review');
  const mara = await open(people.mara);
  await mara.goto('/queue');
  await mara.keyboard.press('g');
  await mara.keyboard.press('r');
  await expect(mara.getByRole('heading', { level: 1 })).toHaveText('Reviews');
  await isSound(mara, 'the list of reviews');
  await mara.getByRole('link', { name: new RegExp(TITLE) }).click();
  await expect(mara.locator('#fac')).toContainText('one fuse');
  await ines.getByRole('button', { name: 'Publish' }).click();
  await expect(ines.locator('.chips')).toContainText('Published');

  // What is somebody's own stays on their list until it is done.
  await mara.goto('/inbox');
  await expect(mara.getByRole('region', { name: 'After incidents' })).toContainText('Alert when one supply is gone');
  await mara.goto('/reviews/actions?show=mine');
  await isSound(mara, 'the list of actions');
  await mara.getByRole('link', { name: /Alert when one supply is gone/ }).first().click();
  await expect(mara).toHaveURL(/\/reviews\/actions\/.+/);
  await isSound(mara, 'an action');
  await mara.goto('/reviews/actions?show=mine');
  await mara.getByRole('button', { name: 'Done: Alert when one supply is gone' }).click();
  await expect(mara).toHaveURL(/done=saved/);
  await mara.goto(review);
  await expect(mara.locator('#act')).toContainText('1 of 2 done');
  await mara.goto('/reviews/actions?show=mine');
  await expect(mara.getByText('Alert when one supply is gone')).toHaveCount(0);
});

test('on paper a review is the document alone', async ({ desk, open }) => {
  const number = await major(desk);
  const ines = await open(people.ines);
  await ines.goto(`/incidents/${number}`);
  const there = ines.getByRole('link', { name: /^Review PIR-/ });
  await there.or(ines.getByRole('button', { name: 'Open a review' })).first().click();
  await expect(ines).toHaveURL(/\/reviews\/PIR-\d+/);
  await ines.emulateMedia({ media: 'print' });
  await expect(ines.getByRole('navigation', { name: 'Main' })).toBeHidden();
  await expect(ines.locator('.topbar')).toBeHidden();
  await expect(ines.getByRole('link', { name: 'Edit Summary' })).toBeHidden();
  await expect(ines.getByRole('heading', { level: 1 })).toHaveText(TITLE);
  await ines.emulateMedia({ media: 'screen' });
  await ines.getByRole('link', { name: 'For paper' }).click();
  await expect(ines.getByRole('heading', { level: 1 })).toHaveText(TITLE);
  await expect(ines.getByRole('navigation')).toHaveCount(0);
  await expect(ines.locator('button, form')).toHaveCount(0);
  await isSound(ines, 'the document on paper');
});
