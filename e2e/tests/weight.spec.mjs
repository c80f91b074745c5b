// What the first view costs, and that nothing is inline.
import { expect, people, test } from '../support/fixtures.mjs';

const FIRST_VIEW_BYTES_MAX = 100_000;
const CSS_BYTES_MAX = 30_000;
const SCRIPT_BYTES_MAX = 35_000;
const KINDS = ['document', 'stylesheet', 'script', 'image', 'other', 'fetch'];

/** Bytes as they came over the wire, by kind of resource. */
async function weigh(page, path) {
  const sizes = Object.fromEntries(KINDS.map((kind) => [kind, 0]));
  const pending = [];
  page.on('requestfinished', (request) => {
    const kind = KINDS.includes(request.resourceType()) ? request.resourceType() : 'other';
    pending.push(request.sizes().then(({ responseBodySize }) => (sizes[kind] += responseBodySize)));
  });
  const answer = await page.goto(path, { waitUntil: 'load' });
  await Promise.all(pending);
  return { sizes, answer, total: Object.values(sizes).reduce((sum, size) => sum + size, 0) };
}

test.beforeAll(async ({ desk }) => {
  for (let n = 1; n <= 60; n += 1) {
    await desk.api.report({
      title: `Scanner ${n} at dock ${n % 9} loses its connection after the break`,
      team: 'Service Desk',
      service: 'Warehouse Wi-Fi',
      requester: people.gwen.email,
    });
  }
});

for (const [name, person, path] of [
  ['queue', people.mara, '/queue'],
  ['portal', people.gwen, '/portal'],
]) {
  test(`the first view of the ${name} is light`, async ({ open }) => {
    const page = await open(person);
    const { sizes, answer, total } = await weigh(page, path);
    const report = JSON.stringify(sizes);
    expect(sizes.document, report).toBeGreaterThan(0);
    expect(answer.headers()['content-encoding'], 'the page is compressed').toBe('gzip');
    expect(sizes.stylesheet, report).toBeLessThanOrEqual(CSS_BYTES_MAX);
    expect(sizes.script, report).toBeLessThanOrEqual(SCRIPT_BYTES_MAX);
    expect(total, report).toBeLessThanOrEqual(FIRST_VIEW_BYTES_MAX);
  });
}

test('pages forbid and contain no inline style or script', async ({ desk, open }) => {
  const { number } = await desk.api.report({ title: 'Ramp light out', requester: people.gwen.email });
  const mara = await open(people.mara);
  const gwen = await open(people.gwen);
  for (const [page, path] of [
    [mara, '/queue'],
    [mara, `/incidents/${number}`],
    [gwen, '/portal'],
    [gwen, `/portal/incidents/${number}`],
  ]) {
    const answer = await page.goto(path);
    const policy = answer.headers()['content-security-policy'] || '';
    expect(policy, path).toContain("default-src 'self'");
    expect(policy, path).not.toContain('unsafe');
    const html = await answer.text();
    expect(html, path).not.toMatch(/\sstyle\s*=\s*["']/);
    expect(html, path).not.toMatch(/\son[a-z]+\s*=\s*["']/);
    expect(html, path).not.toMatch(/<script(?![^>]*\ssrc=)[^>]*>/);
  }
});
