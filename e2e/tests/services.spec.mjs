// Services by keyboard, in a map and without scripts; what happens to one reaches open pages by itself.
import { expect, people, test } from '../support/fixtures.mjs';

const database = 'Order Database';

test.beforeAll(async ({ desk }) => {
  for (const name of ['Node one', 'Node two', 'Node three']) await desk.api.post('/api/v1/services', { name, team: 'Applications' });
  await desk.api.post('/api/v1/services', {
    name: database,
    team: 'Applications',
    criticality: 1,
    public_name: 'Orders',
    cost_per_hour: 1200,
    goal_permille: 999,
    links: [{ title: 'Failover', url: 'https://wiki.northwind.example/failover' }],
    needs: [{ group: 'Nodes', at_least: 2, of: ['Node one', 'Node two', 'Node three'] }],
  });
  await desk.api.post('/api/v1/services', { name: 'Booking', team: 'Applications', depends_on: [database] });
});

test('an agent reads the map, and the page follows what happens', async ({ desk, open }) => {
  const mara = await open(people.mara);
  await mara.goto('/queue');
  await mara.keyboard.press('g');
  await mara.keyboard.press('s');
  await expect(mara.getByRole('heading', { level: 1 })).toContainText('Services');
  await mara.getByLabel('Name', { exact: true }).fill('order');
  await mara.getByRole('button', { name: 'Show', exact: true }).click();
  await mara.getByRole('main').getByRole('link', { name: database }).click();

  const map = mara.getByRole('region', { name: 'Service map', exact: true });
  await expect(map.getByRole('link', { name: 'Booking, level, Applications' })).toBeVisible();
  await expect(map.getByRole('link', { name: /^Node two, level/ })).toBeVisible();
  const facts = mara.getByRole('region', { name: database });
  await expect(facts).toContainText('2 of Node one, Node two and Node three');
  await expect(facts).toContainText('1,200 an hour');
  await expect(facts).toContainText('goal 99.9%');
  await expect(facts.getByRole('link', { name: 'Failover' })).toHaveAttribute('href', 'https://wiki.northwind.example/failover');

  await desk.api.report({ requester: people.gwen.email, title: 'Orders hang', service: database, impact: 1, urgency: 1 });
  await expect(mara.getByRole('region', { name: 'Incidents' })).toContainText('Orders hang');
  await expect(map.getByRole('link', { name: /^Order Database, degraded/ })).toBeVisible();
  await expect(mara.getByRole('complementary', { name: 'Services' })).toContainText('P1');
  await mara.getByRole('region', { name: 'Incidents' }).getByRole('link', { name: /open$/ }).click();
  await expect(mara.getByRole('table').getByText('Orders hang').first()).toBeVisible();
});

test('without scripts the table is there, on a telephone the map scrolls in its own place', async ({ open }) => {
  const plain = await open(people.mara, { javaScriptEnabled: false, viewport: { width: 390, height: 844 } });
  await plain.goto('/services?q=order');
  await plain.getByRole('main').getByRole('link', { name: database }).click();
  const map = plain.getByRole('region', { name: 'Service map', exact: true });
  await expect(map).toBeVisible();
  await plain.getByText('Table', { exact: true }).click();
  await expect(map).toBeHidden();
  const table = plain.getByRole('table', { name: /Service map around/ });
  await expect(table.getByRole('row', { name: /^Booking/ })).toContainText('uses it, directly');
  await expect(table.getByRole('row', { name: /^Node one/ })).toContainText('needed, directly');
});

test('requesters do not come here', async ({ open }) => {
  const gwen = await open(people.gwen);
  await gwen.goto('/services');
  await expect(gwen).toHaveURL(/\/portal$/);
});

test('a catalogue is seen before it is taken over', async ({ open }) => {
  const admin = await open(people.admin);
  await admin.goto('/settings/services');
  await admin.getByRole('link', { name: 'Import a catalogue' }).click();
  const catalogue = 'services:\n  - name: Dispatch\n    criticality: 1\n    needs: [Booking]\n';
  await admin.getByLabel('Catalogue file').setInputFiles({ name: 'services.yaml', mimeType: 'application/yaml', buffer: Buffer.from(catalogue) });
  await admin.getByRole('button', { name: 'See what it would do' }).click();
  await expect(admin.getByRole('region', { name: 'What it would do' })).toContainText('1 service made');
  await admin.getByRole('button', { name: 'Take it over' }).click();
  await expect(admin.getByRole('link', { name: 'Dispatch' }).first()).toBeVisible();
});
