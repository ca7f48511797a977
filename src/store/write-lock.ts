/** Serializes read-modify-write transactions. */
import { type Kysely, sql } from 'kysely';
import type { Tables } from './tables.ts';

/** Call it first in a transaction: it returns once no other transaction holds the lock. */
export type WriteLock = (transaction: Kysely<Tables>) => Promise<void>;

/** SQLite serializes write transactions by itself. */
export const sqliteWriteLock: WriteLock = async () => {};

/** An arbitrary number, unique within the database. */
const KEY = 7_202_611_261;
/** Longer than any migration takes on another server. */
const WRITE_LOCK_TIMEOUT = '2min';

export const postgresWriteLock: WriteLock = async (transaction) => {
  await sql`select set_config('statement_timeout', ${WRITE_LOCK_TIMEOUT}, true)`.execute(transaction);
  await sql`select pg_advisory_xact_lock(${sql.lit(KEY)})`.execute(transaction);
};
