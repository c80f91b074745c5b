// What an agent's day leans on: drafts, the palette, undo.
import { expect, people, test } from '../support/fixtures.mjs';
import * as screens from '../support/screens.mjs';

test('a draft survives a reload', async ({ desk, open }) => {
  const { number } = await desk.api.report({ title: 'Gate printer offline' });
  const mara = await open(people.mara);
  await mara.goto(`/incidents/${number}`);
  await mara.keyboard.press('n');
  const text = mara.locator('form.composer textarea');
  await expect(text).toBeFocused();
  const saved = mara.waitForResponse((answer) => answer.url().includes('/drafts/note') && answer.ok());
  await mara.keyboard.type('Toner was changed on Friday, ask Ruben.');
  await saved;

  await mara.reload();
  await mara.keyboard.press('n');
  await expect(text).toHaveValue('Toner was changed on Friday, ask Ruben.');
});

test('the palette goes to an incident by its number', async ({ desk, open }) => {
  const { number } = await desk.api.report({ title: 'Cold store door alarm' });
  const mara = await open(people.mara);
  await mara.goto('/queue');
  await mara.keyboard.press('Control+k');
  const input = mara.getByRole('dialog').getByRole('combobox');
  await expect(input).toBeFocused();
  await mara.keyboard.type(number);
  await expect(mara.getByRole('option', { name: screens.words(number) }).first()).toBeVisible();
  await mara.keyboard.press('Enter');
  await expect(mara).toHaveURL(new RegExp(`/incidents/${number}$`));
  await expect(mara.getByRole('heading', { level: 1 })).toHaveText(/Cold store door alarm/);
});

test('taking an incident can be undone by a key', async ({ desk, open }) => {
  const { number } = await desk.api.report({ title: 'Pallet wrapper counts twice', team: 'Service Desk' });
  const mara = await open(people.mara);
  await mara.goto(`/incidents/${number}`);
  await mara.keyboard.press('i');
  await expect(screens.property(mara, 'Assignee')).toHaveText(/Mara Lindqvist/);
  await expect(mara.getByRole('button', { name: /Undo/ }).first()).toBeVisible();
  await mara.keyboard.press('z');
  await expect(screens.property(mara, 'Assignee')).not.toHaveText(/Mara Lindqvist/);
  expect((await desk.api.incident(number)).assignee).toBeNull();
});

test('selected incidents are taken together', async ({ desk, open }) => {
  const numbers = [];
  for (const title of ['Trolley wheel one', 'Trolley wheel two']) {
    numbers.push((await desk.api.report({ title, team: 'Service Desk' })).number);
  }
  const mara = await open(people.mara);
  await mara.goto('/queue?q=' + encodeURIComponent('state:open trolley'));
  for (const number of numbers) await screens.queueRow(mara, number).getByRole('checkbox').check();
  await expect(mara.getByRole('toolbar')).toContainText('2 selected');
  await mara.keyboard.press('i');
  for (const number of numbers) {
    await expect.poll(async () => (await desk.api.incident(number)).assignee).toBeTruthy();
  }
});

test('an agent logs a call on behalf of a caller', async ({ open }) => {
  const mara = await open(people.mara);
  await mara.goto('/queue');
  await mara.keyboard.press('c');
  await expect(mara.getByRole('heading', { level: 1 })).toHaveText(/New incident/);
  await mara.getByLabel(/Title|What is not working/).first().fill('Headset has no sound');
  const caller = mara.getByLabel(/Caller|Requester/).first();
  await caller.fill('Peter');
  await mara.getByRole('option', { name: /Peter Nowak/ }).click();
  await mara.getByRole('main').getByRole('button', { name: /^(Create|Log|Report)/ }).click();
  await mara.waitForURL(/\/incidents\/INC-\d+/);
  await expect(mara.getByText('Peter Nowak').first()).toBeVisible();
});

