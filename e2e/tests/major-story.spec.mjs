// A major incident from its first alert to its end, in the browsers of two who conduct it, in mail
// programs and in a chat room: each word reaches everybody once, and silence pages somebody.
import { expect, people } from '../support/fixtures.mjs';
import { test } from '../support/mailed.mjs';
import * as screens from '../support/screens.mjs';
import { Sink } from '../support/sink.mjs';

const READER = 'reader@outside.example';
const TITLE = 'Controller of hall 3 does not answer';
const OUTSIDE = 'Scanners have no network';
const FIRST = 'A controller failed and we replace it.';
const SECOND = 'The new controller serves hall 1 already.';
const END = 'The new controller serves all halls.';
const NUMBER = screens.NUMBER;
/** Letters to requesters wait half a minute for what may follow, and ten seconds for second thoughts. */
const BY_MAIL = { timeout: 60_000 };
/** Until the promise of the second update passes. */
const PROMISED_MS = 10_000;

/** The row of a role in the room. */
const role = (page, name) => page.getByRole('region', { name: 'Roles' }).getByRole('listitem').filter({ hasText: name });

/** A public page with a component, a chat room, and monitoring that tells of alerts: the address it calls. */
async function connect(api, chat) {
  await api.done('PUT', '/api/v1/status-page', { public: true, name: 'Northwind' });
  await api.post('/api/v1/components', { name: 'Wi-Fi', service: 'Warehouse Wi-Fi' });
  await api.post('/api/v1/webhooks', { name: 'Operations', kind: 'slack', url: `${chat.url}/room` });
  const source = await api.post('/api/v1/integrations', { name: 'Monitoring', kind: 'alertmanager', service: 'Warehouse Wi-Fi' });
  return `${api.url}/intake/${source.key}/alertmanager`;
}

/** Alertmanager tells that the controller is down. */
async function alarm(url) {
  const labels = { alertname: 'ControllerDown', instance: 'controller-3', severity: 'critical' };
  const told = {
    version: '4',
    receiver: 'evenkeel',
    status: 'firing',
    groupKey: '{}:{alertname="ControllerDown"}',
    groupLabels: { alertname: labels.alertname },
    commonLabels: labels,
    commonAnnotations: { summary: TITLE },
    externalURL: 'http://alertmanager.northwind.example',
    truncatedAlerts: 0,
    alerts: [
      {
        status: 'firing',
        labels,
        annotations: { summary: TITLE },
        startsAt: new Date().toISOString(),
        endsAt: '0001-01-01T00:00:00Z',
        generatorURL: '',
        fingerprint: '3a7d1c55e0b94f26',
      },
    ],
  };
  const headers = { 'content-type': 'application/json' };
  const answer = await fetch(url, { method: 'POST', headers, body: JSON.stringify(told) });
  expect(answer.status).toBe(200);
}

/** Somebody outside subscribes, and confirms it by the link in the letter. */
async function subscribe(reader, box) {
  await reader.goto('/status/subscribe');
  await reader.getByLabel('Your e-mail address').fill(READER);
  await reader.getByRole('button', { name: 'Subscribe' }).click();
  await expect(reader.getByRole('heading', { name: 'Look into your mailbox' })).toBeVisible();
  const asked = await box.next(READER);
  await reader.goto(asked.match(/http:\S+\/status\/confirm\/[0-9a-f]+/)[0]);
  await reader.getByRole('button', { name: 'Yes, subscribe' }).click();
  await expect(reader.getByRole('heading', { name: 'You are subscribed' })).toBeVisible();
}

