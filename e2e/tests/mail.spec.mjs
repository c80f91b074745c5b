// What comes in by mail: an incident while people look, what is unclear let in by one press, and
// the message as it was sent.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { expect, people, test } from '../support/fixtures.mjs';
import { openLive } from '../support/screens.mjs';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];

async function look(page, name) {
  for (const width of [1440, 390]) {
    for (const theme of ['light', 'dark']) {
      await page.setViewportSize({ width, height: 900 });
      await page.emulateMedia({ colorScheme: theme, reducedMotion: 'reduce' });
      await page.screenshot({ path: `results/screens/${name}-${width}-${theme}.png`, fullPage: width === 390 });
      await page.evaluate(AXE);
      const found = await page.evaluate(async (tags) => {
        const { violations } = await window.axe.run(document, { runOnly: { type: 'tag', values: tags }, iframes: false });
        return violations.map(({ id, nodes }) => `${id}: ${nodes[0].target.join(' ')}`);
      }, TAGS);
      expect.soft(found, `${name} at ${width} px, ${theme}`).toEqual([]);
      const sideways = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
      expect.soft(sideways, `${name} scrolls sideways at ${width} px`).toBe(0);
    }
  }
  await page.setViewportSize({ width: 1440, height: 900 });
}

const mail = (from, subject, text, more = '') =>
  `From: ${from.name} <${from.email}>\r\nTo: mail-test@northwind.example\r\nSubject: ${subject}\r\n` +
  `Message-ID: <${crypto.randomUUID()}@northwind.example>\r\n${more}\r\n${text.replaceAll('\n', '\r\n')}`;

test('a message becomes an incident, an unclear one waits, and both are shown as they were sent', async ({ desk, open }) => {
  test.setTimeout(120_000);
  const box = await desk.api.post('/api/v1/integrations', {
    name: 'Mail test',
    kind: 'email',
    team: 'Service Desk',
    addresses: ['mail-test@northwind.example'],
  });
  const send = async (raw) => {
    const answer = await fetch(`${desk.url}/intake/${box.key}/email`, { method: 'POST', body: raw });
    expect(answer.status).toBe(202);
  };

  // It appears in the queue that somebody looks at.
  const mara = await open(people.mara);
  await openLive(mara, '/queue?q=team%3Amine%20state%3Aopen');
  const title = 'Scale at gate 4 shows nothing';
  await send(mail(people.gwen, title, 'It went dark at six.'));
  await expect(mara.locator('#newrows:visible').or(mara.getByRole('link', { name: title })).first()).toBeVisible();
  const found = async () => (await desk.api.get(`/api/v1/incidents?q=${encodeURIComponent(`"${title}"`)}`)).items;
  await expect.poll(async () => (await found()).length).toBe(1);
  const { number } = (await found())[0];

  // What cannot be believed waits for somebody, who sees it in the queue and lets it in.
  const html =
    'Authentication-Results: mx.northwind.example; dmarc=fail\r\nMIME-Version: 1.0\r\nContent-Type: multipart/alternative; boundary=b\r\n';
  const parts =
    '--b\nContent-Type: text/plain\n\nAll gates are dark now.\n\nOn Mon, 23 Nov 2026, Help wrote:\n> Which gate is it?\n' +
    '--b\nContent-Type: text/html\n\n<p>All gates are <b>dark</b> now.</p><script>alert(1)</script><blockquote>Which gate is it?</blockquote>\n--b--\n';
  await send(mail(people.gwen, `Re: ${number} ${title}`, parts, html));
  const aside = async () => (await desk.api.get('/api/v1/messages?state=quarantined')).items.filter((one) => one.suggested === number);
  await expect.poll(async () => (await aside()).length).toBe(1);
  await mara.goto('/queue');
  await mara.getByRole('link', { name: /Mail kept aside/ }).first().click();
  await expect(mara.getByText(/waits? for somebody/).first()).toBeVisible();
  await look(mara, 'mail');
  await mara.getByRole('link', { name: new RegExp(`Re: ${number}`) }).click();
  await expect(mara.getByText('DMARC does not fit')).toBeVisible();
  await look(mara, 'mail-message');
  await mara.getByRole('button', { name: `Add to ${number}`, exact: true }).click();
  await mara.getByRole('link', { name: `Open ${number}` }).click();

  // As it was sent, with what was quoted, and its page in a frame that can do nothing.
  const entry = mara.getByRole('article').filter({ hasText: 'All gates are dark now.' });
  await expect(entry).not.toContainText('Which gate is it?');
  await entry.getByRole('link', { name: 'Show original' }).click();
  await expect(mara.getByRole('region', { name: 'Text of the message' })).toContainText('> Which gate is it?');
  await mara.getByText('As a page, without images and links').click();
  const frame = mara.frameLocator('iframe');
  await expect(frame.locator('b')).toHaveText('dark');
  await expect(frame.locator('script')).toHaveCount(0);
  await look(mara, 'mail-original');

  // Its sender sees it as well, nobody else does.
  const gwen = await open(people.gwen);
  await gwen.goto(`/portal/incidents/${number}`);
  await gwen.getByRole('link', { name: 'Show original' }).last().click();
  await expect(gwen.getByRole('region', { name: 'Text of the message' })).toContainText('> Which gate is it?');
  await look(gwen, 'mail-portal-original');
  const peter = await open(people.peter, { expected: [/404/] });
  expect((await peter.goto(gwen.url())).status()).toBe(404);
});
