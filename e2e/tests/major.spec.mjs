// A major incident as two people conduct it: declared, roles taken, an update published that the
// other sees counted down, mitigated, and resolved with its children.
import { expect, people, test } from '../support/fixtures.mjs';
import * as screens from '../support/screens.mjs';
import { isSound } from '../support/sound.mjs';

/** The row of a role in the room. */
const role = (page, name) => page.getByRole('region', { name: 'Roles' }).getByRole('listitem').filter({ hasText: name });

async function report(desk, fields) {
  const { number } = await desk.api.report({ team: 'Network', requester: people.gwen.email, ...fields });
  return number;
}

test('two people conduct a major incident from its declaration to its end', async ({ desk, open }) => {
  test.setTimeout(120_000);
  const number = await report(desk, { title: 'No scanner reaches the network', service: 'Warehouse Wi-Fi', impact: 1, urgency: 1 });
  const child = await report(desk, { title: 'Scanners of dock 4 are dead', requester: people.peter.email });
  await desk.api.command(child, 'link', { kind: 'parent', target: number });

  const mara = await open(people.mara);
  await screens.openLive(mara, `/incidents/${number}`);
  await mara.getByRole('button', { name: 'More actions' }).first().click();
  await mara.getByRole('link', { name: 'Declare major incident' }).click();
  const dialog = mara.getByRole('dialog', { name: /Declare/ });
  await dialog.getByRole('textbox').fill('All warehouses stand still');
  await dialog.getByRole('button', { name: /Declare major/ }).click();
  await expect(dialog).toBeHidden();
  await mara.getByRole('link', { name: 'Major: the room' }).click();
  await expect(mara).toHaveURL(new RegExp(`/incidents/${number}/major`));
  await expect(mara.getByRole('heading', { level: 1 })).toContainText('Major incident');

  const ines = await open(people.ines);
  await screens.openLive(ines, `/incidents/${number}/major`);
  await screens.mark(ines);
  await role(mara, 'Commander').getByRole('button', { name: /Take it/ }).click();
  await expect(role(mara, 'Commander')).toContainText('Mara Lindqvist');
  await expect(role(ines, 'Commander')).toContainText('Mara Lindqvist');
  await role(ines, 'Communications').getByRole('button', { name: /Take it/ }).click();
  await expect(role(mara, 'Communications')).toContainText('Ines Carvalhal');

  await ines.locator('.c-modes label').filter({ hasText: 'Identified' }).click();
  await ines.getByLabel('Title outside').fill('Scanners have no network');
  await ines.getByLabel('Status update').fill('A controller failed. The second one takes over within the hour.');
  await ines.getByLabel('Next update', { exact: true }).selectOption({ label: 'in 15 m' });
  await expect(ines.locator('#pv-page')).toContainText('A controller failed.');
  await ines.getByRole('button', { name: /^Publish/ }).click();
  await expect(ines.getByLabel('Status update')).toHaveValue('');
  const timer = mara.getByRole('timer');
  await expect(timer).toHaveText(/^14 m \d\d s$/);
  const before = await timer.textContent();
  await expect.poll(() => timer.textContent(), { message: 'it counts' }).not.toBe(before);
  await expect(mara.getByRole('region', { name: 'Timeline' })).toContainText('Update published, Identified');

  await mara.getByRole('button', { name: 'Mark as mitigated' }).click();
  await expect(ines.getByRole('button', { name: 'Service is back' })).toBeVisible();
  await expect(ines.getByRole('region', { name: 'Outages' }).first()).not.toContainText('lasts');

  await mara.getByRole('link', { name: 'Resolve', exact: true }).click();
  const resolve = mara.getByRole('dialog', { name: /Resolve/ });
  await resolve.getByRole('combobox').first().selectOption({ index: 0 });
  await resolve.getByRole('textbox').first().fill('The second controller serves all sites.');
  await resolve.getByRole('checkbox', { name: /below it/ }).check();
  await resolve.getByRole('button', { name: /Resolve and ask/ }).click();
  await expect(resolve).toBeHidden();
  await expect(ines.getByRole('heading', { level: 1 })).toContainText('resolved');
  await screens.wasNotReloaded(ines);
  expect((await desk.api.incident(child)).state).toBe('resolved');
  await ines.goto('/majors');
  await expect(ines.getByRole('row', { name: new RegExp(number) })).toBeVisible();
});

