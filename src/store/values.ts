/** Values that the server stores by name, such as the plans of rebuilds. */
import { type Kysely, sql } from 'kysely';
import type { Store } from '#domain/ports/store.ts';
import type { ColumnCipher } from './column-cipher.ts';
import type { Tables } from './tables.ts';
import type { WriteLock } from './write-lock.ts';

/** Plans of rebuilds have the variables that were given at launches. The others have no secrets, and dates are compared. */
const ENCRYPTED = new Set(['rebuilds']);

export function valuesIn(db: Kysely<Tables>, lock: WriteLock, cipher: ColumnCipher): Store['values'] {
  const get = async (within: Kysely<Tables>, key: string): Promise<string | null> => {
    const row = await within.selectFrom('server_values').select('value').where('key', '=', key).executeTakeFirst();
    return row === undefined ? null : cipher.decrypt(row.value);
  };
  const set = async (within: Kysely<Tables>, key: string, text: string): Promise<void> => {
    const value = ENCRYPTED.has(key) ? cipher.encrypt(text) : text;
    await within
      .insertInto('server_values')
      .values({ key, value })
      .onConflict((conflict) => conflict.column('key').doUpdateSet({ value }))
      .execute();
  };
  return {
    get: (key) => get(db, key),
    set: (key, value) => set(db, key, value),
    change: (key, change) =>
      db.transaction().execute(async (transaction) => {
        await lock(transaction);
        await set(transaction, key, change(await get(transaction, key)));
      }),
    async prune(prefix, before) {
      const { numDeletedRows } = await db
        .deleteFrom('server_values')
        .where((where) => where.eb(sql<string>`substr(${where.ref('key')}, 1, ${prefix.length})`, '=', prefix))
        .where('value', '<', before.toISOString())
        .executeTakeFirst();
      return Number(numDeletedRows);
    },
  };
}
