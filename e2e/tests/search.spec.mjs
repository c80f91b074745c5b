// Finding: with a typing error, by facets, by the palette, beside an incident and while a call is taken.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { expect, people, test } from '../support/fixtures.mjs';
import * as screens from '../support/screens.mjs';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];
const PHONE = { width: 390, height: 844 };
/** What was committed is found within a second. */
const FOUND = { timeout: 10_000 };

let before;
let now;
test.beforeAll(async ({ desk }) => {
  const report = async (title, more = {}) =>
    (await desk.api.report({ title, requester: people.gwen.email, team: 'Service Desk', ...more })).number;
  before = await report('Handheld scanner drops off the wireless network', { service: 'Warehouse Wi-Fi' });
  await desk.api.command(before, 'resolve', { code: 'fixed', note: 'Roaming was switched on again.' });
  now = await report('Handheld scanner drops off the wireless', { service: 'Warehouse Wi-Fi' });
  await report('Scanner cradle does not charge', { service: 'Label Printing' });
});

/** Looks again until what was just said is found. */
async function search(page, words) {
  await expect(async () => {
    await page.goto(`/search?q=${encodeURIComponent(words)}`);
    await expect(page.getByRole('main').getByRole('link', { name: screens.words(now) })).toBeVisible({ timeout: 500 });
  }).toPass(FOUND);
}

