import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SeenTwice } from '#domain/seen-twice.ts';

test('an id counts when two comparisons in a row report it', () => {
  const missing = new SeenTwice();
  assert.deepEqual([...missing.again(['a', 'b'])], []);
  assert.deepEqual([...missing.again(['b', 'c'])], ['b']);
  assert.deepEqual([...missing.again(['a'])], []);
  assert.equal(missing.size, 1);
});
