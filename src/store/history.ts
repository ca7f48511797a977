/** What the server remembers about desktops and people: start traces, logins, preferences, its own values. */
import type { Kysely } from 'kysely';
import type { Store } from '../domain/store.ts';
import { StartTrace } from '../protocol/desktop.ts';
import { Preferences } from '../protocol/system.ts';
import { readJson } from './json.ts';
import type { Tables } from './tables.ts';
import { storable } from './text.ts';
import type { Turn } from './turn.ts';

const DAY_MS = 86_400_000;
const TRACE_DAYS = 30;
const LOGIN_DAYS = 365;
const MEDIAN_OF = 20;
const LOGINS_SHOWN = 50;

export function tracesIn(db: Kysely<Tables>): Store['traces'] {
  return {
    async add(desktopId, userId, trace) {
      const started = new Date(trace.startedAt);
      await db.transaction().execute(async (transaction) => {
        await transaction
          .insertInto('traces')
          .values({
            desktop_id: desktopId,
            user_id: userId,
            kind: trace.kind,
            started_at: started.toISOString(),
            total_ms: trace.totalMs,
            complete: trace.steps.some((step) => step.state === 'failed') ? 0 : 1,
            trace: JSON.stringify(trace),
          })
          .execute();
        await transaction.deleteFrom('traces').where('started_at', '<', daysBefore(started, TRACE_DAYS)).execute();
      });
    },
    async last(desktopId) {
      const row = await db
        .selectFrom('traces')
        .select('trace')
        .where('desktop_id', '=', desktopId)
        .orderBy('started_at', 'desc')
        .limit(1)
        .executeTakeFirst();
      return row ? readJson(StartTrace, row.trace, `start trace of desktop ${desktopId}`) : null;
    },
    async usual(kind) {
      const rows = await db
        .selectFrom('traces')
        .select('total_ms')
        .where('kind', '=', kind)
        .where('complete', '=', 1)
        .orderBy('started_at', 'desc')
        .limit(MEDIAN_OF)
        .execute();
      return median(rows.map((row) => row.total_ms));
    },
  };
}

export function loginsIn(db: Kysely<Tables>): Store['logins'] {
  return {
    async add({ userId, sessionId, at, address, userAgent }) {
      await db.transaction().execute(async (transaction) => {
        await transaction
          .insertInto('logins')
          .values({
            user_id: userId,
            session_id: sessionId,
            at: at.toISOString(),
            address: storable(address),
            user_agent: storable(userAgent),
          })
          .execute();
        await transaction.deleteFrom('logins').where('at', '<', daysBefore(at, LOGIN_DAYS)).execute();
      });
    },
    async list(userId) {
      const rows = await db
        .selectFrom('logins')
        .selectAll()
        .where('user_id', '=', userId)
        .orderBy('at', 'desc')
        .limit(LOGINS_SHOWN)
        .execute();
      return rows.map((row) => ({
        userId: row.user_id,
        sessionId: row.session_id,
        at: new Date(row.at),
        address: row.address,
        userAgent: row.user_agent,
      }));
    },
  };
}

export function preferencesIn(db: Kysely<Tables>): Store['preferences'] {
  return {
    async get(userId) {
      const row = await db.selectFrom('preferences').selectAll().where('user_id', '=', userId).executeTakeFirst();
      return readJson(Preferences, row?.preferences ?? '{}', `preferences of ${userId}`);
    },
    async set(userId, value) {
      const preferences = JSON.stringify(value);
      await db
        .insertInto('preferences')
        .values({ user_id: userId, preferences })
        .onConflict((conflict) => conflict.column('user_id').doUpdateSet({ preferences }))
        .execute();
    },
  };
}

export function valuesIn(db: Kysely<Tables>, turn: Turn): Store['values'] {
  const get = async (within: Kysely<Tables>, key: string): Promise<string | null> => {
    const row = await within.selectFrom('server_values').select('value').where('key', '=', key).executeTakeFirst();
    return row?.value ?? null;
  };
  const set = async (within: Kysely<Tables>, key: string, value: string): Promise<void> => {
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
        await turn(transaction);
        await set(transaction, key, change(await get(transaction, key)));
      }),
  };
}

function daysBefore(date: Date, days: number): string {
  return new Date(date.getTime() - days * DAY_MS).toISOString();
}

function median(values: readonly number[]): number | null {
  const sorted = values.toSorted((a, b) => a - b);
  const high = sorted[Math.floor(sorted.length / 2)];
  const low = sorted[Math.floor((sorted.length - 1) / 2)];
  return high === undefined || low === undefined ? null : (low + high) / 2;
}
