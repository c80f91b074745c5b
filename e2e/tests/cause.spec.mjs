// What probably caused an incident: named with reasons after the page has come, judged, taken back
// and linked; with a keyboard, without scripts and on a telephone.
import { aDesk, expect, people, test as base } from '../support/fixtures.mjs';
import { isSound } from '../support/sound.mjs';

/** Changes of other files would be causes, too. */
const test = base.extend({ desk: aDesk() });
const database = 'Stock Database';
const title = 'CHG-41 Pool settings';
let number;

test.beforeAll(async ({ desk }) => {
  await desk.api.post('/api/v1/services', { name: database, team: 'Applications' });
  await desk.api.post('/api/v1/services', { name: 'Stock', team: 'Applications', depends_on: [database] });
  const at = new Date(Date.now() - 12 * 60_000 - 5_000).toISOString();
  await desk.api.post('/api/v1/changes', { title, service: database, at, source: 'Pipeline' });
  ({ number } = await desk.api.report({ requester: people.gwen.email, title: 'Stock is wrong', service: 'Stock' }));
});

test('an agent finds the change, says that it was it, and links it', async ({ desk, open }) => {
  const mara = await open(people.mara);
  await mara.goto(`/incidents/${number}`);
  const causes = mara.getByRole('region', { name: 'Probable cause' });
  await expect(causes).toContainText(title);
  await expect(causes).toContainText(/(Changed|Deployed) 12 minutes before the first sign/);
  await expect(causes).toContainText('likely cause');
  await expect(causes.getByRole('img', { name: new RegExp(`Stock stands on ${database}`) })).toBeVisible();
  await mara.getByText('1 change in the day before it began').click();
  await expect(mara.getByRole('main')).toContainText('Pipeline');
  await isSound(mara, 'causes beside the timeline');

  await causes.getByRole('button', { name: `Not it: ${title}` }).click();
  await expect(causes).toContainText('1 said not to be it');
  await mara.locator('#toasts').getByRole('button', { name: /Undo/ }).click();
  await expect(causes).not.toContainText('said not to be it');

  await causes.getByRole('button', { name: `This was it: ${title}` }).press('Enter');
  await expect(causes.getByText('the cause', { exact: true })).toBeVisible();
  await causes.getByRole('button', { name: /^Link CHG-41/ }).click();
  await expect(causes.getByRole('button', { name: /^Link CHG-41/ })).toHaveCount(0);
  await expect(mara.getByRole('region', { name: 'Linked' })).toContainText('CHG-41');
  const answer = await desk.api.get(`/api/v1/incidents/${number}/causes`);
  expect(answer.causes[0]).toMatchObject({ title, said: 'yes', linked: true });
});

test('without scripts it is a page of its own that fits a telephone', async ({ desk, open }) => {
  const other = await desk.api.report({ requester: people.gwen.email, title: 'Stock is wrong again', service: 'Stock' });
  const plain = await open(people.mara, { javaScriptEnabled: false, viewport: { width: 390, height: 844 } });
  await plain.goto(`/incidents/${other.number}/causes`);
  await expect(plain.getByRole('heading', { level: 1 })).toContainText(`Probable cause of ${other.number}`);
  const causes = plain.getByRole('region', { name: 'Probable cause' });
  await causes.getByRole('button', { name: `This was it: ${title}` }).click();
  await expect(causes.getByText('the cause', { exact: true })).toBeVisible();
  await causes.getByRole('button', { name: `Undo: ${title}` }).click();
  await expect(causes.getByRole('button', { name: `This was it: ${title}` })).toBeVisible();
  const beyond = await plain.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  expect(beyond).toBe(0);
});

test('what is confidential to a team has causes for that team alone', async ({ desk, open }) => {
  const hidden = await desk.api.report({ requester: people.gwen.email, title: 'Stock tells secrets', service: 'Stock', team: 'Network' });
  const network = await desk.apiOf(people.ines);
  await network.command(hidden.number, 'restrict', { team: 'Network' });
  const ines = await open(people.ines);
  await ines.goto(`/incidents/${hidden.number}/causes`);
  await expect(ines.getByRole('region', { name: 'Probable cause' })).toContainText(title);
  await isSound(ines, 'the page of causes');
  const mara = await open(people.mara, { expected: [/404/] });
  await mara.goto(`/incidents/${hidden.number}/causes`);
  await expect(mara.getByText(title)).toHaveCount(0);
});
