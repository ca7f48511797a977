/** When a folder is listed again, by its time of modification. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { listedAt, mayHaveChanged, NEVER_LISTED } from '../../../../web/downloads/folder-time.ts';

test('a folder is listed until two listings had the same time: the first may be of the same second as a change', () => {
  assert.equal(mayHaveChanged(NEVER_LISTED, 1_000), true);
  const once = listedAt(NEVER_LISTED, 1_000);
  assert.equal(mayHaveChanged(once, 1_000), true);
  const twice = listedAt(once, 1_000);
  assert.equal(mayHaveChanged(twice, 1_000), false);
});

test('another time is a change, also an earlier one', () => {
  const twice = listedAt(listedAt(NEVER_LISTED, 1_000), 1_000);
  assert.equal(mayHaveChanged(twice, 2_000), true);
  assert.equal(mayHaveChanged(twice, 500), true);
  assert.equal(mayHaveChanged(listedAt(twice, 500), 500), true);
});

test('without a time, it is always listed', () => {
  assert.equal(mayHaveChanged(listedAt(listedAt(NEVER_LISTED, null), null), null), true);
});
