/** Local users, and the posix ids of everyone whose directory gives none. */
import type { Kysely, Selectable } from 'kysely';
import { z } from 'zod';
import { DeskpodError } from '../domain/errors.ts';
import type { LocalUser, Store } from '../domain/store.ts';
import { readJson } from './json.ts';
import type { Tables } from './tables.ts';
import type { Turn } from './turn.ts';

/** The first posix id given out: above what Debian and the demo directory use. */
export const FIRST_UID = 20_000;

export function usersIn(db: Kysely<Tables>): Store['users'] {
  return {
    async list() {
      const rows = await db.selectFrom('users').selectAll().orderBy('id').execute();
      return rows.map(toUser);
    },
    async find(id) {
      const row = await db.selectFrom('users').selectAll().where('id', '=', id).executeTakeFirst();
      return row ? toUser(row) : null;
    },
    async add(user) {
      const added = await db
        .insertInto('users')
        .values({
          id: user.id,
          name: user.name,
          password_hash: user.passwordHash,
          labels: JSON.stringify(user.labels),
          uid: user.uid,
          gid: user.gid,
          created_at: user.createdAt.toISOString(),
        })
        .onConflict((conflict) => conflict.doNothing())
        .executeTakeFirst();
      if (added.numInsertedOrUpdatedRows === 0n) {
        throw new DeskpodError('conflict', `There is a user ${user.id} already.`, { field: 'id' });
      }
    },
    async setPassword(id, passwordHash) {
      const changed = await db
        .updateTable('users')
        .set({ password_hash: passwordHash })
        .where('id', '=', id)
        .executeTakeFirst();
      if (changed.numUpdatedRows === 0n)
        throw new DeskpodError('not_found', `There is no user ${id}.`, { field: 'id' });
    },
    async remove(id) {
      const removed = await db.deleteFrom('users').where('id', '=', id).executeTakeFirst();
      return removed.numDeletedRows > 0n;
    },
  };
}

export function accountsIn(db: Kysely<Tables>, turn: Turn): Store['accounts'] {
  const known = async (within: Kysely<Tables>, userId: string): Promise<number | null> => {
    const row = await within.selectFrom('accounts').select('uid').where('user_id', '=', userId).executeTakeFirst();
    return row?.uid ?? null;
  };
  return {
    uidOf: async (userId) =>
      (await known(db, userId)) ??
      db.transaction().execute(async (transaction) => {
        await turn(transaction);
        const meanwhile = await known(transaction, userId);
        if (meanwhile !== null) return meanwhile;
        // Rows are never removed, so the highest one ever given is always here.
        const last = await transaction
          .selectFrom('accounts')
          .select('uid')
          .orderBy('uid', 'desc')
          .limit(1)
          .executeTakeFirst();
        const uid = last ? last.uid + 1 : FIRST_UID;
        await transaction.insertInto('accounts').values({ user_id: userId, uid }).execute();
        return uid;
      }),
  };
}

function toUser(row: Selectable<Tables['users']>): LocalUser {
  return {
    id: row.id,
    name: row.name,
    passwordHash: row.password_hash,
    labels: readJson(z.array(z.string()), row.labels, `labels of user ${row.id}`),
    uid: row.uid,
    gid: row.gid,
    createdAt: new Date(row.created_at),
  };
}
