// An administrator builds an agreement and sees what it would do, before and after it is saved.
import { expect, people, test } from '../support/fixtures.mjs';
import { mark, wasNotReloaded, words } from '../support/screens.mjs';

const YEAR = new Date().getUTCFullYear();
const FEED = [
  'BEGIN:VCALENDAR',
  'BEGIN:VEVENT',
  `DTSTART;VALUE=DATE:${YEAR + 1}0101`,
  "SUMMARY:New Year's Day",
  'END:VEVENT',
  'BEGIN:VEVENT',
  `DTSTART;VALUE=DATE:${YEAR + 1}1031`,
  'SUMMARY:Reformation Day',
  'END:VEVENT',
  'END:VCALENDAR',
].join('\r\n');
const DAYS = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday'];

const field = (page, name) => page.getByRole('textbox', { name, exact: true });

/** An office that is open from 08:00 to 18:00 in Hamburg. */
async function makeOffice(page, name) {
  await page.goto('/settings/calendars');
  await page.getByRole('link', { name: 'New calendar' }).click();
  await field(page, 'Name').fill(name);
  await page.getByRole('combobox', { name: 'Time zone' }).fill('Europe/Berlin');
  for (const day of DAYS) await field(page, day).fill('8-18');
}

// Services of their own: nothing else is promised anything by these agreements.
test.beforeAll(async ({ desk }) => {
  for (const name of ['Dock Scales', 'Yard Gates', 'Weighbridge']) await desk.api.post('/api/v1/services', { name, team: 'Applications', criticality: 3 });
});

