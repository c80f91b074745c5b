// Every screen, wide and on a phone, light and dark: axe (WCAG 2.2 AA) finds nothing
// and the page does not scroll sideways. The screenshots are for looking at.
import { expect, people, test } from '../support/fixtures.mjs';
import { isSound, sidewaysScroll, violations } from '../support/sound.mjs';

const VIEWS = [1440, 390].flatMap((width) => ['light', 'dark'].map((theme) => ({ width, theme })));
const NARROWEST = 320;
const HEIGHTS = { 1440: 900, 390: 844, 320: 640 };

async function look(page, name, prepare = async () => {}) {
  for (const { width, theme } of VIEWS) {
    await test.step(`${name} ${width} ${theme}`, async () => {
      await page.setViewportSize({ width, height: HEIGHTS[width] });
      await page.emulateMedia({ colorScheme: theme, reducedMotion: 'reduce' });
      await page.reload();
      await prepare(page);
      await page.screenshot({ path: `results/screens/${name}-${width}-${theme}.png`, fullPage: width === 390 });
      expect.soft(await violations(page), `${name} at ${width} px, ${theme}`).toEqual([]);
      if (width === 390) expect.soft(await sidewaysScroll(page), `${name} scrolls sideways at ${width} px`).toBe(0);
    });
  }
  await page.setViewportSize({ width: NARROWEST, height: HEIGHTS[NARROWEST] });
  expect.soft(await sidewaysScroll(page), `${name} scrolls sideways at ${NARROWEST} px`).toBe(0);
}

let number;
let major;
test.beforeAll(async ({ desk }) => {
  const mara = await desk.apiOf(people.mara);
  const gwen = await desk.apiOf(people.gwen);
  const make = async (fields) => (await desk.api.report({ requester: people.gwen.email, team: 'Service Desk', ...fields })).number;

  await desk.api.post('/api/v1/models', {
    name: 'Scanners lose the network',
    about: 'Several scanners at one site',
    portal: true,
    title: 'Scanners lose the network',
    description: 'Which aisles?\nSince when?',
    service: 'Warehouse Wi-Fi',
    tasks: ['Compare the controller with the backup', 'Change one access point first'],
    runbook: 'Look at the controller first.\n\n```\nwlan show roaming\n```',
  });
  number = await make({
    title: 'Handheld scanners drop off Wi-Fi at the distribution centre',
    description: 'Since the early shift the handhelds lose their connection.\n\nMostly in aisles 20 to 34.',
    service: 'Warehouse Wi-Fi',
    impact: 1,
    urgency: 2,
  });
  await mara.command(number, 'acknowledge');
  await mara.command(number, 'apply-model', { model: 'Scanners lose the network' });
  await mara.command(number, 'comment', { body: 'Thank you, we are looking at it.', visibility: 'public' });
  await mara.command(number, 'comment', { body: 'Same as last month: roaming.', visibility: 'internal' });
  await gwen.command(number, 'comment', { body: 'Only the yellow ones.', visibility: 'public' });
  await make({ title: 'Label printer prints blank labels', service: 'Label Printing', impact: 1, urgency: 1 });
  major = await make({ title: 'No scanner reaches the network', service: 'Warehouse Wi-Fi', impact: 1, urgency: 1 });
  await mara.command(major, 'acknowledge');
  await mara.command(major, 'declare-major', { reason: 'All warehouses stand still' });
  const proposed = await make({ title: 'Weighbridge prints nothing', impact: 2, urgency: 1 });
  await mara.command(proposed, 'propose-major', { reason: 'Trucks queue' });
  await mara.command(major, 'publish-update', {
    phase: 'identified',
    body: 'A controller failed. The second one takes over.',
    next_update: new Date(Date.now() + 1_500_000).toISOString(),
  });
  const held = await make({ title: 'Docking station has no picture' });
  await mara.command(held, 'hold', { reason: 'vendor' });
  const resolved = await make({ title: 'Time recording asks twice' });
  await mara.command(resolved, 'resolve', { code: 'fixed', note: 'The certificate was renewed.' });
});

test('sign-in', async ({ open }) => {
  const page = await open();
  await page.goto('/');
  await look(page, 'sign-in');
});

test('queue', async ({ open }) => {
  const page = await open(people.mara);
  await page.goto('/queue');
  await look(page, 'queue');
});

