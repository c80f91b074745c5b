// A requester who reads German reports and answers in German; whoever is not signed in reads what they chose.
import { expect, people, test } from '../support/fixtures.mjs';

const PHONE = { width: 390, height: 844 };
const LANGUAGES = ['en', 'de', 'fr', 'es', 'pt', 'pl'];
const reads = (desk, person, language) => desk.api.done('PATCH', `/api/v1/users/${person.email}`, { language });

// Other tests meet them in English.
test.afterEach(async ({ desk }) => {
  for (const person of [people.gwen, people.peter]) await reads(desk, person, 'en');
});

test('a German requester reports, answers and confirms in German', async ({ desk, open }) => {
  await reads(desk, people.gwen, 'de');
  const gwen = await open(people.gwen);
  await gwen.setViewportSize(PHONE);
  await gwen.goto('/portal');
  await expect(gwen.locator('html')).toHaveAttribute('lang', 'de');
  await gwen.getByLabel('Was funktioniert nicht?').fill('Der Drucker am Tor 4 bleibt dunkel');
  await gwen.getByRole('button', { name: 'Weiter' }).click();
  await gwen.getByLabel('Was geschieht?').fill('Seit heute früh kein Licht.');
  await gwen.getByLabel('Nein, meine Arbeit steht still').check();
  await gwen.getByRole('button', { name: 'Melden', exact: true }).last().click();
  await expect(gwen.getByRole('heading', { level: 1 })).toHaveText('Der Drucker am Tor 4 bleibt dunkel');
  await expect(gwen.getByText('Eingegangen').or(gwen.getByText('Gemeldet')).first()).toBeVisible();

  const number = gwen.url().split('/').pop();
  await desk.api.command(number, 'hold', { reason: 'requester' });
  await expect(gwen.getByText('Wir warten auf Ihre Antwort.')).toBeVisible();
  await gwen.getByLabel('Ihre Antwort').fill('Der Schalter hinten ist an.');
  await gwen.getByRole('button', { name: 'Antwort senden' }).click();
  await expect(gwen.getByRole('article', { name: /Nachricht von Sie|Nachricht von/ })).toContainText('Der Schalter hinten ist an.');
  await expect(gwen.locator('time[data-tick="since"]').last()).toHaveText('jetzt');

  await desk.api.command(number, 'resolve', { code: 'fixed', note: 'Neues Netzteil.' });
  await gwen.getByRole('button', { name: 'Es funktioniert wieder' }).click();
  await expect(gwen.getByText('Geschlossen').first()).toBeVisible();
  expect((await desk.api.incident(number)).state).toBe('closed');
});

test('no page of the portal is wider than a phone in any language', async ({ desk, open }) => {
  const { number } = await (await desk.apiOf(people.peter)).report({ title: 'Scanner beeps twice' });
  await desk.api.command(number, 'resolve', { code: 'fixed', note: 'New battery.' });
  const peter = await open(people.peter);
  for (const language of LANGUAGES) {
    await reads(desk, people.peter, language);
    for (const [width, height] of [[390, 844], [1440, 900]]) {
      await peter.setViewportSize({ width, height });
      for (const path of ['/portal', '/portal/report', '/portal/incidents', `/portal/incidents/${number}`, '/me', '/search?q=x']) {
        await peter.goto(path);
        await expect(peter.locator('html')).toHaveAttribute('lang', language);
        const over = await peter.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
        expect(over, `${language} ${path} at ${width}`).toBeLessThanOrEqual(0);
      }
    }
  }
});

test('signing in speaks what the browser asks for, until another language is chosen', async ({ desk, browser }) => {
  const context = await browser.newContext({ baseURL: desk.url, locale: 'pl-PL' });
  const page = await context.newPage();
  await page.goto('/sign-in');
  await expect(page.getByRole('button', { name: 'Zaloguj' })).toBeVisible();
  await page.getByRole('button', { name: 'Français' }).click();
  await expect(page.getByRole('button', { name: 'Se connecter' })).toBeVisible();
  await page.goto('/nothing');
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Il n’y a rien ici');
  await context.close();
});
