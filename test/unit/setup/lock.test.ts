/** What the lock file promises about packages that are fetched. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { z } from 'zod';

const Package = z.looseObject({
  version: z.string().optional(),
  integrity: z.string().optional(),
  hasInstallScript: z.boolean().default(false),
});
const { packages } = z
  .object({ packages: z.record(z.string(), Package) })
  .parse(JSON.parse(readFileSync(new URL('../../../package-lock.json', import.meta.url), 'utf8')));

test('the Node that runs the server has a hash, in the same version for both processors', () => {
  const found = ['x64', 'arm64'].map((processor) => packages[`node_modules/node-linux-${processor}`]);
  for (const one of found) assert.match(one?.integrity ?? '', /^sha512-/);
  assert.equal(found[0]?.version, found[1]?.version);
});

test('no package runs a script when it is installed', () => {
  const scripts = Object.entries(packages).filter(([, { hasInstallScript }]) => hasInstallScript);
  assert.deepEqual(
    scripts.map(([path]) => path),
    [],
  );
});
