/** Connections of a session are closed when it ends, and not before. */
import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { seenIn, Sessions } from '#domain/server/sessions.ts';
import { LIMITS } from '../../../fixtures/limits.ts';

function sessionsAt(t: TestContext) {
  let now = 1_000_000;
  const over: string[] = [];
  const sessions = new Sessions(
    LIMITS,
    (sessionId, userId) => void over.push(`${sessionId} of ${userId}`),
    () => now,
  );
  t.after(() => sessions[Symbol.dispose]());
  const seen = (sessionId: string, inMs: number) =>
    sessions.seen({ sessionId, userId: 'fry', endsAt: new Date(now + inMs) });
  const pass = (ms: number): void => {
    now += ms;
    sessions.sweep();
  };
  return { sessions, over, seen, pass, at: () => now };
}

test('a session ends at its time, once, and its signal aborts', (t) => {
  const { over, seen, pass } = sessionsAt(t);
  const signal = seen('s1', 5_000);
  pass(4_999);
  assert.deepEqual([over, signal.aborted], [[], false]);
  pass(1);
  pass(1_000);
  assert.deepEqual([over, signal.aborted], [['s1 of fry'], true]);
});

test('the latest reported end of a session is used, in any order of arrival', (t) => {
  const { sessions, over, seen, pass, at } = sessionsAt(t);
  seen('s1', 5_000);
  sessions.extended('s1', new Date(at() + 60_000));
  seen('s1', 3_000);
  pass(59_999);
  assert.deepEqual(over, []);
  pass(1);
  assert.deepEqual(over, ['s1 of fry']);
});

test('a session that logs out ends at once, without a message, and an earlier request does not revive it', (t) => {
  const { sessions, over, seen } = sessionsAt(t);
  const signal = seen('s1', 5_000);
  sessions.ended('s1');
  assert.deepEqual([signal.aborted, over, sessions.signalOf('s1')], [true, [], null]);
  assert.equal(seen('s1', 5_000).aborted, true);
  assert.deepEqual(sessions.all(), []);
});

test('of a user’s sessions, those that started until then are over, known or not', (t) => {
  const { sessions, at } = sessionsAt(t);
  const since = (ms: number) => ({ userId: 'fry', since: new Date(at() + ms), endsAt: new Date(at() + 60_000) });
  sessions.seen({ sessionId: 'known', ...since(0) });
  sessions.seen({ sessionId: 'of another', ...since(0), userId: 'leela' });
  sessions.seen({ sessionId: 'later', ...since(2) });
  assert.deepEqual(sessions.endedUser('fry', new Date(at() + 1)), ['known']);
  assert.equal(sessions.seen({ sessionId: 'unknown', ...since(1) }).aborted, true);
  assert.equal(sessions.seen({ sessionId: 'later still', ...since(2) }).aborted, false);
});

test('a ticket of an ended session is refused, unless the session was extended', (t) => {
  const { sessions, pass, at } = sessionsAt(t);
  const ticket = { sessionId: 's1', userId: 'fry', sessionEndsAt: new Date(at() + 1_000) };
  assert.equal(seenIn(sessions, ticket), true);
  sessions.extended('s1', new Date(at() + 10_000));
  pass(2_000);
  assert.equal(seenIn(sessions, ticket), true);
  pass(9_000);
  assert.equal(seenIn(sessions, ticket), false);
  assert.deepEqual(sessions.all(), []);
});
