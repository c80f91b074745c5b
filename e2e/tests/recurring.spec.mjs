// What comes again and again is put together by itself; a person makes a problem of it.
import { expect, people, test } from '../support/fixtures.mjs';
import { isSound } from '../support/sound.mjs';

const SERVICE = 'Label Printing';
const NAME = 'Conveyor scale shows wrong weight';
/** The loop looks every 20 s, and rests the longer the more there is to compare. */
const FOUND = { timeout: 120_000 };

test('a recurring cluster becomes a problem', async ({ desk, open }) => {
  test.setTimeout(240_000);
  const report = (n) => desk.api.report({ title: `Conveyor scale ${n} shows wrong weight`, requester: people.gwen.email, team: 'Service Desk', service: SERVICE });
  const numbers = [];
  for (let n = 1; n <= 3; n += 1) numbers.push((await report(n)).number);
  const found = async () => (await desk.api.get('/api/v1/recurring')).items.find((one) => one.name === NAME)?.incidents;
  await expect.poll(found, FOUND).toBe(3);

  const mara = await open(people.mara);
  await mara.goto('/problems');
  await mara.getByRole('link', { name: 'Recurring incidents' }).click();
  await expect(mara.getByRole('heading', { level: 1 })).toHaveText('Recurring incidents');
  await isSound(mara, 'the list of recurring incidents');
  await mara.getByRole('link', { name: NAME }).click();
  await expect(mara.getByRole('heading', { level: 1 })).toHaveText(`${SERVICE}: ${NAME}`);
  for (const number of numbers) await expect(mara.getByRole('link', { name: new RegExp(`${number} `) })).toBeVisible();
  await isSound(mara, 'recurring incidents');

  await mara.getByLabel('What the problem is called').fill('Scales are not calibrated');
  await mara.getByRole('button', { name: 'Open a problem' }).click();
  await expect(mara.getByRole('heading', { level: 1 })).toHaveText('Scales are not calibrated');
  for (const number of numbers) await expect(mara.getByRole('link', { name: new RegExp(`${number} `) })).toBeVisible();
  const problem = new URL(mara.url()).pathname.split('/').pop();
  await mara.goto('/recurring');
  await expect(mara.getByRole('row', { name: new RegExp(NAME) }).getByRole('link', { name: problem })).toBeVisible();
});
