/** What every store promises about personal access tokens. */
import assert from 'node:assert/strict';
import type { StoredAccessToken } from '#domain/ports/store.ts';
import { failsWith } from '../fixtures/fails-with.ts';
import type { Check } from './store.ts';

const laptop: StoredAccessToken = {
  id: 'one',
  userId: 'amy',
  name: 'Laptop “ü”',
  hash: 'hash-1',
  identity: {
    user: { id: 'amy', name: 'Amy Wong', provider: 'planet', labels: ['crew'], roles: ['user'] },
    account: { userId: 'amy', displayName: 'Amy Wong', provider: 'planet', uid: 20_001, gid: 20_001 },
  },
  login: 'Amy',
  createdAt: new Date('2026-01-02T03:04:05.678Z'),
  usedAt: null,
  expiresAt: null,
};
const later = new Date('2026-02-02T03:04:05.678Z');

export function accessTokensContract(check: Check): void {
  check(
    'access tokens are listed for their user alone, newest first, after reopening, too',
    async (store, database) => {
      const phone = { ...laptop, id: 'two', createdAt: later, expiresAt: new Date('2027-01-01T00:00:00.000Z') };
      await store.accessTokens.add(laptop, 2);
      await store.accessTokens.add(phone, 2);
      await store.accessTokens.used('one', later);
      await using again = await database.open();
      assert.deepEqual(await again.accessTokens.list('amy'), [phone, { ...laptop, usedAt: later }]);
      assert.deepEqual(await again.accessTokens.list('fry'), []);
      const owner = { userId: 'amy', login: 'Amy', provider: 'planet' };
      assert.deepEqual(await again.accessTokens.owners(), [owner, owner]);
    },
  );

  check('a user has a limited number of access tokens, without those that have expired', async (store) => {
    await store.accessTokens.add({ ...laptop, expiresAt: later }, 1);
    await assert.rejects(store.accessTokens.add({ ...laptop, id: 'two' }, 1), failsWith('limit_reached'));
    await store.accessTokens.add({ ...laptop, id: 'three', userId: 'fry' }, 1);
    await store.accessTokens.add({ ...laptop, id: 'four', createdAt: later }, 1);
    assert.deepEqual(
      (await store.accessTokens.list('amy')).map(({ id }) => id),
      ['four'],
    );
  });

  check('one access token is removed, or all of a user, and nobody else’s', async (store) => {
    for (const id of ['one', 'two', 'three']) await store.accessTokens.add({ ...laptop, id }, 9);
    await store.accessTokens.add({ ...laptop, id: 'four', userId: 'fry' }, 9);
    assert.equal(await store.accessTokens.remove('fry', 'one'), false);
    assert.equal(await store.accessTokens.remove('amy', 'one'), true);
    assert.equal((await store.accessTokens.list('amy')).length, 2);
    assert.equal(await store.accessTokens.remove('amy', null), true);
    assert.equal(await store.accessTokens.remove('amy', null), false);
    assert.equal((await store.accessTokens.list('fry')).length, 1);
  });
}
