/** Local users, and POSIX ids for users whose directory has none. */
import type { Kysely, Selectable, Updateable } from 'kysely';
import { z } from 'zod';
import { DeskpodError } from '#domain/errors.ts';
import type { LocalUser, Store } from '#domain/ports/store.ts';
import { readJson } from './json.ts';
import type { Tables } from './tables.ts';
import type { WriteLock } from './write-lock.ts';

/** The first POSIX id assigned: above the ids of Debian and the demo directory. */
export const FIRST_UID = 20_000;

export function usersIn(db: Kysely<Tables>): Store['users'] {
  const update = async (id: string, values: Updateable<Tables['users']>): Promise<void> => {
    const changed = await db.updateTable('users').set(values).where('id', '=', id).executeTakeFirst();
    if (changed.numUpdatedRows === 0n) throw new DeskpodError('not_found', `There is no user ${id}.`, { field: 'id' });
  };
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
          disabled: Number(user.disabled),
        })
        .onConflict((conflict) => conflict.doNothing())
        .executeTakeFirst();
      if (added.numInsertedOrUpdatedRows === 0n) {
        throw new DeskpodError('conflict', `The user ${user.id} already exists.`, { field: 'id' });
      }
    },
    setPassword: (id, passwordHash) => update(id, { password_hash: passwordHash }),
    setLabels: (id, labels) => update(id, { labels: JSON.stringify(labels) }),
    setDisabled: (id, disabled) => update(id, { disabled: Number(disabled) }),
    async remove(id) {
      const removed = await db.deleteFrom('users').where('id', '=', id).executeTakeFirst();
      return removed.numDeletedRows > 0n;
    },
  };
}

export function accountsIn(db: Kysely<Tables>, lock: WriteLock): Store['accounts'] {
  const known = async (within: Kysely<Tables>, userId: string): Promise<number | null> => {
    const row = await within.selectFrom('accounts').select('uid').where('user_id', '=', userId).executeTakeFirst();
    return row?.uid ?? null;
  };
  return {
    uidOf: async (userId) =>
      (await known(db, userId)) ??
      db.transaction().execute(async (transaction) => {
        await lock(transaction);
        const meanwhile = await known(transaction, userId);
        if (meanwhile !== null) return meanwhile;
        // Rows are never removed, so the highest id ever assigned is here.
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
    disabled: row.disabled === 1,
  };
}
