import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { NO_REPLICAS } from '../../../fakes/no-replicas.ts';
import { Revocations } from '#domain/server/revocations.ts';

/** A store of values that can fail. */
function aStore(t: TestContext) {
  const values = new Map<string, string>();
  let away = false;
  let milliseconds = 0;
  t.mock.method(performance, 'now', () => milliseconds);
  const answer = async <T>(value: T): Promise<T> => {
    if (away) throw new Error('the store is away');
    return value;
  };
  return {
    revocations: new Revocations({
      store: {
        values: {
          get: (key) => answer(values.get(key) ?? null),
          set: (key, value) => answer(void values.set(key, value)),
          change: (key, change) => answer(void values.set(key, change(values.get(key) ?? null))),
          async prune(prefix, before) {
            const old = [...values].filter(([key, date]) => key.startsWith(prefix) && date < before.toISOString());
            for (const [key] of old) values.delete(key);
            return answer(old.length);
          },
        },
      },
      replicas: NO_REPLICAS,
      longestSessionSeconds: 3600,
    }),
    stored: () => [...values.keys()],
    goAway: () => (away = true),
    comeBack: () => (away = false),
    pass: (seconds: number) => (milliseconds += seconds * 1000),
  };
}

test('while the store is down, a session that was valid in the last minutes remains valid', async (t) => {
  const { revocations, goAway, comeBack, pass } = aStore(t);
  assert.equal(await revocations.isRevoked('s1', null), false);
  goAway();
  pass(240);
  assert.equal(await revocations.isRevoked('s1', null), false);
  await assert.rejects(revocations.isRevoked('never seen', null), /the store is away/);
  pass(120);
  await assert.rejects(revocations.isRevoked('s1', null), /the store is away/, 'not for ever');
  comeBack();
  assert.equal(await revocations.isRevoked('s1', null), false);
});

test('a session that logged out on this server is refused, whatever the store contains', async (t) => {
  const { revocations, goAway } = aStore(t);
  await revocations.revoke({ sessionId: 's1', userId: 'fry', why: 'left' }, new Date());
  goAway();
  assert.equal(await revocations.isRevoked('s1', null), true);
});

test('records of revoked sessions and users are removed when no token can need them', async (t) => {
  const { revocations, stored } = aStore(t);
  await revocations.revoke({ sessionId: 'left', userId: 'fry', why: 'left' }, new Date());
  await revocations.revokeUser('bender');
  assert.equal(await revocations.prune(), 0);
  const later = (hours: number) => new Date(Date.now() + hours * 3_600_000);
  assert.equal(await revocations.prune(later(1.5)), 0, 'a newer token of the session may be valid for an hour');
  assert.equal(await revocations.prune(later(2.5)), 2);
  assert.deepEqual(stored(), []);
});
