/** docs/benchmarks.md and its pictures match docs/benchmarks.json. `UPDATE_DOCS=1` writes them. */
import assert from 'node:assert/strict';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { test } from 'node:test';
import { documentOf, picturesOf } from '../../../bench/screen/document.ts';
import { Results } from '../../../bench/screen/results.ts';

const DOCS = new URL('../../../docs/', import.meta.url);

test('docs/benchmarks.md and its pictures have the recorded figures', async () => {
  const results = Results.parse(JSON.parse(await readFile(new URL('benchmarks.json', DOCS), 'utf8')));
  const pictures = picturesOf(results);
  const expected = new Map([...pictures, ['benchmarks.md', documentOf(results)]]);
  await mkdir(new URL('benchmarks', DOCS), { recursive: true });
  for (const [path, text] of expected) {
    const file = new URL(path, DOCS);
    if (process.env['UPDATE_DOCS'] === '1') await writeFile(file, text);
    assert.equal(await readFile(file, 'utf8'), text, 'run this test with UPDATE_DOCS=1 and read the difference');
  }
  const there = await readdir(new URL('benchmarks', DOCS));
  assert.deepEqual(there.toSorted(), [...pictures.keys()].map((path) => basename(path)).toSorted());
});
