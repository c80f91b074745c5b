// Many report the same: a parent is proposed, made by a person, and carries its children on; the
// portal says that it is known before somebody reports it again.
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { aDesk, expect, people, test as base } from '../support/fixtures.mjs';
import { isSound } from '../support/sound.mjs';

/** Reports of other files on the same service would be part of the surge. */
const test = base.extend({ desk: aDesk() });
const SERVICE = 'Label Printing';
/** The loop looks every 5 s, an open page asks every 15 s. */
const NOTICED = { timeout: 40_000 };

/** The past of an instance that has been used for weeks: without one nothing is unusual. */
async function history(desk) {
  const day = new Date(Date.now() - 14 * 86_400_000).toISOString().slice(0, 10);
  const at = `${day} 08:10:00`;
  const header =
    'number,incident_state,active,reassignment_count,reopen_count,sys_mod_count,made_sla,caller_id,opened_by,opened_at,sys_created_by,sys_created_at,sys_updated_by,sys_updated_at,contact_type,location,category,subcategory,u_symptom,cmdb_ci,impact,urgency,priority,assignment_group,assigned_to,knowledge,u_priority_confirmation,notify,problem_id,rfc,vendor,caused_by,closed_code,resolved_by,resolved_at,closed_at';
  const row = `INC0000901,New,true,0,0,0,true,Caller 11,Opened by 3,${at},Created by 2,${at},Updated by 5,${at},Phone,Location 4,Category 2,Subcategory 9,Symptom 1,?,2 - Medium,2 - Medium,3 - Moderate,Group 7,?,true,false,Do Not Notify,?,?,?,?,?,?,?,?`;
  const file = join(desk.program.data, 'log.csv');
  await writeFile(file, `${header}\n${row}\n`);
  await desk.program.run(['import', 'servicenow-audit', file, '--time-zone', 'UTC']);
}

/** Seven people report that labels do not print. */
async function storm(desk) {
  const numbers = [];
  for (let n = 1; n <= 7; n += 1) {
    const email = `picker${n}@northwind.example`;
    await desk.api.post('/api/v1/users', { name: `Picker ${n}`, email, roles: [] });
    const { number } = await desk.api.report({ title: `No labels at belt ${n}`, requester: email, service: SERVICE });
    numbers.push(number);
  }
  return numbers;
}

test('many reports become one incident with children, by a person who leaves one out', async ({ desk, open }) => {
  await history(desk);
  const mara = await open(people.mara);
  await mara.goto('/queue?view=all-open');
  const numbers = await storm(desk);
  const surges = mara.locator('#surges');
  await expect(surges).toContainText(`reports on ${SERVICE}`, NOTICED);
  await expect(surges).toContainText('usually none');
  await isSound(mara, 'the queue with a surge');

  await surges.getByRole('link', { name: 'Make a parent' }).click();
  await expect(mara.getByRole('heading', { level: 1 })).toHaveText(`Many reports on ${SERVICE}`);
  await isSound(mara, 'a surge');
  await mara.getByLabel('No labels at belt 7').uncheck();
  await mara.getByLabel('What it is called').fill('Label printing is down');
  await mara.getByRole('button', { name: 'Make the parent and link them' }).click();

  await expect(mara.getByRole('heading', { level: 1 })).toContainText('Label printing is down');
  await expect(mara.getByText('6 incidents below it').first()).toBeVisible();
  await isSound(mara, 'a parent');
  await expect(mara.locator('#txt')).toHaveValue(/Several people cannot use Label Printing/);
  const { items } = await desk.api.get('/api/v1/surges');
  const surge = items.find((one) => one.service_name === SERVICE);
  expect(surge.state).toBe('accepted');
  const parent = surge.parent;

  // One goes its own way; the others are resolved with the parent's words.
  const loner = mara.getByRole('button', { name: `${numbers[0]} goes its own way` });
  await loner.click();
  await expect(mara.getByRole('button', { name: `${numbers[0]} follows this one` })).toBeVisible();
  const gwen = await open(people.gwen);
  await gwen.goto('/portal');
  const known = gwen.locator('.p-known', { hasText: 'Label printing is down' });
  await expect(known).toBeVisible();
  await known.getByRole('link', { name: 'I have this too' }).click();
  await gwen.getByRole('button', { name: 'Report it' }).last().click();
  await expect(gwen.getByRole('heading', { level: 1 })).toHaveText('Label printing is down');
  await gwen.goto('/portal');
  await expect(known).toHaveCount(0);

  await desk.api.command(parent, 'resolve', { code: 'fixed', note: 'The print server was restarted.', children: true });
  const states = await Promise.all(numbers.map(async (number) => (await desk.api.incident(number)).state));
  expect(states).toEqual(['new', ...Array(5).fill('resolved'), 'new']);
});

test('the portal fits a telephone with a known outage on it, and tells its latest words', async ({ desk, open }) => {
  const { number } = await desk.api.report({ title: 'Scanners lose the network', requester: people.peter.email, service: 'Warehouse Wi-Fi' });
  await desk.api.command(number, 'declare-major');
  const expected = new Date(Date.now() + 3 * 3_600_000).toISOString();
  await desk.api.command(number, 'publish-update', { body: 'A switch is replaced.', phase: 'identified', expected });
  const gwen = await open(people.gwen);
  await gwen.setViewportSize({ width: 390, height: 844 });
  await gwen.goto('/portal');
  const known = gwen.locator('.p-known', { hasText: 'Scanners lose the network' });
  await expect(known).toContainText('A switch is replaced.');
  await expect(known).toContainText(/expected back/i);
  const sideways = await gwen.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
  expect(sideways).toBeLessThanOrEqual(0);
});

test('no table of the service desk scrolls a telephone sideways', async ({ open }) => {
  const admin = await open(people.admin);
  await admin.setViewportSize({ width: 390, height: 844 });
  for (const path of ['/settings/rules', '/mail?state=all', '/on-call']) {
    await admin.goto(path);
    const wide = await admin.evaluate(() => {
      const main = document.querySelector('#main');
      return Math.max(document.documentElement.scrollWidth - window.innerWidth, main.scrollWidth - main.clientWidth);
    });
    expect(wide, path).toBeLessThanOrEqual(0);
  }
});