test('an agent reports with an incident model and has tasks and runbook at hand', async ({ desk, open }) => {
  await desk.api.post('/api/v1/models', {
    name: 'Scanner is dead',
    about: 'One scanner',
    title: 'Scanner does not switch on',
    description: 'Which scanner?',
    service: 'Warehouse Wi-Fi',
    tasks: ['Swap the battery', 'Hand out a spare'],
    runbook: 'Hold the trigger for ten seconds.',
  });
  const mara = await open(people.mara);
  await mara.goto('/incidents/new');
  const description = mara.getByLabel('Description');
  await mara.getByLabel('Title').fill('Scanner 7 is dark');
  await mara.getByLabel('Incident model').selectOption({ label: 'Scanner is dead' });
  await expect(description).toHaveValue('Which scanner?');
  await expect(mara.getByLabel('Title')).toHaveValue('Scanner 7 is dark');
  await expect(mara.getByLabel('Service', { exact: true })).toHaveValue('Warehouse Wi-Fi');
  await mara.getByRole('combobox', { name: 'Caller' }).fill(people.peter.email);
  await mara.getByRole('button', { name: /^Create/ }).click();
  await mara.waitForURL(/\/incidents\/INC-\d+/);
  await expect(mara.getByRole('checkbox', { name: 'Hold the trigger for ten seconds.' })).toBeVisible();
  await mara.getByRole('checkbox', { name: 'Swap the battery' }).check();
  await expect(mara.getByText('1 of 2').first()).toBeVisible();
  const number = mara.url().match(/INC-\d+/)[0];
  expect((await desk.api.incident(number)).models[0].name).toBe('Scanner is dead');
});

test('words of people are shown as text', async ({ desk, open }) => {
  const { number } = await desk.api.report({
    title: '<img src=x onerror=alert(1)> in the title',
    description: '<script>alert(2)</script> & "quotes"',
  });
  const mara = await open(people.mara);
  const dialogs = [];
  mara.on('dialog', (dialog) => {
    dialogs.push(dialog.message());
    return dialog.dismiss();
  });
  await mara.goto(`/incidents/${number}`);
  await expect(mara.getByRole('heading', { level: 1 })).toContainText('<img src=x onerror=alert(1)>');
  await expect(mara.getByText('<script>alert(2)</script>').first()).toBeVisible();
  expect(dialogs).toEqual([]);
});

test('a reply can be kept while it waits to be sent', async ({ desk, open }) => {
  const { number } = await desk.api.report({ title: 'Bay light flickers', requester: people.gwen.email });
  const mara = await open(people.mara);
  await mara.goto(`/incidents/${number}`);
  const text = mara.locator('form.composer textarea');
  await mara.keyboard.press('r');
  await mara.keyboard.type('The fuse is');
  await mara.keyboard.press('Control+Enter');
  await expect(mara.getByRole('button', { name: 'Sending, cancel' })).toBeVisible();
  await mara.keyboard.press('Escape');
  await expect(text).toBeFocused();
  await expect(text).toHaveValue('The fuse is');
  await mara.keyboard.type(' changed.');
  await mara.keyboard.press('Control+Enter');
  await expect(screens.entry(mara, 'The fuse is changed.')).toBeVisible();
  const said = (await desk.api.timeline(number)).filter((event) => event.kind === 'commented');
  expect(said.length).toBe(1);
});

test('a reply that waits goes out with whoever leaves the page', async ({ desk, open }) => {
  const { number } = await desk.api.report({ title: 'Fan in rack 3 is loud', requester: people.gwen.email });
  const mara = await open(people.mara);
  await mara.goto(`/incidents/${number}`);
  await mara.keyboard.press('r');
  await mara.keyboard.type('I will look at it today.');
  await mara.keyboard.press('Control+Enter');
  await expect(mara.getByRole('button', { name: 'Sending, cancel' })).toBeVisible();
  await mara.goto('/queue');
  await expect.poll(async () => (await desk.api.timeline(number)).filter((event) => event.kind === 'commented').length).toBe(1);
});

