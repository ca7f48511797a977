/** Debug sessions with their recordings. Fields used in queries have columns, the rest is one JSON document. */
import type { Kysely, Selectable } from 'kysely';
import { z } from 'zod';
import {
  type DebugChange,
  type DebugFilter,
  type DebugRecord,
  DebugRequest,
  TRANSCRIPT_BYTES,
} from '#domain/ports/debug-store.ts';
import { DeskpodError } from '#domain/errors.ts';
import type { Store } from '#domain/ports/store.ts';
import { DebugSession } from '#protocol/debug.ts';
import type { ColumnCipher } from './column-cipher.ts';
import { readJson } from './json.ts';
import type { Tables } from './tables.ts';
import { storable } from './text.ts';
import type { WriteLock } from './write-lock.ts';

const MOST_ROWS = 500;

const Document = z.object({ session: DebugSession, request: DebugRequest, server: z.string().nullable() });

export function debugIn(db: Kysely<Tables>, lock: WriteLock, cipher: ColumnCipher): Store['debug'] {
  const find = async (within: Kysely<Tables>, id: string): Promise<DebugRecord | null> => {
    const row = await within.selectFrom('debug_sessions').selectAll().where('id', '=', id).executeTakeFirst();
    return row ? toRecord(row, cipher) : null;
  };
  return {
    async add(record) {
      const added = await db
        .insertInto('debug_sessions')
        .values({ ...columnsOf(record, cipher), id: record.session.id, transcript_bytes: 0 })
        .onConflict((conflict) => conflict.doNothing())
        .executeTakeFirst();
      if (added.numInsertedOrUpdatedRows === 0n)
        throw new DeskpodError('conflict', `The debug session ${record.session.id} already exists.`);
    },
    find: (id) => find(db, id),
    async list(filter) {
      const rows = await matching(db, filter).selectAll().execute();
      return rows.map((row) => toRecord(row, cipher)).filter((record) => record !== null);
    },
    change: (id, from, change) =>
      db.transaction().execute(async (transaction) => {
        await lock(transaction);
        const record = await find(transaction, id);
        if (record === null || !from.includes(record.session.status.state)) return null;
        const changed = changedBy(record, change);
        await transaction.updateTable('debug_sessions').set(columnsOf(changed, cipher)).where('id', '=', id).execute();
        return changed;
      }),
    record: (id, text) =>
      db.transaction().execute(async (transaction) => {
        const chunk = storable(text);
        const size = Buffer.byteLength(chunk);
        const grown = await transaction
          .updateTable('debug_sessions')
          .set((is) => ({ transcript_bytes: is('transcript_bytes', '+', size) }))
          .where('id', '=', id)
          .where('transcript_bytes', '<=', TRANSCRIPT_BYTES - size)
          .returning('transcript_bytes')
          .executeTakeFirst();
        if (!grown) return false;
        await transaction
          .insertInto('debug_transcripts')
          .values({ session_id: id, position: grown.transcript_bytes, chunk: cipher.encrypt(chunk) })
          .execute();
        return true;
      }),
    async transcript(id) {
      const rows = await db
        .selectFrom('debug_transcripts')
        .select('chunk')
        .where('session_id', '=', id)
        .orderBy('position')
        .execute();
      return rows.map(({ chunk }) => cipher.decrypt(chunk) ?? '').join('');
    },
    async prune(before) {
      const removed = await db
        .deleteFrom('debug_sessions')
        .where('ended_at', '<', before.toISOString())
        .executeTakeFirst();
      return Number(removed.numDeletedRows) + (await removeUnreadable(db, before, cipher));
    },
  };
}

function matching(db: Kysely<Tables>, { userId, involving, desktopId, open, seen, limit }: DebugFilter) {
  let query = db.selectFrom('debug_sessions').orderBy('asked_at', 'desc').orderBy('id', 'desc');
  if (userId !== undefined) query = query.where('user_id', '=', userId);
  if (involving !== undefined)
    query = query.where((is) => is.or([is('user_id', '=', involving), is('by_id', '=', involving)]));
  if (desktopId !== undefined) query = query.where('desktop_id', '=', desktopId);
  if (open !== undefined) query = query.where('ended_at', open ? 'is' : 'is not', null);
  if (seen !== undefined) query = query.where('seen', '=', seen ? 1 : 0);
  return query.limit(Math.min(Math.max(limit ?? MOST_ROWS, 0), MOST_ROWS));
}

function changedBy({ session, request, server }: DebugRecord, { server: other, ...change }: DebugChange): DebugRecord {
  return { session: { ...session, ...change }, request, server: other === undefined ? server : other };
}

function columnsOf(record: DebugRecord, cipher: ColumnCipher) {
  const { session } = record;
  return {
    user_id: session.userId,
    by_id: session.by.id,
    desktop_id: session.desktopId,
    asked_at: session.askedAt,
    ended_at: session.status.state === 'ended' ? session.status.at : null,
    seen: session.seen ? 1 : 0,
    document: cipher.encrypt(storable(JSON.stringify(record))),
  };
}

/** Nobody can end a session that was open when the key was replaced. Returns how many were removed. */
async function removeUnreadable(db: Kysely<Tables>, before: Date, cipher: ColumnCipher): Promise<number> {
  const open = await db
    .selectFrom('debug_sessions')
    .select(['id', 'document'])
    .where('ended_at', 'is', null)
    .where('asked_at', '<', before.toISOString())
    .execute();
  const ids = open.flatMap(({ id, document }) => (cipher.decrypt(document) === null ? [id] : []));
  if (ids.length > 0) await db.deleteFrom('debug_sessions').where('id', 'in', ids).execute();
  return ids.length;
}

/** Null if it was encrypted with another key. */
function toRecord(row: Selectable<Tables['debug_sessions']>, cipher: ColumnCipher): DebugRecord | null {
  const document = cipher.decrypt(row.document);
  if (document === null) return null;
  const { session, request, server } = readJson(Document, document, `debug session ${row.id}`);
  return { session: { ...session, transcript: row.transcript_bytes > 0 }, request, server };
}
