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

test('a clock warns, pauses, runs again and is broken before the reader, who says why', async ({ desk, open }) => {
  // Seconds instead of hours: warned of after 4, broken after 16 that count.
  const targets = Object.fromEntries(['P1', 'P2', 'P3', 'P4', 'P5'].map((priority) => [priority, { resolution: 16 }]));
  await desk.api.post('/api/v1/services', { name: 'Gate Readers', team: 'Service Desk', criticality: 2 });
  const agreement = { name: 'Gates, at once', calendar: null, warn_shares: [25], pause_reasons: ['requester'], team_targets: [], vendor_targets: null };
  await desk.api.post('/api/v1/agreements', { ...agreement, targets, applies_to: { services: ['Gate Readers'] } });

  const mara = await open(people.mara);
  const queue = await open(people.mara);
  const { number } = await desk.api.report({ title: 'Gate 5 reads no badges', requester: people.gwen.email, service: 'Gate Readers', ...urgent });
  await screens.openLive(mara, `/incidents/${number}`);
  await screens.openLive(queue, `/queue?q=${encodeURIComponent('state:open "gate 5"')}`);
  for (const page of [mara, queue]) await screens.mark(page);
  const live = { timeout: 30_000 };
  const clock = mara.locator('#clocks .clock').filter({ has: mara.locator('#story-resolution') });
  const timeline = mara.getByRole('list', { name: 'Timeline' });

  await expect(timeline).toContainText('Resolution clock passed 25% of its target', live);
  await desk.api.command(number, 'hold', { reason: 'requester' });
  await expect(clock.locator('dd').first()).toContainText('Paused', live);
  await expect(screens.queueRow(queue, number)).toContainText('Paused', live);
  await desk.api.command(number, 'resume');
  await expect(clock.locator('dd').first()).not.toContainText('Paused', live);

  const asked = mara.getByText('Resolution was not in time.');
  await expect(asked).toBeVisible(live);
  await expect(clock.locator('dd').first()).toContainText('over');
  await expect(timeline).toContainText('Resolution clock passed its target');
  await expect(screens.queueRow(queue, number)).toContainText('over', live);

  // Every second of it stands there, in order.
  await clock.locator('summary').click();
  await expect(clock).toContainText('Counts round the clock, by Gates, at once');
  const told = await clock.getByRole('listitem').allInnerTexts();
  const turns = ['Started', '25% of the target used', 'Paused', 'did not count', 'Ran again', 'Target passed'];
  const places = turns.map((words) => told.findIndex((line) => line.includes(words)));
  expect(places.every((place, at) => place >= 0 && (at === 0 || place > places[at - 1])), told.join('\n')).toBe(true);

  await mara.getByRole('link', { name: 'Explain', exact: true }).click();
  const dialog = mara.getByRole('dialog', { name: `Why ${number} took longer` });
  await dialog.getByLabel('Why', { exact: true }).fill('The reader had to be driven there.');
  await dialog.getByLabel('Who sees to it that it does not happen again').selectOption({ label: people.ines.name });
  await dialog.getByRole('button').last().click();
  await expect(asked).toHaveCount(0);
  await expect(clock).toContainText('Why it was not in time: The reader had to be driven there.');
  await expect(clock).toContainText(`Owner: ${people.ines.name}`);
  expect((await desk.api.incident(number)).breach).toBe('explained');
  for (const page of [mara, queue]) await screens.wasNotReloaded(page);
});
