/** Which test files run side by side, and which one of the tests' installations they take. */
import assert from 'node:assert/strict';
import { globSync } from 'node:fs';
import { resolve } from 'node:path';
import { test } from 'node:test';
import { environmentOf, placesOf } from '../../runner/places.ts';
import { ALONE, FIRST, groupOf, LONGEST, needsFirst, shared } from '../../runner/sharing.ts';

const ROOT = resolve(import.meta.dirname, '../../..');
const PATHS = globSync(['test/integration/*.test.ts', 'test/e2e/*.test.ts'], { cwd: ROOT });

test('every file runs exactly once, and those that need the machine for themselves run alone', () => {
  const { sideBySide, alone } = shared(PATHS);
  assert.deepEqual([...sideBySide, ...alone].toSorted(), PATHS.toSorted());
  assert.deepEqual(
    alone.toSorted(),
    Object.keys(ALONE)
      .map((name) => `test/${name}.test.ts`)
      .toSorted(),
  );
});

test('files that need the first installation come first, and run one at a time', () => {
  const others = ['a', 'b', 'c'].map((name) => `test/e2e/${name}.test.ts`);
  const first = ['test/e2e/tasks.test.ts', 'test/e2e/catalogue.test.ts'];
  const { sideBySide } = shared([...others, ...first]);
  assert.deepEqual(sideBySide, [...first.toReversed(), ...others]);
  assert.deepEqual(new Set(sideBySide.map(groupOf)), new Set(['first installation', null]));
  assert.deepEqual(first.map(groupOf), ['first installation', 'first installation']);
});

test('the lists name files that exist, and are found by an absolute path, too', () => {
  for (const name of [...Object.keys(ALONE), ...Object.keys(FIRST), ...LONGEST])
    assert.ok(PATHS.includes(`test/${name}.test.ts`), `test/runner/sharing.ts names ${name}, which does not exist`);
  assert.ok(needsFirst('/somewhere/test/e2e/tasks.test.ts'));
  assert.ok(!needsFirst('/somewhere/test/e2e/journeys.test.ts'));
});

test('the first installation has the images, and Podman of the others reads them there', () => {
  const [first, second] = [environmentOf(placesOf(1)), environmentOf(placesOf(2))];
  assert.equal(first['STORAGE_OPTS'], undefined);
  assert.equal(second['DESKPOD_TEST_DATA'], `${first['DESKPOD_TEST_DATA']}-2`);
  assert.equal(second['STORAGE_OPTS'], `overlay.imagestore=${second['DESKPOD_TEST_DATA']}/images`);
});