test('an administrator builds an agreement and sees what it would have done', async ({ desk, open }) => {
  const admin = await open(people.admin, { expected: [/status of 422/] });

  // A calendar: its week is drawn while it is written, holidays come out of a file.
  await makeOffice(admin, 'Hamburg office');
  await expect(admin.getByRole('img', { name: 'Open Mon–Fri 08:00–18:00' })).toBeVisible();
  await admin.getByLabel('iCalendar file').setInputFiles({ name: 'hamburg.ics', mimeType: 'text/calendar', buffer: Buffer.from(FEED) });
  await admin.getByRole('button', { name: 'Preview it' }).click();
  await expect(admin.getByRole('checkbox', { name: /New Year's Day/ })).toBeChecked();
  await admin.getByRole('checkbox', { name: /Reformation Day/ }).uncheck();
  await admin.getByRole('button', { name: 'Take what is ticked' }).click();
  await expect(field(admin, 'Holidays')).toHaveValue(`${YEAR + 1}-01-01 New Year's Day`);
  await admin.getByRole('button', { name: 'Save', exact: true }).click();
  await expect(admin.getByText('Saved.', { exact: true })).toBeVisible();

  // An agreement: what is typed is tried at once.
  await admin.goto('/settings/agreements');
  await admin.getByRole('link', { name: 'New agreement' }).click();
  await field(admin, 'Name').fill('Dock scales, office hours');
  await admin.getByText('Services: all').click();
  await admin.getByRole('checkbox', { name: 'Dock Scales' }).check();
  await admin.getByLabel('Business hours').selectOption({ label: 'Hamburg office, Mon–Fri 08:00–18:00' });
  const tried = admin.getByRole('complementary', { name: 'Try it' });
  await field(admin, 'P2 respond in').fill('30m');
  await field(admin, 'P2 resolve in').fill('4 h');
  await expect(tried).toContainText('Fri 17:00');
  await expect(tried).toContainText('Mon 10:30');
  await expect(tried).toContainText(/Not counted: Sat \d+ \w+ and Sun/);
  await tried.getByLabel('Time').fill('13:00');
  await expect(tried).toContainText('Fri 17:00');
  await field(admin, 'P4 resolve in').fill('3 days');
  await field(admin, 'P4 respond in').fill('4 h');
  await expect(admin.getByText('= 30 h, a day is 10 h')).toBeVisible();

  // What cannot be is told at its field, once it was tried; nothing is lost.
  await field(admin, 'P3 respond in').fill('2 h');
  await field(admin, 'P3 resolve in').fill('1 h');
  await admin.getByRole('button', { name: 'Save', exact: true }).click();
  await expect(admin.getByText('1 thing to fix')).toBeVisible();
  await expect(field(admin, 'P3 resolve in')).toHaveAttribute('aria-invalid', 'true');
  await field(admin, 'P3 resolve in').fill('10 h');
  await field(admin, 'P3 resolve in').blur();
  await expect(admin.getByText('1 thing to fix')).toHaveCount(0);
  await expect(field(admin, 'P2 resolve in')).toHaveValue('4 h');
  await admin.getByRole('button', { name: 'Save', exact: true }).click();
  await expect(admin.getByText('Saved.', { exact: true })).toBeVisible();
  await expect(admin.getByText(/Applies to 1 of \d+ services/)).toBeVisible();

  // An incident on that service is promised it.
  const { number } = await desk.api.report({ title: 'The scales at dock 4 show nothing', service: 'Dock Scales', impact: 1, urgency: 2 });
  const target = async () => (await desk.api.incident(number)).clocks.find(({ kind }) => kind === 'resolution').target_seconds;
  expect(await target()).toBe(4 * 3600);

  // A change: what would have been, which clocks move, and they follow.
  await admin.reload();
  await field(admin, 'P2 resolve in').fill('2 h');
  await admin.getByRole('button', { name: /^Look back/ }).click();
  await expect(tried).toContainText(/the last 30 days/);
  await admin.getByRole('button', { name: 'Save', exact: true }).click();
  await expect(admin.getByRole('heading', { name: /1 open incident would be promised something else/ })).toBeVisible();
  await expect(admin.getByRole('row', { name: new RegExp(number) })).toContainText(/earlier|target/);
  await expect(admin.getByRole('radio', { name: 'They keep their promise' })).toBeChecked();
  await admin.getByRole('radio', { name: 'They follow the new terms' }).check();
  await admin.getByRole('button', { name: 'Save', exact: true }).click();
  await expect(admin.getByText('Saved.', { exact: true })).toBeVisible();
  await expect.poll(target).toBe(2 * 3600);
});

test('an agreement is tried and saved without JavaScript', async ({ open }) => {
  const admin = await open(people.admin, { javaScriptEnabled: false, expected: [/status of 422/] });
  await makeOffice(admin, 'Office without scripts');
  await admin.getByRole('button', { name: 'Save', exact: true }).click();
  await expect(admin.getByText('Saved.', { exact: true })).toBeVisible();

  await admin.goto('/settings/agreements/new');
  await field(admin, 'Name').fill('Yard gates, office hours');
  await admin.locator('#fold-services > summary').click();
  await admin.getByRole('checkbox', { name: 'Yard Gates' }).check();
  await admin.getByLabel('Business hours').selectOption({ label: 'Office without scripts, Mon–Fri 08:00–18:00' });
  await field(admin, 'P2 resolve in').fill('4 h');
  await admin.getByRole('button', { name: 'Show', exact: true }).click();
  await expect(admin.getByRole('complementary', { name: 'Try it' })).toContainText('Mon 10:30');
  await expect(field(admin, 'Name')).toHaveValue('Yard gates, office hours');
  await admin.getByRole('button', { name: 'Save', exact: true }).click();
  await expect(admin.getByText('Saved.', { exact: true })).toBeVisible();
});

test('a manager reads what is promised and tries it, and changes nothing', async ({ desk, open }) => {
  const person = { name: 'Otto Verhoeven', email: 'otto.verhoeven@northwind.example' };
  await desk.api.post('/api/v1/users', { ...person, roles: ['auditor'], password: 'an even keel at 03:00' });
  const otto = await open(person);
  await otto.goto('/settings/agreements');
  await otto.getByRole('link', { name: 'Standard, round the clock' }).click();
  await expect(field(otto, 'P2 resolve in')).toBeDisabled();
  await expect(otto.getByRole('button', { name: /Save/ })).toHaveCount(0);
  const tried = otto.getByRole('complementary', { name: 'Try it' });
  await tried.getByLabel('Priority').selectOption('P1');
  await expect(tried).toContainText('Fri 20:30');
});

test('what is open is seen before a new agreement takes it over, and followed as it does', async ({ desk, open }) => {
  const reported = async (title) => (await desk.api.report({ title, service: 'Weighbridge', impact: 1, urgency: 2 })).number;
  const numbers = [await reported('The weighbridge shows 0'), await reported('The weighbridge prints nothing')];
  const admin = await open(people.admin);
  await admin.goto('/settings/agreements/new');
  await expect(field(admin, 'P2 resolve in'), 'as the default has it').toHaveValue('8 h');
  await field(admin, 'Name').fill('Weighbridge, at any time');
  await admin.getByText('Services: all').click();
  await admin.getByRole('checkbox', { name: 'Weighbridge' }).check();
  await field(admin, 'P2 resolve in').fill('2 h');
  const tried = admin.getByRole('complementary', { name: 'Try it' });
  await expect(tried).toContainText('Fri 18:30');
  await admin.getByRole('button', { name: /^Look back/ }).click();
  await expect(tried).toContainText(/With these terms, the last 30 days|No promise of the last 30 days/);

  await admin.getByRole('button', { name: 'Save', exact: true }).click();
  await expect(admin.getByRole('heading', { name: /Nothing is saved yet: 2 open incidents/ })).toBeVisible();
  for (const number of numbers) await expect(admin.getByRole('row', { name: words(`${number} `) }).first()).toContainText('earlier');
  await admin.getByRole('radio', { name: 'They follow the new terms' }).check();
  await admin.getByRole('button', { name: 'Save', exact: true }).click();
  await expect(admin.getByText('Saved.', { exact: true })).toBeVisible();
  await mark(admin);
  await expect(admin.getByText(/followed version 1 .*: 2 of \d+ are promised something else/)).toBeVisible({ timeout: 30_000 });
  await wasNotReloaded(admin);

  await admin.goto(`/incidents/${numbers[0]}`);
  await admin.locator('#story-resolution > summary').click();
  await expect(admin.locator('#story-resolution')).toContainText('by Weighbridge, at any time');
  await expect(admin.locator('#story-resolution')).toContainText('Target 8 h became 2 h');
});