test('who goes on to a note while a reply waits sends the reply and begins an empty note', async ({ desk, open }) => {
  const { number } = await desk.api.report({ title: 'Gate 2 reader blinks', requester: people.gwen.email });
  const mara = await open(people.mara);
  await mara.goto(`/incidents/${number}`);
  await mara.keyboard.press('r');
  await mara.keyboard.type('A new reader is coming.');
  await mara.keyboard.press('Control+Enter');
  await expect(mara.getByRole('button', { name: 'Sending, cancel' })).toBeVisible();
  await mara.keyboard.press('n');
  await mara.keyboard.type('Ordered from stock.');
  await expect(screens.entry(mara, 'A new reader is coming.')).toBeVisible();
  await expect(mara.locator('form.composer textarea')).toHaveValue('Ordered from stock.');
  // The stream may show the reply before its form has heard that it was sent.
  await expect(mara.locator('form.composer')).not.toHaveAttribute('aria-busy', 'true');
  await mara.keyboard.press('Control+Enter');
  await expect(screens.entry(mara, 'Ordered from stock.')).toBeVisible();
  await expect(screens.entry(mara, 'A new reader is coming.')).toHaveAttribute('data-kind', 'reply');
  await expect(screens.entry(mara, 'Ordered from stock.')).toHaveAttribute('data-kind', 'note');
});

test('a reply that failed and was written on is not sent by itself', async ({ desk, open }) => {
  const { number } = await desk.api.report({ title: 'Badge printer is slow', requester: people.gwen.email });
  const mara = await open(people.mara, { expected: [/ERR_INTERNET_DISCONNECTED|ERR_NETWORK|Failed to load/] });
  await screens.openLive(mara, `/incidents/${number}`);
  await mara.context().setOffline(true);
  await mara.keyboard.press('r');
  await mara.keyboard.type('It is the');
  await mara.keyboard.press('Control+Enter');
  await mara.keyboard.press('Control+Enter');
  const banner = mara.getByRole('alert').filter({ hasText: 'This is not sent yet.' });
  await expect(banner).toContainText('is sent as soon as there is one');
  await mara.locator('form.composer textarea').focus();
  await mara.keyboard.press('End');
  await mara.keyboard.type(' ribbon');
  await expect(banner).not.toContainText('as soon as');
  await mara.context().setOffline(false);
  await banner.getByRole('button', { name: 'Try again' }).click();
  await expect(mara.getByRole('button', { name: 'Sending, cancel' })).toBeVisible();
  await mara.keyboard.press('Control+Enter');
  await expect(screens.entry(mara, 'It is the ribbon')).toBeVisible();
});

test('somebody else replying first is told before a second reply goes', async ({ desk, open }) => {
  const { number } = await desk.api.report({ title: 'Dock 9 shutter is stuck', requester: people.gwen.email });
  const mara = await open(people.mara);
  await screens.openLive(mara, `/incidents/${number}`);
  await mara.keyboard.press('r');
  await mara.keyboard.type('Is it shutter 9 or 8?');
  const ines = await desk.apiOf(people.ines);
  await ines.command(number, 'comment', { body: 'A technician comes at two.', visibility: 'public' });
  const banner = mara.getByRole('alert').filter({ hasText: 'came while you were writing' });
  await expect(banner).toContainText('Reply by Ines Carvalhal');
  await mara.keyboard.press('Control+Enter');
  await expect(banner).toBeFocused();
  await expect(mara.locator('form.composer textarea')).toHaveValue('Is it shutter 9 or 8?');
  await mara.getByRole('button', { name: /^Send to Gwen/ }).click();
  await mara.keyboard.press('Control+Enter');
  await expect(screens.entry(mara, 'Is it shutter 9 or 8?')).toBeVisible();
  await expect(banner).toHaveCount(0);
});

test('a dialog shows the incident as it is now, not as the page began', async ({ desk, open }) => {
  const { number } = await desk.api.report({ title: 'Label roll jams', team: 'Service Desk' });
  const mara = await open(people.mara);
  await screens.openLive(mara, `/incidents/${number}`);
  await desk.api.command(number, 'classify', { title: 'Label roll jams on line 4' });
  const child = (await desk.api.report({ title: 'Line 4 prints nothing' })).number;
  await desk.api.command(child, 'link', { kind: 'parent', target: number });
  await expect(mara.getByRole('heading', { level: 1 })).toHaveText('Label roll jams on line 4');
  await expect(mara.getByText('1 incident below it').first()).toBeVisible();
  await mara.keyboard.press('e');
  await expect(mara.getByLabel('Resolve 1 incident below it with the same words')).toBeVisible();
  await screens.mark(mara);
  await mara.getByRole('dialog').getByRole('link', { name: 'Back' }).click();
  await expect(mara.getByRole('dialog')).toHaveCount(0);
  await screens.wasNotReloaded(mara);
  await screens.property(mara, 'Affected').getByRole('link').click();
  await expect(mara.getByRole('dialog').getByLabel('Title')).toHaveValue('Label roll jams on line 4');
});

