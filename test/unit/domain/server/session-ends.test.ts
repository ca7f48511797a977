/** A session that ends at one server is closed at all of them, and at gateways that show its screens. */
import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { Replicas } from '#domain/server/replicas.ts';
import { SessionEnds } from '#domain/server/session-ends.ts';
import type { Store } from '#domain/ports/store.ts';
import { openStore } from '#store/open.ts';
import { LIMITS } from '../../../fixtures/limits.ts';

async function aServer(t: TestContext, store: Store, name: string) {
  const closed: string[] = [];
  const told: unknown[] = [];
  const replicas = await Replicas.join(store, name, (what) => assert.fail(what));
  const ends = new SessionEnds({
    store,
    replicas,
    hub: { publish: (_, event) => void told.push(event.type === 'session_ended' ? event.why : event.type) },
    viewers: {
      closeSession: (sessionId) => void closed.push(sessionId),
      closeUser: (userId) => void closed.push(`all of ${userId}`),
      closeDesktop: (desktopId) => void closed.push(desktopId),
    },
    longestSessionSeconds: 3600,
    limits: LIMITS,
    failed: (what) => assert.fail(what),
  });
  t.after(() => ends[Symbol.dispose]());
  const seen = (sessionId: string, since: Date) =>
    ends.sessions.seen({ sessionId, userId: 'fry', since, endsAt: new Date(Date.now() + 60_000) });
  return { ends, closed, told, seen };
}

async function twoServers(t: TestContext) {
  const store = await openStore({ kind: 'sqlite', file: ':memory:' });
  t.after(() => store[Symbol.asyncDispose]());
  return { store, here: await aServer(t, store, 'here'), there: await aServer(t, store, 'there') };
}

const ticketOf = (sessionId: string, sessionSince?: Date) => ({
  sessionId,
  userId: 'fry',
  desktopId: 'fry-1',
  ...(sessionSince && { sessionSince }),
});

test('the sessions that a user has started until now end at every server; a later one goes on', async (t) => {
  const { here, there } = await twoServers(t);
  const before = new Date(Date.now() - 1_000);
  const old = there.seen('s1', before);
  const later = there.seen('s2', new Date(Date.now() + 60_000));
  await here.ends.endUser('fry');
  assert.deepEqual([old.aborted, later.aborted], [true, false]);
  assert.deepEqual([there.closed, there.told], [['s1', 'all of fry'], ['revoked']]);
  assert.equal(await there.ends.revocations.isRevoked('s1', { userId: 'fry', since: before }), true);
  assert.equal(await there.ends.revocations.isRevoked('s2', { userId: 'fry', since: new Date() }), false);
});

test('a gateway elsewhere refuses the tickets of these sessions, whether or not a server knew them', async (t) => {
  const { here, there } = await twoServers(t);
  const since = new Date(Date.now() - 1_000);
  await here.ends.endUser('fry');
  for (const { closings } of [here.ends, there.ends]) {
    assert.equal(closings.hasEnded({ sessionId: 'unknown', userId: 'fry', sessionSince: since }), true);
    assert.equal(closings.hasEnded(ticketOf('unknown', since)), true);
    assert.equal(closings.hasEnded(ticketOf('of an older server')), true);
    assert.equal(closings.hasEnded(ticketOf('later', new Date(Date.now() + 1_000))), false);
    assert.equal(closings.hasEnded({ ...ticketOf('x', since), userId: 'leela' }), false);
  }
});

test('the page of a session is told whether it was left or ended elsewhere', async (t) => {
  const { here, there } = await twoServers(t);
  for (const why of ['left', 'revoked'] as const)
    await here.ends.end({ sessionId: why, userId: 'fry', why }, new Date());
  assert.deepEqual(
    [here.told, there.told],
    [
      ['left', 'revoked'],
      ['left', 'revoked'],
    ],
  );
});

test('ends that were published while a server was deaf close what it holds open once it hears again', async (t) => {
  const { store, here } = await twoServers(t);
  const listeners = new Set<Parameters<Store['changes']['subscribe']>[0]>();
  const subscribe: Store['changes']['subscribe'] = (listener) => {
    listeners.add(listener);
    return () => listeners.delete(listener);
  };
  const deaf = await aServer(t, { ...store, changes: { publish: async () => {}, subscribe } }, 'deaf');
  const since = new Date(Date.now() - 1_000);
  const [left, valid] = [deaf.seen('left', since), deaf.seen('valid', since)];
  assert.equal(await deaf.ends.revocations.isRevoked('left', { userId: 'fry', since }), false);
  await here.ends.end({ sessionId: 'left', userId: 'fry', why: 'left' }, new Date());
  assert.equal(left.aborted, false);
  for (const listener of listeners) listener({ type: 'resync' });
  for (let round = 0; round < 100 && !left.aborted; round += 1) await pause(10);
  assert.deepEqual([left.aborted, valid.aborted, deaf.closed], [true, false, ['left']]);
});
