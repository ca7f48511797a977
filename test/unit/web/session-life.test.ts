/** A session in use is extended, an unused one ends after a warning. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { due, isSessionWarning, type Life, warningIdOf } from '../../../web/state/session-life.ts';

const MINUTE = 60_000;
const life = (more: Partial<Life> = {}): Life => ({
  repliedAt: 0,
  endsAt: 60 * MINUTE,
  usedAt: 0,
  extendable: true,
  ...more,
});

test('use extends the session, but not at every key', () => {
  assert.equal(due(life({ usedAt: 1 }), 5 * MINUTE), null);
  assert.equal(due(life({ usedAt: 1 }), 6 * MINUTE), 'extend');
  assert.equal(due(life(), 6 * MINUTE), null, 'the session was not used');
});

test('an unused session warns five minutes before its end, a short one a fifth of its duration before', () => {
  assert.equal(due(life(), 55 * MINUTE - 1), null);
  assert.equal(due(life(), 55 * MINUTE), 'warn');
  assert.equal(due(life({ endsAt: MINUTE }), 48_000), 'warn');
  assert.equal(due(life({ endsAt: MINUTE }), 47_999), null);
});

test('at the maximum duration, use does not extend it: it warns and then checks its end', () => {
  assert.equal(due(life({ usedAt: 1, extendable: false }), 56 * MINUTE), 'warn');
  assert.equal(due(life({ usedAt: 1 }), 60 * MINUTE), 'check');
});

test('the warning is another one once the end can no longer be moved', () => {
  const [movable, final] = [warningIdOf(life()), warningIdOf(life({ extendable: false }))];
  assert.notEqual(movable, final);
  assert.deepEqual(
    [movable, final, 'here-1'].map((id) => isSessionWarning({ id })),
    [true, true, false],
  );
});
