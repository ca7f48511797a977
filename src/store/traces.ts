/** How desktops started: one start trace per start, kept for 30 days. */
import type { Kysely } from 'kysely';
import type { Store } from '#domain/ports/store.ts';
import { StartTrace } from '#protocol/desktop.ts';
import { readJson } from './json.ts';
import type { Tables } from './tables.ts';

const KEPT_MS = 30 * 86_400_000;
const MEDIAN_OF = 20;

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
        await transaction
          .deleteFrom('traces')
          .where('started_at', '<', new Date(started.getTime() - KEPT_MS).toISOString())
          .execute();
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

function median(values: readonly number[]): number | null {
  const sorted = values.toSorted((a, b) => a - b);
  const high = sorted[Math.floor(sorted.length / 2)];
  const low = sorted[Math.floor((sorted.length - 1) / 2)];
  return high === undefined || low === undefined ? null : (low + high) / 2;
}
