/** Users whom their directory no longer knows lose their sessions, and nobody else does. */
import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import type { Checker } from '#domain/ports/auth.ts';
import { checkDirectories } from '#domain/server/directory-check.ts';
import { openStore } from '#store/open.ts';

async function aCheck(t: TestContext, checkers: Record<string, Checker>) {
  const store = await openStore({ kind: 'sqlite', file: ':memory:' });
  t.after(() => store[Symbol.asyncDispose]());
  const [ended, gone, failures]: [string[], string[], string[]] = [[], [], []];
  let sessions = 0;
  return {
    ended,
    gone,
    failures,
    logIn: async (userId: string, provider: string | null, login: string | null, endsInMs = 60_000) => {
      sessions += 1;
      const times = { at: new Date(), endsAt: new Date(Date.now() + endsInMs) };
      const rest = { address: '::1', userAgent: 'Browser' };
      await store.logins.add({ userId, sessionId: `s${sessions}`, provider, login, ...times, ...rest });
    },
    check: () =>
      checkDirectories({
        store,
        authenticators: [{}, { checker: (provider) => checkers[provider] ?? null }],
        endUser: async (userId) => void ended.push(userId),
        gone: (userId, provider) => void gone.push(`${userId} of ${provider}`),
        failed: (what) => void failures.push(what),
      }),
  };
}

test('the sessions of a user who cannot be found end; guests, local and demo users are not checked', async (t) => {
  const asked: string[] = [];
  const planet: Checker = async (login, userId) => {
    asked.push(`${login} is ${userId}`);
    return login === 'fry';
  };
  const { logIn, check, ended, gone, failures } = await aCheck(t, { planet });
  await logIn('fry', 'planet', 'fry');
  await logIn('bender', 'planet', 'Bender Rodriguez');
  await logIn('over', 'planet', 'over', -1_000);
  await logIn('zapp', 'local', 'zapp');
  await logIn('guest', 'anonymous', null);
  await logIn('old', null, null);
  await check();
  assert.deepEqual(asked.toSorted(), ['Bender Rodriguez is bender', 'fry is fry']);
  assert.deepEqual([ended, gone, failures], [['bender'], ['bender of planet'], []]);
});

test('a user who logged in with two names stays as long as one of them finds them', async (t) => {
  const { logIn, check, ended } = await aCheck(t, { planet: async (login) => login === 'fry' });
  for (const login of ['Philip J. Fry', 'fry', 'Philip']) await logIn('fry', 'planet', login);
  await check();
  assert.deepEqual(ended, []);
});

test('a directory that does not answer ends no session, is reported once, and others are checked', async (t) => {
  let asked = 0;
  const away: Checker = async () => {
    asked += 1;
    throw new Error('no connection');
  };
  const { logIn, check, ended, failures } = await aCheck(t, { away, here: async () => false });
  for (const name of ['fry', 'leela', 'amy']) await logIn(name, 'away', name);
  await logIn('kif', 'here', 'kif');
  await check();
  assert.deepEqual([ended, asked], [['kif'], 1]);
  assert.deepEqual(failures, ['checking the users of the directory away; their sessions go on']);
});
