// What people decided before is suggested under what is missing, accepted by one key, and told with its origin.
import { aDesk, expect, people, test as base } from '../support/fixtures.mjs';
import { isSound } from '../support/sound.mjs';

/** Incidents of other files would be learned from too. */
const test = base.extend({ desk: aDesk() });
const past = {
  Tunnels: ['VPN tunnel to the gateway drops', 'VPN slow today', 'No tunnel', 'Cannot reach the gateway'],
  Printers: ['Printer jams at the paper tray', 'Printer slow today', 'No paper', 'The tray does not open'],
};
/** Of each: the least that is learned from is 200 in all. */
const OF_EACH = 110;
/** The loop looks every 10 s. */
const LEARNED = { timeout: 60_000 };

async function history(desk) {
  for (const [name, titles] of Object.entries(past)) {
    const { id } = await desk.api.post('/api/v1/categories', { name });
    for (let n = 0; n < OF_EACH; n += 1) {
      const { number } = await desk.api.report({ title: titles[n % titles.length] });
      await desk.api.command(number, 'classify', { category: id });
    }
  }
}

test('a suggestion is learned, accepted by one key, and undone', async ({ desk, open }) => {
  test.slow();
  await history(desk);
  const admin = await open(people.admin);
  await admin.goto('/reports/suggestions');
  await expect(admin.getByText('Too little is known').first()).toBeVisible();
  await admin.getByRole('button', { name: 'Learn again now' }).click();
  const learned = async () => {
    const { items } = await desk.api.get('/api/v1/suggestions');
    return items.find((one) => one.field === 'category').learned_from;
  };
  await expect.poll(learned, LEARNED).toBe(2 * OF_EACH);
  await admin.goto('/reports/suggestions');
  await isSound(admin, 'how good suggestions are');

  const { number } = await desk.api.report({ title: past.Tunnels[0] });
  const mara = await open(people.mara);
  await mara.goto(`/incidents/${number}`);
  const props = mara.locator('#props');
  await expect(props).toContainText('Suggested: Tunnels');
  await expect(props).toContainText('because');
  await isSound(mara, 'a suggestion');
  await mara.keyboard.press('o');
  await expect(props).not.toContainText('Suggested: Tunnels');
  await expect(props).toContainText('Tunnels');
  await expect(mara.locator('#tl')).toContainText('accepted suggestion 1');
  await mara.keyboard.press('z');
  await expect(props).toContainText(/Category\s*None/);

  await mara.goto('/incidents/new');
  await mara.getByLabel('Title').fill(past.Printers[0]);
  const beside = mara.locator('#suggested');
  await expect(beside).toContainText('Category suggested: Printers');
  await isSound(mara, 'a suggestion beside the form');
  await beside.getByRole('button', { name: 'Accept Printers as category' }).click();
  await expect(mara.getByLabel('Category').locator('option:checked')).toHaveText('Printers');
  await expect(mara.getByLabel('Title')).toHaveValue(past.Printers[0]);
  const accepted = async () => (await desk.api.get('/api/v1/suggestions')).items.find((one) => one.field === 'category').outcomes.accepted;
  const before = await accepted();
  await mara.getByRole('combobox', { name: 'Caller' }).fill(people.gwen.email);
  await mara.getByRole('button', { name: /^Create incident/ }).last().click();
  await expect(mara.getByRole('heading', { level: 1 })).toContainText(past.Printers[0]);
  await expect.poll(accepted).toBe(before + 1);
});
