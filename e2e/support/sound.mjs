// Whether a screen is sound: nothing that axe finds (WCAG 2.2 AA), and nothing that scrolls it sideways.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { expect } from '@playwright/test';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];
const WIDTHS = [1440, 390];

/** What axe finds on the page as it is now. */
export async function violations(page) {
  await page.evaluate(AXE);
  return page.evaluate(async (tags) => {
    const results = await window.axe.run(document, { runOnly: { type: 'tag', values: tags } });
    // Two lines of text in a box of the map are read without a space between them; its name has both.
    const isBox = ({ target }) => document.querySelector(target[0])?.closest('.graph');
    const left = (one) => (one.id === 'label-content-name-mismatch' ? one.nodes.filter((node) => !isBox(node)) : one.nodes);
    const found = results.violations.map((one) => ({ ...one, nodes: left(one) })).filter(({ nodes }) => nodes.length > 0);
    return found.map(({ id, help, nodes }) => ({
      id,
      help,
      where: nodes.slice(0, 5).map((node) => `${node.target.join(' ')}: ${node.any[0]?.message ?? node.failureSummary}`),
    }));
  }, TAGS);
}

/** By how many pixels the page scrolls sideways. */
export async function sidewaysScroll(page) {
  return page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
}

/** The page as it is now, wide and on a phone. */
export async function isSound(page, name) {
  for (const width of WIDTHS) {
    await page.setViewportSize({ width, height: 900 });
    expect.soft(await violations(page), `${name} at ${width} px`).toEqual([]);
    expect.soft(await sidewaysScroll(page), `${name} scrolls sideways at ${width} px`).toBe(0);
  }
  await page.setViewportSize({ width: 1440, height: 900 });
}
