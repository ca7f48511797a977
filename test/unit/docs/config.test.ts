/** docs/config.md matches the settings table. `UPDATE_DOCS=1` regenerates it. */
import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { test } from 'node:test';
import { settingsReference } from '#config/reference.ts';
import { KEYS, Settings } from '#config/settings.ts';

const DOCUMENT = new URL('../../../docs/config.md', import.meta.url);
const BEGIN = '<!-- settings: made from src/config/settings.ts -->\n';
const END = '<!-- end of settings -->\n';

test('docs/config.md lists every setting of the program', async () => {
  const text = await readFile(DOCUMENT, 'utf8');
  const [before, rest] = text.split(BEGIN);
  const [table, after] = rest?.split(END) ?? [];
  assert.ok(after !== undefined, 'the page has the markers of the settings');
  const expected = `\n${settingsReference()}\n`;
  if (process.env['UPDATE_DOCS'] === '1') await writeFile(DOCUMENT, `${before}${BEGIN}${expected}${END}${after}`);
  else assert.equal(table, expected, 'run this test with UPDATE_DOCS=1 and read the difference');
});

test('every setting is documented, and no two share a variable or an option', () => {
  assert.deepEqual([...KEYS.keys()], Object.keys(Settings.shape));
  for (const name of ['variable', 'option'] as const) {
    const used = [...KEYS.values()].flatMap((facts) => facts[name] ?? []);
    assert.equal(new Set(used).size, used.length);
  }
});
