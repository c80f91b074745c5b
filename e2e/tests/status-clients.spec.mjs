// Programs that read status pages read ours: the client that npm has for Statuspage, and a reader of feeds.
import { expect, test } from '@playwright/test';
import Parser from 'rss-parser';
import { Statuspage } from 'statuspage.io';
import { Api } from '../support/api.mjs';
import { Program } from '../support/program.mjs';
import { PASSWORD, people } from '../support/world.mjs';

const HOUR = 3_600_000;

test('the statuspage.io client reads the page', async () => {
  test.setTimeout(120_000);
  // The client would ask a proxy of the machine for what is on it.
  process.env.no_proxy = '127.0.0.1';
  const program = await Program.start({ adminEmail: people.admin.email, adminPassword: PASSWORD });
  try {
    const api = new Api(program.url, await program.token(people.admin.email, 'admin'));
    await api.done('PUT', '/api/v1/status-page', { public: true, name: 'Northwind' });
    await api.post('/api/v1/services', { name: 'Label Printing', criticality: 2 });
    const printing = await api.post('/api/v1/components', { name: 'Printing', service: 'Label Printing' });
    const group = await api.post('/api/v1/component-groups', { name: 'Warehouses' });
    await api.post('/api/v1/components', { name: 'Wi-Fi', group: group.id });
    const incident = await api.report({ title: 'Spooler of hall 3 hangs', service: 'Label Printing' });
    await api.command(incident.number, 'record-outage', {
      service: 'Label Printing',
      degree: 'partial',
      started_at: new Date().toISOString(),
    });
    await api.command(incident.number, 'publish-update', {
      title: 'Labels print slowly',
      body: 'We look into it.',
      audiences: { status_page: true },
    });
    await api.post('/api/v1/maintenances', {
      name: 'fw-2 on core-7',
      everything: true,
      starts_at: new Date(Date.now() + 24 * HOUR).toISOString(),
      ends_at: new Date(Date.now() + 25 * HOUR).toISOString(),
      public: { title: 'Router firmware', body: 'The network is slow.', components: [printing.id] },
    });

    const client = new Statuspage('northwind');
    client.setApiUrl(`${program.url}/status`);
    const { api: page } = client;
    await expect
      .poll(async () => {
        const summary = await page.getSummary().catch(() => null);
        return [summary?.incidents.length, summary?.scheduled_maintenances.length];
      })
      .toEqual([1, 1]);

    const summary = await page.getSummary();
    expect(summary.page).toMatchObject({ name: 'Northwind', url: `${program.url}/status` });
    expect(summary.status).toEqual({ indicator: 'minor', description: 'Minor Service Outage' });
    const { components } = await page.getComponents();
    expect(components.map((one) => [one.name, one.status, one.group])).toEqual([
      ['Printing', 'partial_outage', false],
      ['Warehouses', 'operational', true],
      ['Wi-Fi', 'operational', false],
    ]);
    expect((await page.getStatus()).status).toEqual(summary.status);

    const [open] = (await page.incidents.getUnresolved()).incidents;
    expect(open).toMatchObject({ name: 'Labels print slowly', status: 'investigating', impact: 'major', resolved_at: null });
    expect(open.incident_updates.map((one) => one.body)).toEqual(['We look into it.']);
    expect(open.components.map((one) => one.id)).toEqual([printing.id]);
    expect((await page.incidents.getAll()).incidents).toEqual([open]);
    // Where the client says a reader finds it, there is a page.
    expect((await fetch(open.shortlink)).status).toBe(200);

    // All three ask for upcoming.json in this version of the client.
    for (const list of ['getUpcoming', 'getActive', 'getAll']) {
      const [work] = (await page.scheduledMaintenances[list]()).scheduled_maintenances;
      expect(work, list).toMatchObject({ name: 'Router firmware', status: 'scheduled', impact: 'maintenance' });
    }
    expect(JSON.stringify(summary)).not.toMatch(/core-7|Spooler/);

    // A reader of feeds finds the same in both, what was said first: under one id, with one link that leads somewhere.
    for (const kind of ['atom', 'rss']) {
      const feed = await new Parser().parseURL(`${program.url}/status/history.${kind}`);
      expect(feed, kind).toMatchObject({ title: 'Northwind status', link: `${program.url}/status`, feedUrl: `${program.url}/status/history.${kind}` });
      const said = feed.items.find(({ title }) => title.startsWith('Labels print slowly'));
      expect(said, kind).toMatchObject({ link: open.shortlink, contentSnippet: 'We look into it.' });
      expect(said.id ?? said.guid, kind).toMatch(/^urn:uuid:/);
      expect(Date.parse(said.isoDate), kind).toBeGreaterThan(Date.now() - HOUR);
      expect(feed.items.map(({ title }) => title).join(), kind).toContain('Router firmware');
      expect(JSON.stringify(feed), kind).not.toMatch(/core-7|Spooler/);
    }

    // The same at the root, where clients look that know hosts alone.
    client.setApiUrl(program.url);
    expect((await page.getSummary()).incidents).toEqual(summary.incidents);

    await api.command(incident.number, 'publish-update', {
      body: 'It works again.',
      phase: 'resolved',
      audiences: { status_page: true },
    });
    await expect.poll(async () => (await page.incidents.getUnresolved()).incidents).toEqual([]);
    const [over] = (await page.incidents.getAll()).incidents;
    expect(over.status).toBe('resolved');
    expect(over.resolved_at).not.toBeNull();
  } finally {
    await program.stop();
  }
});
