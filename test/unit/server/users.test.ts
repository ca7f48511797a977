/** What an administrator changes of a local user at one server ends that user's sessions at all of them. */
import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { addUser } from '#auth/local-users.ts';
import { Replicas } from '#domain/server/replicas.ts';
import { SessionEnds } from '#domain/server/session-ends.ts';
import type { Store } from '#domain/ports/store.ts';
import type { User } from '#protocol/user.ts';
import { localUsers } from '#server/users.ts';
import { openStore } from '#store/open.ts';
import { LIMITS } from '../../fixtures/limits.ts';

async function aServer(t: TestContext, store: Store, name: string) {
  const viewers = { closeSession() {}, closeUser() {}, closeDesktop() {} };
  const failed = (what: string) => assert.fail(what);
  const replicas = await Replicas.join(store, name, failed);
  const hub = { publish() {} };
  const ends = new SessionEnds({ store, replicas, hub, viewers, longestSessionSeconds: 3600, limits: LIMITS, failed });
  t.after(() => ends[Symbol.dispose]());
  return { ends, users: localUsers(store, ends) };
}

const kif: User = { id: 'kif', name: 'Kif', provider: 'local', labels: ['user'], roles: ['user'] };

test('a user who is disabled at one server is refused by another at once, with what is open there', async (t) => {
  await using store = await openStore({ kind: 'sqlite', file: ':memory:' });
  const [here, there] = [await aServer(t, store, 'here'), await aServer(t, store, 'there')];
  await addUser(store, { name: 'Kif', password: 'long enough' });
  const since = new Date(Date.now() - 1_000);
  const ended = there.ends.sessions.seen({
    sessionId: 's1',
    userId: 'kif',
    since,
    endsAt: new Date(Date.now() + 60_000),
  });
  assert.deepEqual((await there.users.current(kif))?.roles, ['user']);
  await here.users.disable('kif');
  assert.equal(ended.aborted, true);
  assert.equal(await there.users.current(kif), null);
  assert.equal(await here.users.current(kif), null);
});
