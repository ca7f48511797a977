/** Running and finished launches, with the end of their logs. */
import { sql, type Kysely } from 'kysely';
import { z } from 'zod';
import { DeskpodError } from '#domain/errors.ts';
import type { LaunchEnd, LaunchFilter, LaunchRecord, Store } from '#domain/ports/store.ts';
import { Environment, Limits, Runtime } from '#protocol/app.ts';
import { EndReason } from '#protocol/launch.ts';
import type { ColumnCipher } from './column-cipher.ts';
import { readJson, readWord } from './json.ts';
import type { LaunchRow, Tables } from './tables.ts';
import { endOf, storable } from './text.ts';

const LOG_BYTES = 256 * 1024;
const MOST_ROWS = 1000;
const StoppedBy = z.enum(['you', 'admin']);

const WITHOUT_LOG = [
  'id',
  'user_id',
  'desktop_id',
  'app_id',
  'app_name',
  'runtime',
  'image',
  'image_digest',
  'args',
  'env',
  'environment',
  'limits',
  'started_at',
  'window_ms',
  'server',
  'stopped_by',
  'copy_of',
  'public_env',
  'memory_kill',
  'unread',
  'finished_at',
  'exit_code',
  'reason',
  'message',
] as const satisfies readonly (keyof LaunchRow)[];

export function launchesIn(db: Kysely<Tables>, cipher: ColumnCipher): Store['launches'] {
  return {
    async add(record) {
      const added = await db
        .insertInto('launches')
        .values(toRow(record, cipher))
        .onConflict((conflict) => conflict.doNothing())
        .executeTakeFirst();
      if (added.numInsertedOrUpdatedRows === 0n) {
        throw new DeskpodError('conflict', `There is a launch ${record.id} already.`);
      }
    },
    async find(id) {
      const row = await db.selectFrom('launches').selectAll().where('id', '=', id).executeTakeFirst();
      return row ? toRecord(row, cipher) : null;
    },
    async list(filter) {
      const rows = await matching(db, filter).select(WITHOUT_LOG).execute();
      return rows.map((row) => toRecord({ ...row, log: null }, cipher));
    },
    async open() {
      const rows = await db
        .selectFrom('launches')
        .select(['id', 'server', 'stopped_by', 'started_at'])
        .where('finished_at', 'is', null)
        .execute();
      return rows.map((row) => ({
        id: row.id,
        server: row.server,
        stoppedBy: readStoppedBy(row),
        startedAt: new Date(row.started_at),
      }));
    },
    async setWindowMs(id, ms) {
      await openLaunch(db, id).set({ window_ms: ms }).execute();
    },
    async describe(id, { imageDigest, environment }) {
      const facts = {
        image_digest: imageDigest,
        environment: cipher.encrypt(JSON.stringify(environment)),
        server: null,
      };
      await openLaunch(db, id).set(facts).execute();
    },
    async stoppedBy(id, by) {
      await openLaunch(db, id).set({ stopped_by: by }).execute();
    },
    async memoryKill(id) {
      await openLaunch(db, id).set({ memory_kill: 1 }).execute();
    },
    async end(id, end) {
      const ended = await openLaunch(db, id).set(endColumns(end, cipher)).executeTakeFirst();
      return ended.numUpdatedRows > 0n;
    },
    async read(userId, ids) {
      if (ids.length === 0) return [];
      const rows = await db
        .updateTable('launches')
        .set({ unread: 0 })
        .where('user_id', '=', userId)
        .where('id', 'in', ids)
        .where('unread', '=', 1)
        .returning('id')
        .execute();
      return rows.map(({ id }) => id);
    },
    async remove(id) {
      await db.deleteFrom('launches').where('id', '=', id).execute();
    },
    async prune(before) {
      const removed = await db
        .deleteFrom('launches')
        .where('finished_at', '<', before.toISOString())
        .executeTakeFirst();
      return Number(removed.numDeletedRows);
    },
  };
}

/** Selects the launch for a change, unless it has ended. */
function openLaunch(db: Kysely<Tables>, id: string) {
  return db.updateTable('launches').where('id', '=', id).where('finished_at', 'is', null);
}

