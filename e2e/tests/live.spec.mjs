// Changes by others appear where they are, and move nothing that is being read.
import { expect, people, test } from '../support/fixtures.mjs';
import * as screens from '../support/screens.mjs';

test('a change shows in its queue row in place; a new incident is counted, not inserted', async ({ desk, open }) => {
  const numbers = [];
  for (const title of ['Forklift tablet frozen', 'Forklift charger hums', 'Forklift seat sensor']) {
    numbers.push((await desk.api.report({ title, team: 'Service Desk', impact: 2, urgency: 2 })).number);
  }
  const mara = await open(people.mara);
  await screens.openLive(mara, '/queue?q=' + encodeURIComponent('state:open forklift'));
  await screens.mark(mara);
  const order = await screens.queueOrder(mara);
  expect([...order].sort()).toEqual([...numbers].sort());
  const last = order.at(-1);
  await screens.queueRow(mara, order[0]).getByRole('link').first().focus();

  await desk.api.command(last, 'prioritise', { impact: 1, urgency: 1 });
  await expect(screens.queueRow(mara, last)).toContainText('P1');
  expect(await screens.queueOrder(mara), 'nothing moved').toEqual(order);

  const { number } = await desk.api.report({ title: 'Forklift horn is silent', team: 'Service Desk' });
  const bar = mara.getByRole('button', { name: /1 new incident/ });
  await expect(bar).toBeVisible();
  await expect(screens.queueRow(mara, number)).toHaveCount(0);
  await mara.keyboard.press('.');
  await expect(screens.queueRow(mara, number)).toBeVisible();
  await expect(bar).toBeHidden();
  await screens.wasNotReloaded(mara);
});

test('a note below the reader is announced by a pill and shifts nothing', async ({ desk, open }) => {
  const { number } = await desk.api.report({ title: 'Conveyor 7 stops', description: 'Every ten minutes.' });
  const ines = await desk.apiOf(people.ines);
  for (let n = 1; n <= 25; n += 1) {
    await ines.command(number, 'comment', { body: `Look ${n}: the belt was even.\n\nMotor warm.`, visibility: 'internal' });
  }
  const mara = await open(people.mara);
  await screens.openLive(mara, `/incidents/${number}`);
  const first = screens.entry(mara, 'Look 1: the belt was even.');
  await first.scrollIntoViewIfNeeded();
  await mara.getByRole('main').evaluate((main) => main.scrollTo(0, 0));
  const before = await first.boundingBox();

  await ines.command(number, 'comment', { body: 'The drum bearing is gone.', visibility: 'internal' });
  const pill = mara.getByRole('link', { name: /1 new note/ });
  await expect(pill).toBeVisible();
  expect((await first.boundingBox()).y).toBe(before.y);
  await pill.click();
  await expect(screens.entry(mara, 'The drum bearing is gone.')).toBeInViewport();
});

test('who is looking is shown to the others', async ({ desk, open }) => {
  const { number } = await desk.api.report({ title: 'Scale at dock 2 drifts' });
  const mara = await open(people.mara);
  await screens.openLive(mara, `/incidents/${number}`);
  const ines = await open(people.ines);
  await ines.goto(`/incidents/${number}`);
  await expect(mara.locator('#presence')).toContainText('Ines');
});