test('incident', async ({ open }) => {
  const page = await open(people.mara);
  await page.goto(`/incidents/${number}`);
  await look(page, 'incident');
});

test('major incidents and a room', async ({ open }) => {
  const page = await open(people.mara);
  await page.goto('/majors');
  await expect(page.getByRole('heading', { name: 'Waiting for a decision' })).toBeVisible();
  await look(page, 'majors');
  await page.setViewportSize({ width: 1440, height: 900 });
  await page.goto(`/incidents/${major}/major`);
  await look(page, 'major-room');
});

test('resolve dialog', async ({ open }) => {
  const page = await open(people.mara);
  await page.goto(`/incidents/${number}`);
  await look(page, 'resolve', async () => {
    await page.keyboard.press('e');
    await expect(page.getByRole('dialog', { name: /Resolve/ })).toBeVisible();
  });
});

test('new incident', async ({ open }) => {
  const page = await open(people.mara);
  await page.goto('/queue');
  await page.getByRole('link', { name: 'New incident' }).first().click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(/New incident/);
  await look(page, 'new-incident');
});

test('palette', async ({ open }) => {
  const page = await open(people.mara);
  await page.goto('/queue');
  await look(page, 'palette', async () => {
    await page.keyboard.press('Control+k');
    await expect(page.getByRole('dialog').getByRole('combobox')).toBeFocused();
    await page.keyboard.type('inc');
    await expect(page.getByRole('option').first()).toBeVisible();
  });
});

test('search, and what is like an incident', async ({ open }) => {
  const page = await open(people.mara);
  await page.goto('/search?q=state%3Aopen+inc');
  await look(page, 'search');
  await page.setViewportSize({ width: 1440, height: 900 });
  await page.goto(`/incidents/${number}/similar`);
  await look(page, 'similar');
});

test('portal', async ({ open }) => {
  const page = await open(people.gwen);
  await page.goto('/portal');
  await look(page, 'portal');
});

test('portal incident, open and to be confirmed', async ({ open }) => {
  const page = await open(people.gwen);
  await page.goto(`/portal/incidents/${number}`);
  await look(page, 'portal-incident');
  await page.setViewportSize({ width: 1440, height: 900 });
  await page.goto('/portal');
  await page.getByRole('link', { name: /Time recording asks twice/ }).first().click();
  await expect(page.getByRole('button', { name: 'It works again' })).toBeVisible();
  await look(page, 'portal-confirm');
});

test('services, and the map around one as drawing and as table', async ({ open }) => {
  const page = await open(people.mara);
  await page.goto('/services');
  await look(page, 'services');
  await page.setViewportSize({ width: 1440, height: 900 });
  await page.getByRole('main').getByRole('link', { name: 'Warehouse Wi-Fi' }).first().click();
  await expect(page.getByRole('region', { name: 'Service map', exact: true })).toBeVisible();
  await look(page, 'service');
  await look(page, 'service-table', async () => {
    await page.getByText('Table', { exact: true }).click();
    await expect(page.getByRole('table', { name: /Service map around/ })).toBeVisible();
  });
});

test('reports, one of them, what is behind a figure, and the wallboard', async ({ open }) => {
  test.setTimeout(180_000);
  const page = await open(people.mara);
  for (const [path, name] of [
    ['/reports', 'reports'],
    ['/reports/compliance', 'report-compliance'],
    ['/reports/arrivals', 'report-arrivals'],
    ['/reports/backlog', 'report-backlog'],
    ['/wallboard', 'wallboard'],
  ]) {
    await page.setViewportSize({ width: 1440, height: 900 });
    await page.goto(path);
    await look(page, name);
  }
  await page.setViewportSize({ width: 1440, height: 900 });
  await page.goto('/reports');
  await page.getByRole('region', { name: 'When incidents arrive' }).first().getByRole('link').last().click();
  await expect(page.getByRole('region', { name: 'Incidents' }).first()).toBeVisible();
  await look(page, 'report-behind');
});

