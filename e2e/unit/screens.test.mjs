// Every address that the program answers with a page is looked at by a test with axe, or is named as none.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { LOOKED_AT, NO_SCREEN } from '../support/looked-at.mjs';

const SOURCE = new URL('../../crates/web/src/', import.meta.url).pathname;
/** Where the address of the internal status page is said. */
const STATUS = new URL('../../crates/desk/src/status/mod.rs', import.meta.url).pathname;
const TESTS = new URL('../tests/', import.meta.url).pathname;

function files(folder) {
  const all = readdirSync(folder, { withFileTypes: true });
  return all.flatMap((one) => (one.isDirectory() ? files(join(folder, one.name)) : join(folder, one.name)));
}

const constants = (text) => new Map([...text.matchAll(/const ([A-Z_]+): &str =\s*"([^"]+)"/g)].map(([, name, path]) => [name, path]));

/** The addresses that are answered to a browser that goes there. */
function addresses() {
  const sources = files(SOURCE).filter((file) => file.endsWith('.rs'));
  const known = new Map([...sources, STATUS].flatMap((file) => [...constants(readFileSync(file, 'utf8'))]));
  const shared = constants(readFileSync(join(SOURCE, 'url.rs'), 'utf8'));
  const found = sources.flatMap((file) => {
    const [text] = readFileSync(file, 'utf8').split('#[cfg(test)]');
    const own = constants(text);
    return [...text.matchAll(/\.route\(\s*(?:"([^"]+)"|((?:\w+::)*)([A-Z_]+)),\s*get\(/g)].map(([, path, of, name]) => {
      const address = path ?? (of === 'url::' ? shared : own).get(name) ?? known.get(name);
      assert.ok(address, `${name} of ${file} is an address`);
      return address;
    });
  });
  return [...new Set(found)].sort();
}

test('every screen is looked at', () => {
  const all = addresses();
  assert.ok(all.length > 100, `${all.length} addresses are found`);
  const listed = [...NO_SCREEN, ...Object.values(LOOKED_AT).flat()];
  assert.deepEqual(all.filter((path) => !listed.includes(path)), [], 'looked at by no test');
  assert.deepEqual(listed.filter((path) => !all.includes(path)), [], 'no longer there');
});

test('the tests that are named look with axe', () => {
  for (const name of Object.keys(LOOKED_AT)) {
    assert.match(readFileSync(join(TESTS, name), 'utf8'), /axe|support\/sound\.mjs/, name);
  }
});
