/** Which browser journeys also run on the cluster. */
import assert from 'node:assert/strict';
import { globSync } from 'node:fs';
import { resolve } from 'node:path';
import { test } from 'node:test';
import { journeysOf, ONE_MACHINE } from '../../kubernetes/journeys.ts';

const ROOT = resolve(import.meta.dirname, '../../..');
const PATHS = globSync('test/e2e/*.test.ts', { cwd: ROOT });

test('every journey runs on the cluster unless there is a reason against it', () => {
  const { onCluster, here } = journeysOf(PATHS);
  assert.equal(onCluster.length, PATHS.length - Object.keys(here).length);
  assert.ok(onCluster.includes('test/e2e/journeys.test.ts'));
  assert.ok(!onCluster.includes('test/e2e/upgrade.test.ts'));
});

test('a new journey runs on the cluster, too', () => {
  assert.ok(journeysOf([...PATHS, 'test/e2e/sound.test.ts']).onCluster.includes('test/e2e/sound.test.ts'));
});

test('a reason for a journey that no longer exists is an error', () => {
  const [name = ''] = Object.keys(ONE_MACHINE);
  const others = PATHS.filter((path) => path !== `test/e2e/${name}.test.ts`);
  assert.throws(() => journeysOf(others), new RegExp(`names ${name}, which no longer exists`));
});
