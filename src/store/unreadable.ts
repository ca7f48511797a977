/** Whether the store has values that were encrypted with another key. What goes with a row was encrypted with it, or later. */
import type { Kysely } from 'kysely';
import type { ColumnCipher } from './column-cipher.ts';
import type { Tables } from './tables.ts';

const ROWS_AT_ONCE = 500;

export async function hasUnreadable(db: Kysely<Tables>, cipher: ColumnCipher): Promise<boolean> {
  const launches = (after: string) =>
    db
      .selectFrom('launches')
      .select(['id', 'env as encrypted'])
      .where('id', '>', after)
      .orderBy('id')
      .limit(ROWS_AT_ONCE)
      .execute();
  const sessions = (after: string) =>
    db
      .selectFrom('debug_sessions')
      .select(['id', 'document as encrypted'])
      .where('id', '>', after)
      .orderBy('id')
      .limit(ROWS_AT_ONCE)
      .execute();
  for (const page of [launches, sessions]) {
    let rows = await page('');
    while (rows.length > 0) {
      if (rows.some(({ encrypted }) => cipher.decrypt(encrypted) === null)) return true;
      rows = await page(rows.at(-1)?.id ?? '');
    }
  }
  return false;
}
