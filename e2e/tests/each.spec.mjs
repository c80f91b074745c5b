// The screen of each thing that an administrator made: found in its list, and sound wide and on a phone.
import { aDesk, expect, people, test as base } from '../support/fixtures.mjs';
import { isSound } from '../support/sound.mjs';

/** What is made here would change what other files see. */
const test = base.extend({ desk: aDesk() });

/** Made by API: the path below /api/v1 and below /settings, and what it is made of. */
const MADE = [
  ['organisations', 'organisations', { name: 'Harbour Freight', email_domains: ['harbour.example'] }],
  ['macros', 'macros', { name: 'Ask for the gate', words: 'Hello {requester.first_name}, which gate is it?' }],
  ['rules', 'rules', { name: 'Printers', on: ['reported'], when: 'service:"Label Printing"', do: [{ command: 'assign', team: 'Applications' }] }],
  ['component-groups', 'component-groups', { name: 'Warehouses', description: 'What people there work with' }],
  ['components', 'components', { name: 'Scanners', service: 'Warehouse Wi-Fi', group: 'Warehouses' }],
  [
    'escalation-policies',
    'escalation-policies',
    { name: 'Network', steps: [{ after_seconds: 0, whom: [{ person: people.ines.email }] }], repeats: 0, fallback: [{ person: people.admin.email }] },
  ],
  ['integrations', 'mailboxes', { name: 'Help', kind: 'email', addresses: ['help@northwind.example'] }],
];

/** Made by its form: the page, what is written in it, and its button. */
const BY_FORM = [
  ['stakeholder-lists', { Name: 'Directors', 'Other e-mail addresses': 'board@northwind.example' }],
];

test('what was made has a screen of its own', async ({ desk, open }) => {
  test.setTimeout(180_000);
  const admin = await open(people.admin);
  for (const [api, settings, fields] of MADE) {
    const { id } = await desk.api.post(`/api/v1/${api}`, fields);
    const path = `/settings/${settings}/${id}`;
    expect((await admin.goto(path)).status(), path).toBe(200);
    await isSound(admin, path);
  }
  await admin.goto('/settings/component-groups/new');
  await isSound(admin, 'a new component group');
  for (const [settings, fields] of BY_FORM) {
    await admin.goto(`/settings/${settings}/new`);
    for (const [label, words] of Object.entries(fields)) await admin.getByLabel(label, { exact: true }).fill(words);
    await admin.locator('#main form').getByRole('button').first().click();
    await admin.goto(`/settings/${settings}`);
    await admin.getByRole('main').getByRole('link', { name: fields.Name }).click();
    await expect(admin.getByLabel('Name', { exact: true })).toHaveValue(fields.Name);
    await isSound(admin, settings);
  }
  await admin.goto('/settings/notifications');
  await admin.getByRole('table').first().getByRole('link').first().click();
  await isSound(admin, 'a row of the table of notifications');
});

test('what is brought in is looked at before it is saved', async ({ desk, open }) => {
  const admin = await open(people.admin);
  await admin.goto('/settings/services');
  await admin.getByRole('link', { name: 'Import a catalogue' }).click();
  await expect(admin.getByRole('heading', { level: 1 })).toContainText(/[Ii]mport/);
  await isSound(admin, 'the import of a catalogue');
  const { id } = await desk.api.post('/api/v1/schedules', {
    name: 'Warehouse nights',
    time_zone: 'UTC',
    layers: [{ name: 'First', rotation: { unit: 'week', every: 1, start_local: '2026-01-05T08:00:00', people: [people.ines.email] } }],
  });
  await admin.goto(`/settings/schedules/${id}`);
  await admin.getByRole('link', { name: 'Bring in a rota or holidays' }).click();
  await isSound(admin, 'bringing in a rota');
});

test('the history of the internal status page', async ({ open }) => {
  const mara = await open(people.mara);
  await mara.goto('/status/internal');
  await mara.getByRole('link', { name: /[Hh]istory/ }).first().click();
  await expect(mara).toHaveURL(/\/status\/internal\/history/);
  await isSound(mara, 'the history of the internal status page');
});