test('people and incidents are found while writing', async ({ desk, open }) => {
  const { number } = await desk.api.report({ title: 'Zebra crossing lamp is out' });
  const mara = await open(people.mara);
  await mara.goto(`/incidents/${number}`);
  await mara.keyboard.press('n');
  await mara.keyboard.type('Ask @ine');
  await expect(mara.getByRole('option', { name: /Ines Carvalhal/ })).toBeVisible();
  await mara.keyboard.press('Enter');
  await mara.keyboard.type('about #zebra');
  await expect(mara.getByRole('option', { name: screens.words(number) })).toBeVisible();
  await mara.keyboard.press('Enter');
  await expect(mara.locator('form.composer textarea')).toHaveValue(`Ask Ines Carvalhal about ${number} `);
});

test('on a phone a card opens its incident and can be selected', async ({ desk, open }) => {
  const { number } = await desk.api.report({ title: 'Weighbridge prints twice', team: 'Service Desk' });
  const mara = await open(people.mara, { viewport: { width: 390, height: 844 } });
  await mara.goto('/queue?q=' + encodeURIComponent('state:open weighbridge'));
  const card = screens.queueRow(mara, number);
  await card.getByRole('checkbox').check();
  await expect(mara.getByRole('toolbar')).toContainText('1 selected');
  await mara.getByRole('button', { name: /^State/ }).click();
  for (const name of ['In progress', 'Closed']) await expect(mara.getByRole('button', { name, exact: true })).toBeInViewport({ ratio: 1 });
  await mara.keyboard.press('Escape');
  const box = await card.boundingBox();
  await mara.mouse.click(box.x + box.width - 60, box.y + box.height - 12);
  await mara.waitForURL(new RegExp(`/incidents/${number}`));
});

test('taking from the preview begins the reply', async ({ desk, open }) => {
  const { number } = await desk.api.report({ title: 'Stretch film tears', team: 'Service Desk', requester: people.gwen.email });
  const mara = await open(people.mara);
  await mara.goto('/queue?q=' + encodeURIComponent('state:open stretch'));
  await mara.keyboard.press('j');
  await mara.keyboard.press(' ');
  await mara.getByRole('button', { name: 'Take and reply' }).click();
  await mara.waitForURL(new RegExp(`/incidents/${number}`));
  await expect(mara.getByRole('textbox', { name: 'Text' })).toBeFocused();
  await expect(screens.property(mara, 'Assignee')).toHaveText(/Mara Lindqvist/);
});

test('on a phone the composer is a sheet that closes when the words are sent', async ({ desk, open }) => {
  const { number } = await desk.api.report({ title: 'Pump room is wet', requester: people.gwen.email });
  const mara = await open(people.mara, { viewport: { width: 390, height: 844 } });
  await mara.goto(`/incidents/${number}`);
  const text = mara.getByRole('textbox', { name: 'Text' });
  await expect(text).toBeHidden();
  await mara.getByRole('navigation', { name: 'Actions for this incident' }).getByRole('link', { name: 'Note' }).click();
  await expect(text).toBeFocused();
  await mara.keyboard.type('The seal is old.');
  await mara.getByRole('button', { name: /^Save internal note/ }).click();
  await expect(screens.entry(mara, 'The seal is old.')).toBeVisible();
  await expect(text).toBeHidden();
});

test('a phone number finds the caller, and the palette begins an incident with what was typed', async ({ desk, open }) => {
  const gwen = (await desk.api.get('/api/v1/users?limit=100')).items.find((user) => user.email === people.gwen.email);
  await desk.api.request('PATCH', `/api/v1/users/${gwen.id}`, { phone: '+31 10 555 0142' }, { 'if-match': '*' });
  const mara = await open(people.mara);
  await mara.goto('/queue');
  await mara.keyboard.press('Control+k');
  await mara.keyboard.type('Headset crackles');
  await mara.getByRole('option', { name: 'New incident “Headset crackles”' }).click();
  await expect(mara.getByLabel('Title')).toHaveValue('Headset crackles');
  const caller = mara.getByRole('combobox', { name: 'Caller' });
  await expect(caller).toBeFocused();
  await mara.keyboard.type('0105550142');
  await expect(mara.getByRole('option', { name: /Gwen Tarrant/ })).toBeVisible();
});

