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

test('the queue begins above the waterline; what rises above it is announced and moves nothing', async ({ desk, open }) => {
  const reported = async (title, more) => (await desk.api.report({ title, team: 'Service Desk', ...more })).number;
  const calm = await reported('Crane camera is foggy', { impact: 3, urgency: 3 });
  const urgent = await reported('Crane does not stop', { impact: 1, urgency: 1 });
  const mara = await open(people.mara);
  await screens.openLive(mara, '/queue?q=' + encodeURIComponent('state:open crane'));
  const order = await screens.queueOrder(mara);
  expect(order).toEqual([urgent, calm]);
  const line = mara.getByRole('row', { name: /Waterline/ });
  await expect(line).toBeVisible();
  const above = async (number) => (await screens.queueRow(mara, number).boundingBox()).y < (await line.boundingBox()).y;
  expect([await above(urgent), await above(calm)]).toEqual([true, false]);

  await screens.queueRow(mara, calm).getByRole('link').first().focus();
  const risk = async () => (await desk.api.incident(urgent)).risk;
  const { value, parts } = await risk();
  expect(parts.reduce((sum, part) => sum + part.points, 0)).toBe(value);
  await screens.queueRow(mara, urgent).getByRole('link').first().focus();
  await mara.keyboard.press('Space');
  await expect(mara.getByRole('heading', { name: `Why it is at ${value}` })).toBeVisible();
  await expect(mara.getByText('P1 goes on:', { exact: false })).toBeVisible();

  await desk.api.command(calm, 'prioritise', { impact: 1, urgency: 2 });
  await expect(screens.queueRow(mara, calm)).toContainText('P2');
  await expect(mara.getByRole('button', { name: /1 incident rose above the waterline/ })).toBeVisible();
  expect(await screens.queueOrder(mara), 'nothing moved').toEqual(order);
  await mara.keyboard.press('.');
  await expect.poll(() => above(calm)).toBe(true);

  const strip = mara.getByRole('region', { name: /Horizon/ });
  await expect(strip.getByRole('link', { name: new RegExp(`${urgent}, P1, response due`) })).toBeVisible();
  await mara.keyboard.press('h');
  await expect(strip).toBeHidden();
  await mara.keyboard.press('h');
  await expect(strip).toBeVisible();
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

test('an empty view fills by itself', async ({ desk, open }) => {
  const mara = await open(people.mara);
  await screens.openLive(mara, '/queue?q=' + encodeURIComponent('state:open tag:hydrant'));
  await screens.mark(mara);
  await expect(mara.getByText('No incident matches')).toBeVisible();
  const { number } = await desk.api.report({ title: 'Hydrant leaks', team: 'Service Desk' });
  await desk.api.command(number, 'tag', { add: ['hydrant'] });
  await expect(screens.queueRow(mara, number)).toBeVisible();
  await screens.wasNotReloaded(mara);
  await mara.keyboard.press('j');
  await expect(screens.queueRow(mara, number).getByRole('link').first()).toBeFocused();
});

test('what somebody rests on is fetched, and true when it is opened later', async ({ desk, open }) => {
  const { number } = await desk.api.report({ title: 'Dock leveller hums', team: 'Service Desk', impact: 2, urgency: 2 });
  const mara = await open(people.mara);
  await screens.openLive(mara, '/queue?q=' + encodeURIComponent('state:open leveller'));
  const link = screens.queueRow(mara, number).getByRole('link').first();
  const browser = await mara.context().newCDPSession(mara);
  const fetched = new Promise((resolve) => browser.on('Preload.prefetchStatusUpdated', ({ status }) => status === 'Ready' && resolve()));
  await browser.send('Preload.enable');
  await link.hover();
  await fetched;
  await desk.api.command(number, 'prioritise', { impact: 1, urgency: 1 });
  await expect(screens.queueRow(mara, number)).toContainText('P1');
  await link.click();
  await expect(mara).toHaveURL(new RegExp(`/incidents/${number}`));
  expect(await mara.evaluate(() => performance.getEntriesByType('navigation')[0].deliveryType)).toBe('navigational-prefetch');
  await expect(mara.locator('main')).toContainText('P1');
});

test('on a phone the thumb bar follows the state', async ({ desk, open }) => {
  const { number } = await desk.api.report({ title: 'Baler door alarm', team: 'Service Desk' });
  const mara = await open(people.mara, { viewport: { width: 390, height: 844 } });
  await screens.openLive(mara, `/incidents/${number}`);
  const thumb = mara.getByRole('navigation', { name: 'Actions for this incident' });
  await expect(thumb.getByRole('link', { name: 'Resolve' })).toBeVisible();
  await desk.api.command(number, 'resolve', { code: 'fixed', note: 'The sensor was dirty.' });
  await expect(thumb.getByRole('link', { name: 'Reopen' })).toBeVisible();
  await expect(thumb.getByRole('link', { name: 'Resolve' })).toHaveCount(0);
});

test('who is about to reply sees that somebody else does', async ({ desk, open }) => {
  const { number } = await desk.api.report({ title: 'Pallet lift beeps', requester: people.gwen.email });
  const mara = await open(people.mara);
  await screens.openLive(mara, `/incidents/${number}`);
  const ines = await open(people.ines);
  await ines.goto(`/incidents/${number}`);
  await ines.keyboard.press('r');
  await ines.keyboard.type('I am');
  await expect(mara.locator('form.composer')).toContainText('Ines is writing a reply');
});