async function holds(page, name) {
  await page.evaluate(AXE);
  const found = await page.evaluate(async (tags) => {
    const { violations } = await window.axe.run(document, { runOnly: { type: 'tag', values: tags } });
    return violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.target.join(' ')).join(', ')}`);
  }, TAGS);
  expect.soft(found, name).toEqual([]);
  const sideways = await page.evaluate(() => {
    const main = document.querySelector('#main');
    return Math.max(document.documentElement.scrollWidth - window.innerWidth, main.scrollWidth - main.clientWidth);
  });
  expect.soft(sideways, `${name} scrolls sideways`).toBeLessThanOrEqual(0);
}

test('somebody new finds an incident in spite of a typing error and narrows the hits', async ({ open }) => {
  const mara = await open(people.mara);
  await search(mara, 'scaner wireles');
  await expect(mara.getByRole('main').locator('mark').first()).toHaveText(/scanner|wireless/i);

  await search(mara, 'scanner');
  await expect(mara.getByRole('link', { name: /cradle/ })).toBeVisible();
  const side = mara.getByRole('navigation', { name: 'Narrow the search' });
  await side.getByRole('link', { name: /Warehouse Wi-Fi/ }).click();
  await expect(mara.getByRole('main').getByRole('link', { name: screens.words(now) })).toBeVisible();
  await expect(mara.getByRole('link', { name: /cradle/ })).toHaveCount(0);
  await mara.getByRole('link', { name: /Search without.*service/ }).click();
  await expect(mara.getByRole('link', { name: /cradle/ })).toBeVisible();
  await holds(mara, 'search');
});

test('on a telephone the conditions are above the hits', async ({ open }) => {
  const mara = await open(people.mara, { viewport: PHONE });
  await search(mara, 'scanner');
  await mara.getByText('Narrow the search', { exact: true }).click();
  await mara.getByRole('link', { name: /^Incidents/ }).click();
  await expect(mara).toHaveURL(/kind=incidents/);
  await holds(mara, 'search on a telephone');
  await mara.goto('/search?q=unheard-of+wombat');
  await expect(mara.getByRole('heading', { name: 'Nothing found' })).toBeVisible();
  await holds(mara, 'nothing found on a telephone');
});

test('the palette finds by keyboard, misspelled too', async ({ open }) => {
  const mara = await open(people.mara);
  await search(mara, 'wireless');
  await mara.goto('/queue');
  await mara.keyboard.press('Control+k');
  await mara.keyboard.type('handeld wireless');
  const hit = mara.getByRole('option', { name: screens.words(now) });
  await expect(hit).toBeVisible();
  await expect(hit.locator('mark').first()).toBeVisible();
  for (let press = 0; press < 12 && (await hit.getAttribute('aria-selected')) !== 'true'; press += 1) await mara.keyboard.press('ArrowDown');
  await mara.keyboard.press('Enter');
  await expect(mara).toHaveURL(new RegExp(`/incidents/${now}$`));
});

test('beside an incident stands how the last one ended, and it learns what helped', async ({ open }) => {
  const mara = await open(people.mara);
  await search(mara, 'wireless');
  await mara.goto(`/incidents/${now}`);
  const similar = mara.getByRole('region', { name: 'Similar incidents' });
  await expect(similar.getByRole('link', { name: screens.words(before) })).toBeVisible();
  await expect(similar).toContainText('Roaming was switched on again.');
  const helped = similar.getByRole('button', { name: `Helped: ${before}` });
  await helped.click();
  await expect(similar).toContainText('It helped before.');
  await similar.getByRole('button', { name: `Not alike: ${before}` }).click();
  await expect(similar.getByRole('link', { name: screens.words(before) })).toHaveCount(0);
  await mara.getByRole('button', { name: /^Undo/ }).last().click();
  await expect(similar.getByRole('link', { name: screens.words(before) })).toBeVisible();
  await holds(mara, 'similar incidents');
});

test('a known error that does not fit is not offered again beside that incident', async ({ desk, open }) => {
  const { number: known } = await desk.api.post('/api/v1/problems', {
    title: 'Projector is dark',
    cause: 'The lamp is worn.',
    workaround: 'Turn it off and on.',
    state: 'known_error',
  });
  const dark = (await desk.api.report({ title: 'Projector is dark in room 4', team: 'Service Desk' })).number;
  const mara = await open(people.mara);
  const similar = mara.getByRole('region', { name: 'Similar incidents' });
  const not = similar.getByRole('button', { name: `Not this: ${known}` });
  await expect(async () => {
    await mara.goto(`/incidents/${dark}`);
    await expect(not).toBeVisible({ timeout: 500 });
  }).toPass(FOUND);
  await expect(similar.getByRole('link', { name: 'Apply workaround' })).toBeVisible();
  await not.click();
  await expect(similar.getByRole('link', { name: screens.words(known) })).toHaveCount(0);
  await mara.reload();
  await expect(similar.getByRole('link', { name: 'Show what is alike' })).toHaveCount(0);
  await expect(similar.getByRole('link', { name: screens.words(known) })).toHaveCount(0);

  // Without scripts, and taken back.
  const plain = await open(people.mara, { javaScriptEnabled: false, viewport: PHONE });
  await plain.goto(`/incidents/${dark}/similar?dropped=${known}`);
  await plain.getByRole('button', { name: 'Undo' }).click();
  await plain.getByRole('button', { name: `Not this: ${known}` }).click();
  await expect(plain.getByText(`${known} is not shown here any more.`)).toBeVisible();
  await expect(plain.getByRole('button', { name: `Not this: ${known}` })).toHaveCount(0);
});

test('without scripts a link leads to what is alike, and the forms work', async ({ open }) => {
  const plain = await open(people.ines, { javaScriptEnabled: false, viewport: PHONE });
  await expect(async () => {
    await plain.goto(`/incidents/${now}/similar`);
    await expect(plain.getByRole('link', { name: screens.words(before) })).toBeVisible({ timeout: 500 });
  }).toPass(FOUND);
  await expect(plain.getByRole('heading', { level: 1 })).toHaveText('Similar incidents');
  await plain.getByRole('button', { name: `Helped: ${before}` }).click();
  await expect(plain.getByText(`Counted: ${before} helped.`)).toBeVisible();
  await plain.getByRole('button', { name: 'Undo' }).click();
  await expect(plain.getByText('Counted:')).toHaveCount(0);
});

test('a call about what is open already becomes one more report of it', async ({ desk, open }) => {
  const mara = await open(people.mara);
  await search(mara, 'wireless');
  await mara.goto('/incidents/new');
  const caller = mara.getByLabel('Caller', { exact: true }).first();
  await caller.fill('peter');
  await mara.getByRole('option', { name: /Peter Nowak/ }).click();
  const title = mara.getByLabel('Title', { exact: true });
  await title.fill('Handheld scanner drops off wireless');
  const same = mara.getByRole('radio', { name: screens.words(now) });
  await expect(same).toBeVisible();
  // Nobody is taken away from where they write.
  await expect(title).toBeFocused();
  await same.check();
  await mara.getByRole('button', { name: /^Create incident/ }).click();
  await expect(mara.getByRole('heading', { level: 1 })).toContainText('Handheld scanner drops off wireless');
  const child = /INC-\d+/.exec(mara.url())[0];
  expect((await desk.api.incident(child)).parent).toBe(now);
});

test('what is confidential to a team is offered to nobody else', async ({ desk, open }) => {
  const network = await desk.apiOf(people.ines);
  const { number } = await network.report({ title: 'Wireless key was copied', team: 'Network' });
  await network.command(number, 'restrict', { team: 'Network' });
  const ines = await open(people.ines);
  await expect(async () => {
    await ines.goto('/search?q=copied');
    await expect(ines.getByRole('main').getByRole('link', { name: screens.words(number) })).toBeVisible({ timeout: 500 });
  }).toPass(FOUND);
  const mara = await open(people.mara);
  for (const path of ['/search?q=copied', '/search?q=wireless+key', `/incidents/${now}`, `/incidents/${now}/similar`, '/incidents/new?title=wireless+key+copied']) {
    await mara.goto(path);
    await expect(mara.getByText('Wireless key was copied'), path).toHaveCount(0);
  }
});