/** From the alert to its incident, which is declared major there; its number. */
async function declare(page) {
  await expect
    .poll(async () => {
      await page.goto('/alerts');
      return page.getByRole('link', { name: TITLE, exact: true }).count();
    })
    .toBe(1);
  await page.getByRole('link', { name: TITLE, exact: true }).click();
  await page.getByRole('region', { name: 'Incident' }).getByRole('link').first().click();
  await page.waitForURL(/\/incidents\/INC-\d+/);
  const number = page.url().match(NUMBER)[0];
  await screens.openLive(page);
  await page.getByRole('button', { name: 'More actions' }).first().click();
  await page.getByRole('link', { name: 'Declare major incident' }).click();
  const dialog = page.getByRole('dialog', { name: /Declare/ });
  await dialog.getByRole('textbox').fill('Hall 3 stands still');
  await dialog.getByRole('button', { name: /Declare major/ }).click();
  await expect(dialog).toBeHidden();
  await expect(page.getByRole('link', { name: 'Major: the room' })).toBeVisible();
  return number;
}

test('a major incident is conducted from its alert to its end, and everybody is told once', async ({ desk, box, open }) => {
  test.setTimeout(300_000);
  const chat = await Sink.start(200);
  const { gwen, peter } = people;
  const toldTo = (to, words) => box.letters.filter((letter) => letter.to === to && letter.text.includes(words)).length;
  const said = (words) => chat.got.filter(({ body }) => body.toString().includes(words)).length;
  const monitoring = await connect(desk.api, chat);
  const reader = await open(null, { javaScriptEnabled: false });
  await subscribe(reader, box);

  // Monitoring sees it first; two people report what they notice of it, one of them twice.
  const mara = await open(people.mara);
  await alarm(monitoring);
  const number = await declare(mara);
  const children = [];
  for (const [requester, title] of [
    [gwen, 'Scanner 7 is offline'],
    [peter, 'Dock 4 cannot scan'],
    [gwen, 'Scanner 8 is offline, too'],
  ]) {
    const child = await desk.api.report({ title, requester: requester.email });
    await desk.api.command(child.number, 'link', { kind: 'parent', target: number });
    children.push(child.number);
  }
  const states = () => Promise.all(children.map(async (child) => (await desk.api.incident(child)).state));

  // Roles are taken, each before the eyes of the other.
  const ines = await open(people.ines);
  for (const page of [mara, ines]) {
    await screens.openLive(page, `/incidents/${number}/major`);
    await screens.mark(page);
  }
  await role(mara, 'Commander').getByRole('button', { name: /Take it/ }).click();
  await expect(role(ines, 'Commander')).toContainText('Mara Lindqvist');
  await role(ines, 'Communications').getByRole('button', { name: /Take it/ }).click();
  await expect(role(mara, 'Communications')).toContainText('Ines Carvalhal');

  // The first update: to the status page, by mail and into the chat room.
  await ines.locator('.c-modes label').filter({ hasText: 'Identified' }).click();
  await ines.getByLabel('Title outside').fill(OUTSIDE);
  await ines.getByLabel('Status update').fill(FIRST);
  await ines.getByRole('checkbox', { name: /^Status page/ }).check();
  await expect(ines.getByRole('checkbox', { name: /^Requesters and watchers/ })).toBeChecked();
  await expect(ines.getByRole('checkbox', { name: /^Chat rooms/ })).toBeChecked();
  await ines.getByLabel('Next update', { exact: true }).selectOption({ label: 'in 15 m' });
  await ines.getByRole('button', { name: /^Publish/ }).click();
  await expect(ines.getByLabel('Status update')).toHaveValue('');
  await expect(mara.getByRole('timer')).toHaveText(/^14 m \d\d s$/);
  const page = async () => {
    await reader.goto('/status');
    return reader.getByRole('main').textContent();
  };
  await expect.poll(page).toContain(FIRST);
  await expect(reader.getByRole('heading', { name: OUTSIDE }).first()).toBeVisible();
  await expect(reader.locator('body')).not.toContainText(TITLE);
  await expect.poll(() => said(FIRST)).toBe(1);
  await expect.poll(() => toldTo(READER, FIRST), BY_MAIL).toBe(1);

  // The second comes in time, promises a third soon, and that does not come: who speaks is paged.
  expect(toldTo(people.ines.email, 'You are paged')).toBe(0);
  const speaks = await desk.apiOf(people.ines);
  await speaks.command(number, 'publish-update', {
    body: SECOND,
    phase: 'monitoring',
    next_update: new Date(Date.now() + PROMISED_MS).toISOString(),
    audiences: { requesters: true, status_page: true, chat: true },
  });
  await expect(mara.getByText('1 in time, 0 late')).toBeVisible();
  await expect(mara.getByText('1 in time, 1 late')).toBeVisible({ timeout: PROMISED_MS + 20_000 });
  await expect(mara.getByRole('timer')).toHaveText(/over$/);
  const overdue = mara.getByRole('region', { name: 'Timeline' }).getByRole('listitem').filter({ hasText: 'The update is overdue' });
  await expect(overdue).toContainText('paged Ines Carvalhal');
  await expect.poll(() => toldTo(people.ines.email, 'You are paged'), BY_MAIL).toBe(1);
  const letter = box.letters.find(({ to, text }) => to === people.ines.email && text.includes('You are paged'));
  expect(letter.text).toContain('The next update is overdue');
  const phone = await open(null, { viewport: { width: 390, height: 844 } });
  await phone.goto(letter.text.match(/http:\S+\/a\/[\w-]+/)[0]);
  await expect(phone.getByRole('heading', { level: 1 })).toHaveText(TITLE);
  await expect(phone.getByText('It is overdue, it was due')).toBeVisible();
  await phone.getByRole('button', { name: 'Acknowledge' }).click();
  await expect(phone.getByText(/^(You have it|Nothing waits for you here)/)).toBeVisible();

  // What was published reached everybody once, however many reports they have.
  await expect.poll(page).toContain(SECOND);
  await expect.poll(() => said(SECOND)).toBe(1);
  for (const to of [gwen.email, peter.email, READER]) {
    await expect.poll(() => toldTo(to, SECOND), { ...BY_MAIL, message: `${to} reads the second update` }).toBe(1);
  }

  // Mitigated and resolved, with what is below it.
  await mara.getByRole('checkbox', { name: 'with 3 incidents below it' }).check();
  await mara.getByRole('button', { name: 'Mark as mitigated' }).click();
  await expect(ines.getByRole('button', { name: 'Service is back' })).toBeVisible();
  await expect(ines.getByRole('region', { name: 'Outages' }).first()).not.toContainText('lasts');
  await mara.getByRole('link', { name: 'Resolve', exact: true }).click();
  const resolve = mara.getByRole('dialog', { name: /Resolve/ });
  await resolve.getByRole('combobox').first().selectOption({ index: 0 });
  await resolve.getByRole('textbox').first().fill(END);
  await resolve.getByRole('checkbox', { name: 'Resolve 3 incidents below it with the same words' }).check();
  await resolve.getByRole('button', { name: /Resolve and ask/ }).click();
  await expect(resolve).toBeHidden();
  await expect(ines.getByRole('heading', { level: 1 })).toContainText('resolved');
  expect(await states()).toEqual(['resolved', 'resolved', 'resolved']);
  for (const one of [mara, ines]) await screens.wasNotReloaded(one);
  const outside = async (list) => (await desk.api.get(`/status/api/v2/incidents${list}.json`)).incidents;
  await expect.poll(async () => (await outside('/unresolved')).length).toBe(0);
  expect((await outside('')).map(({ name, status }) => [name, status])).toEqual([[OUTSIDE, 'resolved']]);

  // Once nothing waits to be sent any more, nobody was told anything twice.
  for (const to of [gwen.email, peter.email]) {
    await expect.poll(() => toldTo(to, END), { ...BY_MAIL, message: `${to} reads that it is over` }).toBe(1);
  }
  const waiting = async () => (await desk.api.get('/api/v1/deliveries?state=waiting')).items.length;
  await expect.poll(waiting, BY_MAIL).toBe(0);
  for (const to of [gwen.email, peter.email]) {
    expect([FIRST, SECOND, END].map((words) => toldTo(to, words)), to).toEqual([1, 1, 1]);
  }
  expect([FIRST, SECOND].map((words) => toldTo(READER, words))).toEqual([1, 1]);
  expect([FIRST, SECOND, END].map(said)).toEqual([1, 1, 1]);
  await chat.stop();
});
