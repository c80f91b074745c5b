// Where the links of letters lead, for people who are not signed in: whoever reported an incident says whether it is
// over, and whoever follows one stops.
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
