/** Files that install on the cluster run side by side, and a node port belongs to one installation. */
import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import { test } from 'node:test';

const FOLDER = resolve(import.meta.dirname, '../../kubernetes');
const PORT = /\b30_?[45]\d\d\b/g;
/** The default of the product: of the documented walk, which runs alone with it. */
const DEFAULT = '30443';

test('no two files of the cluster use the same node port', () => {
  const users = new Map<string, Set<string>>();
  for (const path of globSync(`${FOLDER}/*.test.ts`))
    for (const [found] of readFileSync(path, 'utf8').matchAll(PORT)) {
      const port = found.replace('_', '');
      if (port !== DEFAULT) users.set(port, (users.get(port) ?? new Set()).add(basename(path)));
    }
  assert.ok(users.size > 5);
  const shared = [...users].filter(([, files]) => files.size > 1).map(([port, files]) => [port, ...files]);
  assert.deepEqual(shared, []);
});
