/** Who logged in when and from where, and when each session ends or ended: kept for a year. */
import type { Kysely, Selectable } from 'kysely';
import type { LoginEntry, Store } from '#domain/ports/store.ts';
import type { Tables } from './tables.ts';
import { storable } from './text.ts';

const KEPT_MS = 365 * 86_400_000;
const LOGINS_SHOWN = 50;
/** More sessions than anybody has open at once. */
const MOST_OPEN = 10_000;

export function loginsIn(db: Kysely<Tables>): Store['logins'] {
  return {
    async add({ userId, sessionId, at, address, userAgent, provider, login, endsAt }) {
      await db.transaction().execute(async (transaction) => {
        await transaction
          .insertInto('logins')
          .values({
            user_id: userId,
            session_id: sessionId,
            at: at.toISOString(),
            address: storable(address),
            user_agent: storable(userAgent),
            provider,
            login: login && storable(login),
            ends_at: endsAt && endsAt.toISOString(),
          })
          .execute();
        await transaction
          .deleteFrom('logins')
          .where('at', '<', new Date(at.getTime() - KEPT_MS).toISOString())
          .execute();
      });
    },
    async extend(userId, sessionId, endsAt) {
      await db
        .updateTable('logins')
        .set({ ends_at: endsAt.toISOString() })
        .where('user_id', '=', userId)
        .where('session_id', '=', sessionId)
        .execute();
    },
    async end(userId, sessionId, at) {
      const ended = at.toISOString();
      await db
        .updateTable('logins')
        .set({ ends_at: ended })
        .where('user_id', '=', userId)
        .where('at', '<=', ended)
        .where('ends_at', '>', ended)
        .$if(sessionId !== null, (update) => update.where('session_id', '=', sessionId ?? ''))
        .execute();
    },
    async list(userId) {
      const rows = await db
        .selectFrom('logins')
        .selectAll()
        .where('user_id', '=', userId)
        .orderBy('at', 'desc')
        .limit(LOGINS_SHOWN)
        .execute();
      return rows.map(toEntry);
    },
    async open(now, userId) {
      const rows = await db
        .selectFrom('logins')
        .selectAll()
        .where('ends_at', '>', now.toISOString())
        .$if(userId !== undefined, (select) => select.where('user_id', '=', userId ?? ''))
        .orderBy('at', 'desc')
        .limit(MOST_OPEN)
        .execute();
      return rows.map(toEntry);
    },
  };
}

function toEntry(row: Selectable<Tables['logins']>): LoginEntry {
  return {
    userId: row.user_id,
    sessionId: row.session_id,
    at: new Date(row.at),
    address: row.address,
    userAgent: row.user_agent,
    provider: row.provider,
    login: row.login,
    endsAt: row.ends_at === null ? null : new Date(row.ends_at),
  };
}
