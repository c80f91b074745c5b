// The main job in two agents' and a requester's browser: from report to closure.
import { expect, people, test } from '../support/fixtures.mjs';
import * as screens from '../support/screens.mjs';

test('an incident from report to closure, by keyboard, seen live by a second agent', async ({ desk, open }) => {
  const gwen = await open(people.gwen);
  const mara = await open(people.mara);
  const ines = await open(people.ines);
  const state = (page) => screens.property(page, 'State');

  const number = await screens.reportInPortal(gwen, {
    title: 'Handheld scanners drop off Wi-Fi',
    description: 'Since 06:00 the yellow scanners lose the connection in aisles 20 to 34.',
  });
  await expect(gwen.getByRole('heading', { level: 1 })).toHaveText('Handheld scanners drop off Wi-Fi');

  for (const page of [mara, ines]) {
    await screens.openLive(page, `/incidents/${number}`);
    await screens.mark(page);
    await expect(state(page)).toHaveText(/New/);
  }
  await screens.openLive(gwen);
  await screens.mark(gwen);

  await test.step('takes it', async () => {
    await mara.keyboard.press('i');
    for (const page of [mara, ines]) {
      await expect(state(page)).toHaveText(/In progress/);
      await expect(screens.property(page, 'Assignee')).toHaveText(/Mara Lindqvist/);
    }
    await expect(screens.progress(gwen)).toHaveText(/Being worked on/);
  });

  await test.step('replies', async () => {
    await screens.writeByKeys(mara, 'r', 'Do the grey scanners drop off too?');
    for (const page of [ines, gwen]) {
      await expect(page.getByText('Do the grey scanners drop off too?')).toBeVisible();
    }
  });

  await test.step('writes a note that the requester never sees', async () => {
    await screens.writeByKeys(mara, 'n', 'Looks like the controller update of last night.');
    await expect(screens.entry(ines, 'controller update of last night')).toBeVisible();
  });

  await test.step('holds and resumes', async () => {
    await screens.holdByKeys(mara, 'Requester');
    for (const page of [mara, ines]) await expect(state(page)).toHaveText(/On hold|Waiting/);
    await screens.chooseByKeys(mara, 's', /In progress|Resume/);
    for (const page of [mara, ines]) await expect(state(page)).toHaveText(/In progress/);
  });

  await test.step('resolves', async () => {
    await screens.resolveByKeys(mara, 'Fast roaming is switched off again. Try aisle 24.');
    for (const page of [mara, ines]) await expect(state(page)).toHaveText(/Resolved/);
    await expect(gwen.getByText('Fast roaming is switched off again.').first()).toBeVisible();
  });

  await test.step('the requester says it is still broken', async () => {
    await screens.saysStillBroken(gwen, 'Aisle 31 still drops every few minutes.');
    for (const page of [mara, ines]) {
      await expect(state(page)).toHaveText(/In progress/);
      await expect(page.getByText('Aisle 31 still drops every few minutes.').first()).toBeVisible();
    }
  });

  await test.step('resolves again, the requester confirms', async () => {
    await mara.locator('#main').focus();
    await screens.resolveByKeys(mara, 'Aisle 31 had an access point of its own. Restarted.');
    for (const page of [mara, ines]) await expect(state(page)).toHaveText(/Resolved/);
    await screens.saysItWorks(gwen);
    for (const page of [mara, ines]) await expect(state(page)).toHaveText(/Closed/);
    await expect(screens.progress(gwen)).toHaveText(/Closed/);
  });

  await expect(gwen.getByText('controller update of last night')).toHaveCount(0);
  for (const page of [mara, ines]) await screens.wasNotReloaded(page);
  const stored = await desk.api.incident(number);
  expect(stored.state).toBe('closed');
  expect(stored.assignee).toBeTruthy();
});
