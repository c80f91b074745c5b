// Clocks and promises change before the reader's eyes, and say why.
import { expect, people, test } from '../support/fixtures.mjs';
import * as screens from '../support/screens.mjs';

const urgent = { team: 'Service Desk', impact: 1, urgency: 1 };

test('a clock pauses and runs again before the reader, and says why', async ({ desk, open }) => {
  const { number } = await desk.api.report({ title: 'Gate 3 reads no badges', requester: people.gwen.email, ...urgent });
  const mara = await open(people.mara);
  await screens.openLive(mara, `/incidents/${number}`);
  await screens.mark(mara);
  const clock = mara.locator('#clocks .clock').filter({ has: mara.locator('#story-resolution') });
  await clock.locator('summary').click();
  await expect(clock).toContainText('Counts round the clock');

  await desk.api.command(number, 'hold', { reason: 'requester' });
  await expect(clock.locator('dd').first()).toContainText('Paused');
  await expect(clock).toContainText('waiting for Gwen');
  await desk.api.command(number, 'resume');
  await expect(clock).toContainText('Ran again');
  await expect(clock.locator('details'), 'what was open stays open').toHaveAttribute('open', '');
  await screens.wasNotReloaded(mara);

  await clock.getByRole('link', { name: 'Correct this pause' }).first().click();
  await mara.getByLabel('There was nothing to wait for').check();
  await mara.getByLabel('Why').fill('They had answered by phone.');
  await mara.getByRole('button', { name: /^Save/ }).click();
  await expect(screens.entry(mara, 'They had answered by phone.')).toBeVisible();
});

test('a promise that passes is told to both sides as it passes', async ({ desk, open }) => {
  const { number } = await desk.api.report({ title: 'Ramp 2 does not lower', requester: people.gwen.email, ...urgent });
  const [mara, gwen] = [await open(people.mara), await open(people.gwen)];
  await screens.openLive(mara, `/incidents/${number}`);
  await screens.openLive(gwen, `/portal/incidents/${number}`);
  await screens.mark(mara);
  await screens.mark(gwen);
  const at = new Date(Date.now() + 6_000).toISOString();
  await desk.api.command(number, 'promise', { at });
  await expect(gwen.locator('#p-notices')).toContainText('We promised that it works again');
  await expect(mara.locator('#clocks')).toContainText('Promised to Gwen');

  await expect(gwen.locator('#p-notices')).toContainText('This takes longer than we said', { timeout: 30_000 });
  await expect(mara.locator('#clocks')).toContainText('was promised by');
  await expect(mara.locator('#tl')).toContainText('was not kept');
  await screens.wasNotReloaded(mara);
  await screens.wasNotReloaded(gwen);
});
