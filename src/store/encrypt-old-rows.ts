/** Encrypts what an older server stored as plain text. Replicas may do it side by side. */
import type { Kysely } from 'kysely';
import { type ColumnCipher, PREFIX } from './column-cipher.ts';
import type { Tables } from './tables.ts';

const ROWS_AT_ONCE = 200;
const ENCRYPTED = `${PREFIX}%`;

export async function encryptOldRows(db: Kysely<Tables>, cipher: ColumnCipher): Promise<void> {
  await untilNone(async () => {
    const rows = await db
      .selectFrom('launches')
      .select(['id', 'env', 'environment', 'log'])
      .where('env', 'not like', ENCRYPTED)
      .limit(ROWS_AT_ONCE)
      .execute();
    for (const { id, env, environment, log } of rows)
      await db
        .updateTable('launches')
        .set({
          env: cipher.encrypt(env),
          environment: cipher.encrypt(environment),
          log: log === null ? null : cipher.encrypt(log),
        })
        .where('id', '=', id)
        .where('env', '=', env)
        .execute();
    return rows.length;
  });
  await untilNone(async () => {
    const rows = await db
      .selectFrom('debug_sessions')
      .select(['id', 'document'])
      .where('document', 'not like', ENCRYPTED)
      .limit(ROWS_AT_ONCE)
      .execute();
    for (const { id, document } of rows)
      await db
        .updateTable('debug_sessions')
        .set({ document: cipher.encrypt(document) })
        .where('id', '=', id)
        .where('document', '=', document)
        .execute();
    return rows.length;
  });
  await untilNone(async () => {
    const rows = await db
      .selectFrom('debug_transcripts')
      .select(['session_id', 'position', 'chunk'])
      .where('chunk', 'not like', ENCRYPTED)
      .limit(ROWS_AT_ONCE)
      .execute();
    for (const { session_id, position, chunk } of rows)
      await db
        .updateTable('debug_transcripts')
        .set({ chunk: cipher.encrypt(chunk) })
        .where('session_id', '=', session_id)
        .where('position', '=', position)
        .where('chunk', '=', chunk)
        .execute();
    return rows.length;
  });
}

async function untilNone(batch: () => Promise<number>): Promise<void> {
  while ((await batch()) === ROWS_AT_ONCE);
}