test('a long timeline leads to its newest entry', async ({ desk, open }) => {
  const { number } = await desk.api.report({ title: 'Lift 2 stops between floors' });
  for (let n = 1; n <= 40; n += 1) await desk.api.command(number, 'comment', { body: `Reading ${n} of the lift`, visibility: 'internal' });
  const mara = await open(people.mara);
  await mara.goto(`/incidents/${number}`);
  const way = mara.getByRole('link', { name: 'To the newest entry' });
  await way.click();
  await expect(screens.entry(mara, 'Reading 40 of the lift')).toBeInViewport();
  await expect(way).toBeHidden();
});

test('an incident is merged into another that is found by its words', async ({ desk, open }) => {
  const into = (await desk.api.report({ title: 'Turnstile north does not open' })).number;
  const { number } = await desk.api.report({ title: 'North gate stays shut' });
  const mara = await open(people.mara);
  await mara.goto(`/incidents/${number}`);
  await mara.getByRole('button', { name: 'More actions' }).first().click();
  await mara.getByRole('link', { name: 'Merge into another' }).click();
  const field = mara.getByRole('dialog').getByRole('combobox', { name: 'Into which incident' });
  const found = mara.getByRole('option', { name: screens.words(into) });
  await expect(async () => {
    await field.fill('');
    await field.pressSequentially('turnstile');
    await expect(found).toBeVisible({ timeout: 1_000 });
  }).toPass({ timeout: 15_000 });
  await found.click();
  await expect(field).toHaveValue(into);
  await mara.keyboard.press('Control+Enter');
  await expect(mara.getByText(`This is part of ${into}`)).toBeVisible();
});

test('on paper an incident is its record alone', async ({ desk, open }) => {
  const { number } = await desk.api.report({ title: 'Dock door 3 hangs', team: 'Service Desk', requester: people.gwen.email });
  await desk.api.command(number, 'comment', { body: 'The spring is broken.', visibility: 'internal' });
  await desk.api.command(number, 'add-task', { title: 'Order a spring' });
  const mara = await open(people.mara);
  await mara.addInitScript(() => (window.print = () => (window.printed = true)));
  await mara.goto(`/incidents/${number}`);
  await mara.getByRole('button', { name: 'More actions' }).first().click();
  await mara.getByRole('button', { name: 'Print', exact: true }).click();
  expect(await mara.evaluate(() => window.printed)).toBe(true);
  await expect(mara.getByRole('button', { name: 'Print', exact: true })).toBeHidden();

  await mara.emulateMedia({ media: 'print' });
  // A sheet of A4 without its margins, and a large one.
  for (const width of [718, 1440]) {
    await mara.setViewportSize({ width, height: 1000 });
    await expect(mara.getByRole('heading', { level: 1 })).toHaveText('Dock door 3 hangs');
    await expect(mara.getByText(`${number}, printed`)).toBeVisible();
    await expect(screens.entry(mara, 'The spring is broken.')).toBeVisible();
    await expect(mara.locator('#props')).toBeVisible();
    await expect(mara.locator('#tasks').getByRole('checkbox', { name: 'Order a spring' })).toBeVisible();
    await expect(mara.locator('.btn:visible, form.composer:visible, nav:visible, #similar:visible')).toHaveCount(0);
  }

  // Without scripts nobody is offered what only they can do.
  const plain = await open(people.mara, { javaScriptEnabled: false });
  await plain.goto(`/incidents/${number}`);
  await plain.getByRole('button', { name: 'More actions' }).first().click();
  await expect(plain.getByRole('link', { name: 'Cancel, recorded in error' })).toBeVisible();
  await expect(plain.getByRole('button', { name: 'Print', exact: true })).toBeHidden();
});
