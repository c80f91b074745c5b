// Without scripts forms post and links navigate; nothing of the main job is lost.
import { expect, people, PASSWORD, test } from '../support/fixtures.mjs';
import * as screens from '../support/screens.mjs';

test('the main job without JavaScript', async ({ desk, open }) => {
  const plain = { javaScriptEnabled: false };

  const gwen = await open(null, plain);
  await screens.signIn(gwen, people.gwen.email, PASSWORD);
  const number = await screens.reportInPortal(gwen, {
    title: 'Badge reader at gate 2 is dark',
    description: 'No light, no beep.',
  });

  const mara = await open(people.mara, plain);
  await mara.goto(`/incidents/${number}`);
  await mara.getByRole('textbox', { name: 'Text' }).fill('Somebody is on the way.');
  await mara.getByRole('button', { name: /^Send to Gwen/ }).click();
  await expect(screens.entry(mara, 'Somebody is on the way.')).toBeVisible();

  await mara.getByRole('link', { name: /^Resolve/ }).first().click();
  await mara.getByLabel(/code|how was it/i).first().selectOption({ label: 'Permanent fix' });
  await mara.getByRole('main').getByRole('textbox').first().fill('The fuse was gone. Gate 2 works.');
  await mara.getByRole('main').getByRole('button', { name: /^Resolve/ }).click();
  await expect(screens.property(mara, 'State')).toHaveText(/Resolved/);

  await gwen.goto(`/portal/incidents/${number}`);
  await expect(gwen.getByText('Somebody is on the way.')).toBeVisible();
  await gwen.getByLabel(/Add something|Write/).first().fill('Thank you, I will look.');
  await screens.saysItWorks(gwen);
  await expect(screens.progress(gwen)).toHaveText(/Closed/);
  expect((await desk.api.incident(number)).state).toBe('closed');
});

test('a wrong password says so and keeps the address', async ({ open }) => {
  const page = await open(null, { javaScriptEnabled: false, expected: [/status of 422/] });
  await page.goto('/');
  await page.getByLabel('E-mail').fill(people.gwen.email);
  await page.getByLabel('Password', { exact: true }).fill('not this one');
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
  await expect(page.getByRole('alert').first()).toBeVisible();
  await expect(page.getByLabel('E-mail')).toHaveValue(people.gwen.email);
});
