// Without scripts forms post and links navigate; nothing of the main job is lost.
import { expect, people, PASSWORD, test } from '../support/fixtures.mjs';
import * as screens from '../support/screens.mjs';
import { isSound, violations } from '../support/sound.mjs';

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

test('an incident model fills the forms without JavaScript and loses no words', async ({ desk, open }) => {
  await desk.api.post('/api/v1/models', {
    name: 'Gate does not open',
    portal: true,
    title: 'Gate does not open',
    description: 'Which gate?',
    tasks: ['Open it by hand'],
  });
  const plain = { javaScriptEnabled: false };
  const mara = await open(people.mara, plain);
  await mara.goto('/incidents/new');
  await mara.getByLabel('Title').fill('Gate 2 hangs');
  await mara.getByLabel('Incident model').selectOption({ label: 'Gate does not open' });
  await mara.getByRole('button', { name: 'Fill in what it says' }).click();
  await expect(mara.getByLabel('Title')).toHaveValue('Gate 2 hangs');
  await expect(mara.getByLabel('Description')).toHaveValue('Which gate?');

  const gwen = await open(people.gwen, plain);
  await gwen.goto('/portal/report');
  await gwen.getByLabel('What is not working?').fill('Gate 3 hangs');
  await gwen.getByRole('button', { name: 'Gate does not open' }).click();
  await expect(gwen.getByLabel('What happens?')).toHaveValue('Which gate?');
  await gwen.getByLabel('What is not working?').press('Enter');
  await expect(gwen).toHaveURL(/\/portal\/incidents\/INC-\d+/);
  const { tasks, title } = await desk.api.incident(gwen.url().match(/INC-\d+/)[0]);
  expect([title, tasks.length]).toEqual(['Gate 3 hangs', 1]);
});

test('selected incidents change together without JavaScript', async ({ desk, open }) => {
  const numbers = [];
  for (const title of ['Turnstile one', 'Turnstile two']) {
    numbers.push((await desk.api.report({ title, team: 'Service Desk' })).number);
  }
  const mara = await open(people.mara, { javaScriptEnabled: false });
  await mara.goto('/queue?q=' + encodeURIComponent('state:open turnstile'));
  for (const number of numbers) await screens.queueRow(mara, number).getByRole('checkbox').check();
  await mara.getByRole('button', { name: /^State/ }).click();
  await mara.getByRole('button', { name: 'Waiting on supplier' }).click();
  for (const number of numbers) {
    await expect(screens.queueRow(mara, number)).toContainText('Waiting on supplier');
  }
  await screens.queueRow(mara, numbers[0]).getByRole('checkbox').check();
  await mara.getByRole('button', { name: /^Tag/ }).click();
  await mara.getByLabel('Add a tag').fill('gates');
  await mara.keyboard.press('Enter');
  await expect.poll(async () => (await desk.api.incident(numbers[0])).tags).toEqual(['gates']);
  expect((await desk.api.incident(numbers[1])).tags).toEqual([]);
});

test('everybody chooses the columns of the queue, without JavaScript too', async ({ desk, open }) => {
  const { number } = await desk.api.report({ title: 'Conveyor 7 stands still', team: 'Service Desk', requester: people.gwen.email });
  const address = '/queue?q=' + encodeURIComponent('state:open conveyor');
  const names = ['Risk', 'Number', 'Requester', 'Service', 'State', 'Assignee', 'Next SLA clock', 'Updated'];
  const choose = async (page, left) => {
    await page.goto(address);
    await page.getByRole('button', { name: 'Columns' }).click();
    const menu = page.getByRole('group', { name: 'Columns' });
    for (const name of names) await menu.getByRole('checkbox', { name }).setChecked(!left.includes(name));
    await menu.getByRole('button', { name: 'Show these' }).click();
    await expect(page.getByRole('columnheader', { name: 'Updated' })).toHaveCount(left.includes('Updated') ? 0 : 1);
  };
  const plain = await open(people.mara, { javaScriptEnabled: false });
  await choose(plain, ['Risk', 'Requester', 'Assignee', 'Updated']);
  await expect(plain.getByRole('columnheader', { name: 'Next SLA clock' })).toBeVisible();
  await expect(plain.getByRole('columnheader', { name: 'Risk' })).toHaveCount(0);

  // The room is the title's, and a card says as much.
  const mara = await open(people.mara);
  await mara.goto(address);
  const row = screens.queueRow(mara, number);
  for (const width of [1440, 390]) {
    await mara.setViewportSize({ width, height: 900 });
    await expect(row.getByRole('link', { name: 'Conveyor 7 stands still' })).toBeVisible();
    await expect(row).not.toContainText('Gwen Tarrant', { useInnerText: true });
    await expect(mara.getByRole('button', { name: 'Columns' }), `all can be had again at ${width} px`).toBeVisible();
    const share = await row.evaluate((tr) => tr.querySelector('.c-title').offsetWidth / tr.offsetWidth);
    expect(share, `the title at ${width} px`).toBeGreaterThan(0.5);
  }
  await isSound(mara, 'a queue with few columns');

  // Others are not asked, and one can have all of them again.
  const ines = await open(people.ines);
  await ines.goto(address);
  await expect(ines.getByRole('columnheader', { name: 'Updated' })).toBeVisible();
  await choose(mara, []);
  await mara.getByRole('button', { name: 'Columns' }).click();
  expect(await violations(mara), 'the menu of columns').toEqual([]);
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
