// The main job over the REST API, with the refusals a program has to expect.
import { expect, people, test } from '../support/fixtures.mjs';

const report = { title: 'Labels print blank', description: 'Dock 4, since the new rolls.', service: 'Label Printing' };

test('an incident from report to closure', async ({ desk }) => {
  const gwen = await desk.apiOf(people.gwen);
  const mara = await desk.apiOf(people.mara);

  const reported = await gwen.report(report);
  const { number } = reported;
  expect(number).toMatch(/^INC-[1-9]\d*$/);
  expect(reported).toMatchObject({ state: 'new', priority: 'P4', title: report.title });
  const kinds = reported.clocks.map((clock) => clock.kind);
  expect(kinds).toEqual(expect.arrayContaining(['acknowledge', 'response', 'resolution']));

  expect((await mara.command(number, 'prioritise', { impact: 2, urgency: 2 })).priority).toBe('P3');
  expect((await mara.command(number, 'acknowledge')).state).toBe('in_progress');
  await mara.command(number, 'comment', { body: 'Which rolls are they?', visibility: 'public' });
  await mara.command(number, 'comment', { body: 'Supplier changed the paper.', visibility: 'internal' });

  const held = await mara.command(number, 'hold', { reason: 'requester' });
  expect(held).toMatchObject({ state: 'on_hold', hold_reason: 'requester' });
  const clock = held.clocks.find(({ kind }) => kind === 'resolution');
  expect(clock.status).toBe('paused');

  expect((await mara.command(number, 'resume')).state).toBe('in_progress');
  await mara.command(number, 'hold', { reason: 'requester' });
  await gwen.command(number, 'comment', { body: 'The thin ones.', visibility: 'public' });
  expect((await mara.incident(number)).state, 'a reply resumes').toBe('in_progress');

  await mara.command(number, 'resolve', { code: 'fixed', note: 'Printer set to the thin paper.' });
  expect((await gwen.command(number, 'dispute', { note: 'Still blank.' })).state).toBe('in_progress');
  await mara.command(number, 'resolve', { code: 'fixed', note: 'Print head cleaned.' });
  const closed = await gwen.command(number, 'confirm');
  expect(closed).toMatchObject({ state: 'closed', resolution: { code: 'fixed', note: 'Print head cleaned.' } });
  expect(closed.closed_at).toBeTruthy();

  const events = await mara.timeline(number);
  expect(events[0].kind).toBe('reported');
  expect(events.map((event) => event.n)).toEqual(events.map((_, index) => index + 1));
  for (const kind of ['put_on_hold', 'resumed', 'resolved', 'closed']) {
    expect(events.map((event) => event.kind)).toContain(kind);
  }
  const seenByGwen = JSON.stringify(await gwen.timeline(number));
  expect(seenByGwen).not.toContain('Supplier changed the paper.');
});

test('a refused command says what is allowed and changes nothing', async ({ desk }) => {
  const { number, version } = await desk.api.report(report);
  const answer = await desk.api.request('POST', `/api/v1/incidents/${number}/confirm`, {});
  expect(answer.status).toBe(409);
  expect(answer.type).toContain('application/problem+json');
  expect(answer.body.status).toBe(409);
  expect(answer.body.allowed).toContain('resolve');
  expect((await desk.api.incident(number)).version).toBe(version);
});

test('bad input names the field and stores nothing', async ({ desk }) => {
  const cases = [
    [{}, 422, 'title'],
    [{ title: '' }, 422, 'title'],
    [{ title: 'x', impact: 7 }, 422, 'impact'],
    [{ title: 'x', colour: 'red' }, 422, 'colour'],
    [{ title: 'x', service: 'No such service' }, 422, 'service'],
  ];
  for (const [body, status, field] of cases) {
    const answer = await desk.api.request('POST', '/api/v1/incidents', body);
    expect(answer.status, JSON.stringify(body)).toBe(status);
    expect(answer.type).toContain('application/problem+json');
    expect(JSON.stringify(answer.body), JSON.stringify(body)).toContain(field);
  }
  expect((await desk.api.request('POST', '/api/v1/incidents', '{"title": ')).status).toBe(400);
  expect((await desk.api.request('GET', '/api/v1/incidents/INC-999999')).status).toBe(404);
});

test('the same idempotency key gives the same incident', async ({ desk }) => {
  const key = { 'idempotency-key': 'labels-dock-4' };
  const first = await desk.api.request('POST', '/api/v1/incidents', report, { ...key });
  const again = await desk.api.request('POST', '/api/v1/incidents', report, { ...key });
  expect(first.status).toBe(201);
  expect(again.body.number).toBe(first.body.number);
  const other = await desk.api.request('POST', '/api/v1/incidents', { ...report, title: 'Other' }, { ...key });
  expect(other.status).toBe(422);
});

test('a stale version is refused', async ({ desk }) => {
  const { number } = await desk.api.report(report);
  const read = await desk.api.request('GET', `/api/v1/incidents/${number}`);
  const etag = read.headers.get('etag');
  expect(etag).toBeTruthy();
  const path = `/api/v1/incidents/${number}/prioritise`;
  const body = { impact: 1, urgency: 1 };
  expect((await desk.api.request('POST', path, body, { 'if-match': etag })).status).toBe(200);
  expect((await desk.api.request('POST', path, { impact: 3, urgency: 3 }, { 'if-match': etag })).status).toBe(412);
  expect((await desk.api.incident(number)).priority).toBe('P1');
});

test('a list is cut into pages that miss and repeat nothing', async ({ desk }) => {
  const made = [];
  for (let n = 0; n < 5; n += 1) made.push((await desk.api.report({ title: `Paged ${n}` })).number);
  const seen = [];
  let cursor = '';
  do {
    const page = await desk.api.get(`/api/v1/incidents?limit=2&q=${encodeURIComponent('state:open paged')}${cursor}`);
    expect(page.items.length).toBeLessThanOrEqual(2);
    seen.push(...page.items.map((incident) => incident.number));
    cursor = page.next === null ? null : `&cursor=${encodeURIComponent(page.next)}`;
  } while (cursor !== null);
  expect([...seen].sort()).toEqual([...made].sort());
});