test('settings, every page of them', async ({ open }) => {
  test.setTimeout(300_000);
  const page = await open(people.admin);
  await page.goto('/settings');
  const links = page.getByRole('navigation', { name: /settings/i }).getByRole('link');
  const paths = await links.evaluateAll((all) => [...new Set(all.map((link) => link.getAttribute('href')))]);
  expect(paths.length, 'there are settings').toBeGreaterThan(3);
  for (const path of paths) {
    await page.setViewportSize({ width: 1440, height: 900 });
    expect((await page.goto(path)).status(), path).toBe(200);
    await look(page, path.replace(/^\//, '').replace(/[^a-z0-9]+/gi, '-'));
  }
});

test('forms of a calendar and an agreement, new and with what a change moves', async ({ open }) => {
  test.setTimeout(300_000);
  const page = await open(people.admin, { expected: [/422/] });
  for (const form of ['calendars', 'agreements', 'rules', 'models', 'services']) {
    await page.goto(`/settings/${form}/new`);
    await look(page, `settings-${form}-new`);
  }
  await page.setViewportSize({ width: 1440, height: 900 });
  await page.goto('/settings/agreements');
  // One of the company's own; other tests make agreements, too.
  await page.getByRole('rowheader').getByRole('link').filter({ hasNotText: 'at once' }).first().click();
  await page.getByRole('textbox', { name: 'P3 resolve in' }).fill('1 h');
  await look(page, 'settings-agreement');
  const wrong = async () => {
    await page.getByRole('textbox', { name: 'P3 resolve in' }).fill('1 h');
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    await expect(page.getByText('1 thing to fix')).toBeVisible();
  };
  await look(page, 'settings-agreement-wrong', async () => {
    await page.goto(page.url());
    await wrong();
  });
  await look(page, 'settings-agreement-moves', async () => {
    await page.goto(page.url());
    for (const at of ['P1', 'P2', 'P3', 'P4']) await page.getByRole('textbox', { name: `${at} resolve in` }).fill('12 h');
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    await expect(page.getByRole('heading', { name: /would be promised something else/ })).toBeVisible();
  });
});

test('a form and a row of each page of the settings', async ({ open }) => {
  test.setTimeout(300_000);
  const page = await open(people.admin);
  await page.goto('/settings');
  const hrefs = (links) => links.evaluateAll((all) => [...new Set(all.map((link) => link.getAttribute('href')))]);
  let rows = 0;
  for (const path of await hrefs(page.getByRole('navigation', { name: /settings/i }).getByRole('link'))) {
    await page.goto(path);
    const below = await hrefs(page.locator(`#main a[href^="${path}/"]`));
    const form = below.find((href) => href === `${path}/new`);
    const row = below.find((href) => !/\/(new|import|export)$/.test(href) && /^[^?]*\/[0-9a-z-]+$/.test(href));
    for (const one of [form, row].filter(Boolean)) {
      rows += 1;
      expect((await page.goto(one)).status(), one).toBe(200);
      await isSound(page, one);
    }
  }
  expect(rows, 'there are forms and rows').toBeGreaterThan(15);
});

test('every other screen', async ({ open }) => {
  test.setTimeout(180_000);
  const mara = await open(people.mara);
  for (const path of [
    ...['/alerts', '/articles', '/articles/new', '/inbox', '/mail', '/on-call', '/problems', '/problems/new', '/queue/views/new'],
    ...['/recurring', '/reports/suggestions', '/reviews', '/reviews/actions', '/status/internal'],
    ...['macros', 'causes', 'resolve'].map((part) => `/incidents/${number}/${part}`),
  ]) {
    expect((await mara.goto(path)).status(), path).toBe(200);
    await isSound(mara, path);
  }
  const gwen = await open(people.gwen);
  for (const path of ['/portal/articles', '/portal/incidents', '/portal/report?title=No+labels']) {
    expect((await gwen.goto(path)).status(), path).toBe(200);
    await isSound(gwen, path);
  }
});

test('account', async ({ open }) => {
  const page = await open(people.mara);
  await page.goto('/queue');
  await page.getByRole('link', { name: /your account/ }).first().click();
  await look(page, 'account');
});

test('API reference', async ({ open }) => {
  const page = await open(people.admin);
  await page.goto('/api/docs');
  await look(page, 'api-docs', async () => {
    await expect(page.getByText('/api/v1/incidents').first()).toBeVisible();
  });
});

test('expected times and planning', async ({ open }) => {
  const page = await open(people.admin);
  await page.goto('/reports/expected');
  await look(page, 'expected');
  await page.goto('/reports/planning');
  await look(page, 'planning');
});

test('error page', async ({ open }) => {
  const page = await open(people.mara, { expected: [/404/] });
  expect((await page.goto('/incidents/INC-999999')).status()).toBe(404);
  await look(page, 'not-found');
});
