/** The engine contract runs on a cluster in parts, each in a file of its own. */
import assert from 'node:assert/strict';
import { globSync } from 'node:fs';
import { resolve } from 'node:path';
import { test } from 'node:test';
import { PARTS } from '../../contracts/engine.ts';

const FOLDER = resolve(import.meta.dirname, '../../kubernetes');

test('every part of the engine contract is a file that runs on the cluster', () => {
  const files = globSync('engine-*.test.ts', { cwd: FOLDER }).toSorted();
  assert.deepEqual(
    files,
    Object.keys(PARTS)
      .map((part) => `engine-${part}.test.ts`)
      .toSorted(),
  );
});
