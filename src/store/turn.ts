/** One writer after the other, where what is written depends on what was read just before. */
import { type Kysely, sql } from 'kysely';
import type { Tables } from './tables.ts';

/** To be called first in a transaction: returns when no other transaction that did so is under way. */
export type Turn = (transaction: Kysely<Tables>) => Promise<void>;

/** Transactions of SQLite are like that anyway. */
export const sqliteTurn: Turn = async () => {};

/** Any number that nobody else uses for this in the same database. */
const KEY = 7_202_611_261;
/** Longer than any migration takes on the other server. */
const TURN_TIMEOUT = '2min';

export const postgresTurn: Turn = async (transaction) => {
  await sql`select set_config('statement_timeout', ${TURN_TIMEOUT}, true)`.execute(transaction);
  await sql`select pg_advisory_xact_lock(${sql.lit(KEY)})`.execute(transaction);
};
