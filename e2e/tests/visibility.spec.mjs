// Who may see what: the same answer on the page, in lists and over the API.
import { expect, people, test } from '../support/fixtures.mjs';
import { reportInPortal } from '../support/screens.mjs';

test("a requester finds nothing at another's incident", async ({ desk, open }) => {
  const gwen = await open(people.gwen);
  const number = await reportInPortal(gwen, {
    title: 'Payslip shows the wrong bank',
    description: 'Only mine, since Friday.',
  });

  const peter = await open(people.peter, { expected: [/404/] });
  for (const path of [`/portal/incidents/${number}`, `/incidents/${number}`]) {
    const answer = await peter.goto(path);
    expect([403, 404], path).toContain(answer.status());
    await expect(peter.getByText('Payslip')).toHaveCount(0);
  }
  expect((await peter.goto(`/portal/incidents/${number}`)).status()).toBe(404);
  await peter.goto('/portal');
  await expect(peter.getByText('Payslip')).toHaveCount(0);

  const api = await desk.apiOf(people.peter);
  expect((await api.request('GET', `/api/v1/incidents/${number}`)).status).toBe(404);
  expect((await api.request('GET', `/api/v1/incidents/${number}/timeline`)).status).toBe(404);
  expect((await api.request('POST', `/api/v1/incidents/${number}/comment`, { body: 'x', visibility: 'public' })).status).toBe(404);
  const listed = await api.get('/api/v1/incidents?limit=100');
  expect(listed.items.map((incident) => incident.number)).not.toContain(number);
  expect(JSON.stringify(await api.get('/api/v1/search?q=payslip'))).not.toContain('Payslip');
});

test('an incident restricted to a team is hidden from other agents', async ({ desk, open }) => {
  const network = await desk.apiOf(people.ines);
  const { number } = await network.report({ title: 'Key card log looks wrong', team: 'Network' });
  await network.command(number, 'restrict', { team: 'Network' });

  const ines = await open(people.ines);
  expect((await ines.goto(`/incidents/${number}`)).status()).toBe(200);
  const mara = await open(people.mara, { expected: [/404/] });
  expect((await mara.goto(`/incidents/${number}`)).status()).toBe(404);
  await mara.goto('/queue?q=' + encodeURIComponent('state:open key card'));
  await expect(mara.getByText('Key card log looks wrong')).toHaveCount(0);
});

test('without signing in every screen leads to the sign-in', async ({ open }) => {
  const nobody = await open();
  for (const path of ['/', '/queue', '/portal', '/incidents/INC-1', '/settings']) {
    await nobody.goto(path);
    await expect(nobody.getByRole('button', { name: 'Sign in', exact: true }), path).toBeVisible();
  }
});
