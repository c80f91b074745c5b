// One offers a shift, another takes it, the manager agrees; the lanes show it. By hand, wide and on a phone.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { expect, people, PASSWORD, test } from '../support/fixtures.mjs';
import { isSound } from '../support/sound.mjs';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];
const DAY = 86_400_000;
const yuki = { name: 'Yuki Tanabe', email: 'yuki.tanabe@northwind.example', roles: ['agent', 'responder'] };
const emil = { name: 'Emil Sandahl', email: 'emil.sandahl@northwind.example', roles: ['agent', 'responder'] };
const milan = { name: 'Milan Horvat', email: 'milan.horvat@northwind.example', roles: ['agent', 'responder'] };
const nadia = { name: 'Nadia Brandtner', email: 'nadia.brandtner@northwind.example', roles: ['manager'] };

/** A field of date and time in UTC, the zone of everybody here. */
const local = (days) => new Date(Date.now() + days * DAY).toISOString().slice(0, 16);

/** A day of the week, so many days from now. */
const weekday = (days) => ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'][new Date(Date.now() + days * DAY).getUTCDay()];

test.beforeAll(async ({ desk }) => {
  for (const person of [yuki, emil, milan, nadia]) await desk.api.post('/api/v1/users', { ...person, password: PASSWORD });
  const start = `${local(-3)}:00`;
  await desk.api.post('/api/v1/schedules', {
    name: 'Network',
    time_zone: 'UTC',
    swaps_need_approval: true,
    layers: [
      { name: 'First', rotation: { unit: 'week', every: 1, start_local: start, people: [yuki.email, emil.email] } },
      {
        name: 'Office',
        rotation: { unit: 'day', every: 1, start_local: start, people: [emil.email] },
        restrictions: [{ days: [weekday(3)], from: '08:00', to: '12:00' }],
      },
    ],
  });
  await desk.api.post('/api/v1/schedules', {
    name: 'Warehouse',
    time_zone: 'UTC',
    layers: [{ name: 'First', rotation: { unit: 'week', every: 1, start_local: `${local(2)}:00`, people: [emil.email] } }],
  });
  await desk.api.post('/api/v1/schedules', {
    name: 'Yard',
    time_zone: 'UTC',
    layers: [{ name: 'First', rotation: { unit: 'week', every: 1, start_local: `${local(2)}:00`, people: [milan.email] } }],
  });
  await desk.api.post('/api/v1/escalation-policies', {
    name: 'Network',
    steps: [
      { after_seconds: 0, whom: [{ schedule: 'Network' }] },
      { after_seconds: 480, whom: [{ person: nadia.email }] },
    ],
    repeats: 1,
    pages_from: 'P2',
    fallback: [{ person: people.admin.email }],
  });
});

