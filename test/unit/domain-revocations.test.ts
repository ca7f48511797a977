import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { Revocations } from '#domain/revocations.ts';

/** A store of values that can go away. */
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
    revocations: new Revocations(
      {
        values: {
          get: (key) => answer(values.get(key) ?? null),
          set: (key, value) => answer(void values.set(key, value)),
          change: (key, change) => answer(void values.set(key, change(values.get(key) ?? null))),
        },
      },
      { tell() {}, hear: () => () => {} },
    ),
    goAway: () => (away = true),
    comeBack: () => (away = false),
    pass: (seconds: number) => (milliseconds += seconds * 1000),
  };
}

test('while the store is away, a session that stood in the last minutes goes on standing', async (t) => {
  const { revocations, goAway, comeBack, pass } = aStore(t);
  assert.equal(await revocations.isRevoked('s1'), false);
  goAway();
  pass(240);
  assert.equal(await revocations.isRevoked('s1'), false);
  await assert.rejects(revocations.isRevoked('never seen'), /the store is away/);
  pass(120);
  await assert.rejects(revocations.isRevoked('s1'), /the store is away/, 'not for ever');
  comeBack();
  assert.equal(await revocations.isRevoked('s1'), false);
});

test('a session that was left here is refused whatever the store says', async (t) => {
  const { revocations, goAway } = aStore(t);
  await revocations.revoke('s1', new Date(), 'fry');
  goAway();
  assert.equal(await revocations.isRevoked('s1'), true);
});
