// Where the links of letters lead, for people who are not signed in: whoever reported an incident says whether it is
// over, whoever follows one stops, and whoever is paged answers.
import { expect, people } from '../support/fixtures.mjs';
import { test } from '../support/mailed.mjs';
import { isSound } from '../support/sound.mjs';

/** The next letter to a person in which a link of this kind stands: that link. */
async function linkTo(box, person, kind) {
  const pattern = new RegExp(`http:\\S+/${kind}/[\\w.~-]+`);
  for (;;) {
    const found = (await box.next(person.email)).match(pattern);
    if (found) return found[0];
  }
}

test('a requester answers and a follower stops, by the links of their letters', async ({ box, desk, open }) => {
  test.setTimeout(180_000);
  const mara = await desk.apiOf(people.mara);
  const ines = await desk.apiOf(people.ines);
  const { number } = await desk.api.report({ title: 'The scales show nothing', requester: people.gwen.email, team: 'Service Desk' });
  await ines.command(number, 'watch');
  await mara.command(number, 'comment', { body: 'We are looking at it.', visibility: 'public' });
  await mara.command(number, 'resolve', { code: 'fixed', note: 'The scales have a new cable.' });

  const page = await open();
  await page.goto(await linkTo(box, people.gwen, 'a'));
  await expect(page.getByText('The scales have a new cable.')).toBeVisible();
  await isSound(page, 'is it over');
  await page.getByRole('button', { name: /It works/ }).click();
  await isSound(page, 'how content');
  await page.goto(await linkTo(box, people.ines, 'u'));
  await isSound(page, 'stop following');
  await page.getByRole('button').first().click();
  await isSound(page, 'no longer followed');
});

test('whoever is paged answers where there is hardly any network', async ({ box, desk, open }) => {
  const steps = [{ after_seconds: 0, whom: [{ person: people.ines.email }] }, { after_seconds: 900, whom: [{ person: people.mara.email }] }];
  const fallback = [{ person: people.admin.email }];
  await desk.api.post('/api/v1/escalation-policies', { name: 'Gates', steps, repeats: 1, pages_from: 'P2', fallback });
  await desk.api.post('/api/v1/services', { name: 'Yard Gates', team: 'Network', criticality: 1 });
  await desk.api.done('PATCH', '/api/v1/services/Yard%20Gates', { escalation_policy: 'Gates' });
  const { number } = await desk.api.report({ title: 'No gate opens', service: 'Yard Gates', impact: 1, urgency: 1 });
  const phone = await open(null, { expected: [/ERR_INTERNET_DISCONNECTED/] });
  await phone.goto(await linkTo(box, people.ines, 'a'));
  await expect(phone.getByRole('heading', { level: 1 })).toHaveText('No gate opens');
  await isSound(phone, 'a page');
  await phone.setViewportSize({ width: 390, height: 844 });
  await expect(phone.getByRole('button', { name: 'Acknowledge' })).toBeInViewport();

  await phone.context().setOffline(true);
  await phone.getByRole('button', { name: 'Acknowledge' }).click();
  await expect(phone.getByText('Your answer has not arrived yet.')).toBeVisible();
  expect((await desk.api.incident(number)).acknowledged_at).toBeNull();
  await phone.context().setOffline(false);
  await expect(phone.getByText('You have it.')).toBeVisible();
  expect((await desk.api.incident(number)).acknowledged_at).not.toBeNull();
});