function matching(db: Kysely<Tables>, filter: LaunchFilter) {
  const { userId, desktopId, app, since, until, finished } = filter;
  let query = db.selectFrom('launches').orderBy('started_at', 'desc').orderBy('id', 'desc');
  if (userId !== undefined) query = query.where('user_id', '=', userId);
  if (desktopId !== undefined) query = query.where('desktop_id', '=', desktopId);
  if (app !== undefined) {
    const part = `%${app.toLowerCase().replace(/[%_\\]/g, String.raw`\$&`)}%`;
    const named = sql<boolean>`lower(app_name) like ${part} escape '\\'`;
    query = query.where((is) => is.or([is('app_id', '=', app), named]));
  }
  if (since !== undefined) query = query.where('started_at', '>=', since.toISOString());
  if (until !== undefined) query = query.where('started_at', '<=', until.toISOString());
  if (finished !== undefined) query = query.where('finished_at', finished ? 'is not' : 'is', null);
  return query.limit(Math.min(Math.max(filter.limit ?? MOST_ROWS, 0), MOST_ROWS));
}

function toRow(record: LaunchRecord, cipher: ColumnCipher): LaunchRow {
  return {
    id: record.id,
    user_id: record.userId,
    desktop_id: record.desktopId,
    app_id: record.appId,
    app_name: record.appName,
    runtime: record.runtime,
    image: record.image,
    image_digest: record.imageDigest,
    args: JSON.stringify(record.args),
    env: cipher.encrypt(JSON.stringify(record.env)),
    environment: cipher.encrypt(JSON.stringify(record.environment)),
    limits: JSON.stringify(record.limits),
    started_at: record.startedAt.toISOString(),
    window_ms: record.windowMs,
    server: record.server,
    stopped_by: record.stoppedBy,
    copy_of: record.copyOf,
    public_env: JSON.stringify(record.publicEnv),
    memory_kill: record.memoryKill ? 1 : 0,
    ...(record.end ? endColumns(record.end, cipher) : NO_END),
  };
}

const NO_END = { unread: 0, finished_at: null, exit_code: null, reason: null, message: null, log: null };

function endColumns(end: LaunchEnd, cipher: ColumnCipher): Pick<LaunchRow, keyof typeof NO_END> {
  return {
    unread: end.unread ? 1 : 0,
    finished_at: end.finishedAt.toISOString(),
    exit_code: end.exitCode,
    reason: end.reason,
    message: end.message === null ? null : storable(end.message),
    log: cipher.encrypt(endOf(storable(end.log), LOG_BYTES)),
  };
}

function toRecord(row: LaunchRow, cipher: ColumnCipher): LaunchRecord {
  const what = `launch ${row.id}`;
  return {
    id: row.id,
    userId: row.user_id,
    desktopId: row.desktop_id,
    appId: row.app_id,
    appName: row.app_name,
    runtime: readWord(Runtime, row.runtime, `runtime of ${what}`),
    image: row.image,
    imageDigest: row.image_digest,
    args: readJson(z.array(z.string()), row.args, `arguments of ${what}`),
    env: readJson(Environment, cipher.decrypt(row.env) ?? '{}', `variables of ${what}`),
    publicEnv: readJson(z.array(z.string()), row.public_env, `public variables of ${what}`),
    environment: readJson(Environment, cipher.decrypt(row.environment) ?? '{}', `environment of ${what}`),
    limits: readJson(Limits, row.limits, `limits of ${what}`),
    startedAt: new Date(row.started_at),
    windowMs: row.window_ms,
    server: row.server,
    stoppedBy: readStoppedBy(row),
    copyOf: row.copy_of,
    memoryKill: row.memory_kill === 1,
    end: toEnd(row, cipher, what),
  };
}

function readStoppedBy({ id, stopped_by: by }: Pick<LaunchRow, 'id' | 'stopped_by'>): LaunchRecord['stoppedBy'] {
  return by === null ? null : readWord(StoppedBy, by, `who stopped launch ${id}`);
}

function toEnd(row: LaunchRow, cipher: ColumnCipher, what: string): LaunchEnd | null {
  if (row.finished_at === null) return null;
  return {
    finishedAt: new Date(row.finished_at),
    exitCode: row.exit_code,
    reason: readWord(EndReason, row.reason ?? '', `end of ${what}`),
    message: row.message,
    log: row.log === null ? '' : (cipher.decrypt(row.log) ?? ''),
    unread: row.unread === 1,
  };
}
