/** Personal access tokens: their hashes, and the user as they were when each was made. */
import type { Kysely, Selectable } from 'kysely';
import { z } from 'zod';
import { DeskpodError } from '#domain/errors.ts';
import type { Store, StoredAccessToken } from '#domain/ports/store.ts';
import { User } from '#protocol/user.ts';
import { readJson } from './json.ts';
import type { Tables } from './tables.ts';
import { storable } from './text.ts';
import type { WriteLock } from './write-lock.ts';

const Identity = z.object({
  user: User,
  account: z.object({
    userId: z.string(),
    displayName: z.string(),
    provider: z.string(),
    uid: z.int(),
    gid: z.int(),
  }),
});

export function accessTokensIn(db: Kysely<Tables>, lock: WriteLock): Store['accessTokens'] {
  return {
    add: (token, most) =>
      db.transaction().execute(async (transaction) => {
        await lock(transaction);
        await transaction
          .deleteFrom('access_tokens')
          .where('user_id', '=', token.userId)
          .where('expires_at', '<=', token.createdAt.toISOString())
          .execute();
        const { count } = await transaction
          .selectFrom('access_tokens')
          .select(({ fn }) => fn.countAll<number | string>().as('count'))
          .where('user_id', '=', token.userId)
          .executeTakeFirstOrThrow();
        if (Number(count) >= most)
          throw new DeskpodError('limit_reached', `You have ${most} access tokens, the most that you can have.`, {
            remedy: 'Revoke one that you don’t need.',
          });
        await transaction.insertInto('access_tokens').values(toRow(token)).execute();
      }),
    async list(userId) {
      const rows = await db
        .selectFrom('access_tokens')
        .selectAll()
        .where('user_id', '=', userId)
        .orderBy('created_at', 'desc')
        .execute();
      return rows.map(toToken);
    },
    async owners() {
      const rows = await db.selectFrom('access_tokens').selectAll().execute();
      return rows.map(toToken).map(({ userId, login, identity }) => ({
        userId,
        login,
        provider: identity.account.provider,
      }));
    },
    async used(id, at) {
      await db.updateTable('access_tokens').set({ used_at: at.toISOString() }).where('id', '=', id).execute();
    },
    async remove(userId, id) {
      const { numDeletedRows } = await db
        .deleteFrom('access_tokens')
        .where('user_id', '=', userId)
        .$if(id !== null, (remove) => remove.where('id', '=', id ?? ''))
        .executeTakeFirst();
      return numDeletedRows > 0n;
    },
  };
}

function toRow(token: StoredAccessToken): Tables['access_tokens'] {
  return {
    id: token.id,
    user_id: token.userId,
    name: storable(token.name),
    hash: token.hash,
    identity: storable(JSON.stringify(token.identity)),
    login: token.login && storable(token.login),
    created_at: token.createdAt.toISOString(),
    used_at: token.usedAt && token.usedAt.toISOString(),
    expires_at: token.expiresAt && token.expiresAt.toISOString(),
  };
}

function toToken(row: Selectable<Tables['access_tokens']>): StoredAccessToken {
  return {
    id: row.id,
    userId: row.user_id,
    name: row.name,
    hash: row.hash,
    identity: readJson(Identity, row.identity, `access token ${row.id}`),
    login: row.login,
    createdAt: new Date(row.created_at),
    usedAt: row.used_at === null ? null : new Date(row.used_at),
    expiresAt: row.expires_at === null ? null : new Date(row.expires_at),
  };
}