test('a role is handed over to somebody who accepts it, and people are called', async ({ desk, open }) => {
  const number = await report(desk, { title: 'Label server is gone', service: 'Label Printing', impact: 1, urgency: 1 });
  await desk.api.command(number, 'declare-major');
  const mara = await open(people.mara);
  const ines = await open(people.ines);
  await screens.openLive(mara, `/incidents/${number}/major`);
  await screens.openLive(ines, `/incidents/${number}/major`);
  await role(mara, 'Commander').getByRole('button', { name: /Take it/ }).click();
  await role(mara, 'Commander').getByRole('link', { name: /Hand over/ }).click();
  await mara.getByLabel('To', { exact: true }).selectOption({ label: 'Ines Carvalhal' });
  await mara.getByRole('button', { name: /Hand over/ }).click();
  await expect(mara).toHaveURL(new RegExp(`/incidents/${number}/major`));
  await role(ines, 'Commander').getByRole('button', { name: /Accept/ }).click();
  await expect(role(mara, 'Commander')).toContainText('Ines Carvalhal');

  await mara.getByRole('link', { name: 'Call more' }).click();
  const call = mara.getByRole('dialog', { name: /Call people/ });
  await call.getByRole('listbox').selectOption({ label: 'Ines Carvalhal' });
  await call.getByRole('button', { name: /Call them/ }).click();
  await expect(call).toBeHidden();
  await ines.getByRole('button', { name: 'I am coming' }).click();
  await expect(mara.getByRole('region', { name: 'Responders' })).toContainText('coming');
});

test('the room works without scripts', async ({ desk, open }) => {
  const number = await report(desk, { title: 'Gate scanner is down', impact: 2, urgency: 1 });
  await desk.api.command(number, 'declare-major');
  const mara = await open(people.mara, { javaScriptEnabled: false });
  await mara.goto(`/incidents/${number}/major`);
  await role(mara, 'Scribe').getByRole('button', { name: /Take it/ }).click();
  await expect(role(mara, 'Scribe')).toContainText('Mara Lindqvist');
  await mara.getByLabel('Status update').fill('We look into it.');
  await mara.getByRole('button', { name: 'Preview' }).click();
  await expect(mara.locator('#pv-page')).toContainText('We look into it.');
  await mara.getByRole('button', { name: /^Publish/ }).click();
  await expect(mara.getByRole('timer')).toBeVisible();
  await mara.getByRole('link', { name: 'Record an outage' }).click();
  await mara.getByLabel('Service', { exact: true }).selectOption({ label: 'Label Printing' });
  await mara.getByRole('button', { name: /Record/ }).click();
  await expect(mara).toHaveURL(new RegExp(`/incidents/${number}/major`));
  await expect(mara.getByRole('row', { name: /Label Printing/ }).first()).toBeVisible();
});

test('where people meet is set in the room, begins with what is set, and is taken away', async ({ desk, open }) => {
  const number = await report(desk, { title: 'No scale answers', impact: 1, urgency: 1 });
  await desk.api.command(number, 'declare-major', { reason: 'Trucks queue' });
  const mara = await open(people.mara);
  await mara.goto(`/incidents/${number}/major`);
  const rooms = mara.getByRole('region', { name: 'Rooms' });
  const address = 'https://meet.northwind.example/bridge-2';
  await rooms.getByRole('link', { name: /^Set ?: Conference/ }).click();
  await isSound(mara, 'setting a room');
  await mara.getByLabel('Conference').fill(address);
  await mara.getByRole('button', { name: /^Save/ }).click();
  await expect(rooms.getByRole('link', { name: address })).toHaveAttribute('href', address);
  await rooms.getByRole('link', { name: /^Change ?: Conference/ }).click();
  await expect(mara.getByLabel('Conference')).toHaveValue(address);
  await mara.getByLabel('Conference').fill('');
  await mara.getByRole('button', { name: /^Save/ }).click();
  await expect(rooms.getByRole('link', { name: /^Set ?: Conference/ })).toBeVisible();
});