async function violations(page) {
  await page.evaluate(AXE);
  return page.evaluate(async (tags) => {
    const { violations: found } = await window.axe.run(document, { runOnly: { type: 'tag', values: tags } });
    return found.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.target.join(' ')).join(', ')}`);
  }, TAGS);
}

test('a shift changes hands', async ({ open }) => {
  const owner = await open(yuki);
  await owner.goto('/queue');
  await owner.keyboard.press('g');
  await owner.keyboard.press('o');
  await expect(owner.getByRole('heading', { level: 1 })).toContainText('On call');
  const mine = owner.getByRole('region', { name: 'You', exact: true });
  await expect(mine).toContainText('You are on call until');
  await expect(mine).toContainText('After you: Emil Sandahl');
  await mine.getByRole('link', { name: /^Give it away: your shift/ }).first().click();
  await isSound(owner, 'offering a shift');
  await owner.getByLabel('Until').fill(local(0.5));
  await owner.getByLabel('Why?').fill('A wedding');
  await owner.getByRole('button', { name: 'Offer it' }).click();
  await expect(owner.getByText('It stays yours until somebody else has it.')).toBeVisible();

  const taker = await open(emil, { viewport: { width: 390, height: 844 } });
  await taker.goto('/on-call');
  await taker.getByRole('button', { name: 'Take it: the shift of Yuki Tanabe' }).click();
  await expect(taker.getByText('as soon as a manager agrees')).toBeVisible();
  await expect(taker.getByRole('region', { name: 'You', exact: true })).toContainText('You are not on call');

  const manager = await open(nadia);
  await manager.goto('/inbox');
  await expect(manager.getByRole('region', { name: 'Shifts' })).toContainText('Emil Sandahl would take the shift of Yuki Tanabe');
  await manager.getByRole('region', { name: 'Shifts' }).getByRole('link', { name: 'Network' }).click();
  await manager.getByRole('button', { name: 'Approve: the shift of Yuki Tanabe' }).click();
  await expect(manager.getByText('the shift has changed hands')).toBeVisible();
  const lanes = manager.getByRole('region', { name: 'Schedule lanes' });
  await expect(lanes.getByRole('row', { name: /^Stands in/ })).toContainText('Emil Sandahl');

  await taker.reload();
  const first = taker.getByRole('region', { name: 'You', exact: true });
  await expect(first).toContainText('You are on call until');
  await expect(first).toContainText('After you: Yuki Tanabe');
  // On the phone it stands in the first view, with its button.
  await expect(first.getByRole('link', { name: /^Give it away: your shift/ }).first()).toBeInViewport();
});

test('a gap is covered by whoever is free', async ({ open }) => {
  const manager = await open(nadia);
  await manager.goto('/on-call');
  await manager.getByRole('link', { name: 'Find cover for Warehouse' }).click();
  await isSound(manager, 'finding cover');
  await manager.getByRole('combobox', { name: 'Who', exact: true }).selectOption(yuki.name);
  await manager.getByRole('button', { name: 'Put on call', exact: true }).last().click();
  await expect(manager.getByText(/^Noted: whoever stands in/)).toBeVisible();
  await expect(manager.getByText('Warehouse has nobody on call')).toHaveCount(0);
});

test('a gap is taken by whoever is asked', async ({ open }) => {
  const manager = await open(nadia);
  await manager.goto('/on-call');
  await manager.getByRole('link', { name: 'Find cover for Yard' }).click();
  await manager.getByRole('button', { name: `Ask: ${milan.name}` }).click();
  await expect(manager.getByText(/^Asked: they read it/)).toBeVisible();

  const taker = await open(milan, { viewport: { width: 390, height: 844 } });
  await taker.goto('/inbox');
  const shifts = taker.getByRole('region', { name: 'Shifts' });
  await expect(shifts).toContainText('Nadia Brandtner asks you to take this shift');
  await shifts.getByRole('link', { name: 'Yard' }).click();
  await taker.getByRole('button', { name: 'Take it: the gap that Nadia Brandtner asks about' }).click();
  await expect(taker.getByText('The shift is yours.')).toBeVisible();
  await expect(taker.getByText('Yard has nobody on call')).toHaveCount(0);
});

test('what paging promised for an incident is kept', async ({ desk, open }) => {
  await desk.api.post('/api/v1/services', { name: 'Yard Network', team: 'Network', criticality: 1 });
  await desk.api.done('PATCH', '/api/v1/services/Yard%20Network', { escalation_policy: 'Network' });
  const { number } = await desk.api.report({ title: 'No gate answers', service: 'Yard Network', impact: 1, urgency: 1 });
  const manager = await open(nadia);
  await expect
    .poll(async () => {
      await manager.goto(`/on-call/ledger/${number}`);
      return manager.getByRole('region', { name: 'Promises' }).count();
    })
    .toBe(1);
  await expect(manager.getByRole('heading', { level: 1 })).toHaveText(`Ledger of ${number}`);
  await isSound(manager, 'the ledger of an incident');
  // Nobody can be reached here, so that nobody answers.
  await manager.goto('/on-call');
  await expect(manager.getByRole('region', { name: 'On call now', exact: true })).toContainText('1 page unanswered');
  const load = manager.getByRole('region', { name: 'Load', exact: true });
  await expect(load.getByRole('columnheader', { name: 'Answered in' })).toBeVisible();
});

test('it is for everybody to read, wide and on a phone', async ({ open }) => {
  const page = await open(nadia);
  for (const [width, height] of [[1440, 900], [390, 844]]) {
    for (const colorScheme of ['light', 'dark']) {
      await page.setViewportSize({ width, height });
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
      await page.goto('/on-call');
      await page.getByRole('link', { name: 'Network', exact: true }).last().click();
      await expect(page.getByRole('link', { name: 'Add override' })).toHaveCount(1);
      await page.screenshot({ path: `results/screens/on-call-${width}-${colorScheme}.png`, fullPage: width === 390 });
      expect.soft(await violations(page), `${width} ${colorScheme}`).toEqual([]);
      const beyond = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
      expect.soft(beyond, `scrolls sideways at ${width}`).toBe(0);
    }
  }
});
