/** Several servers on one PostgreSQL: liveness by rows, changes by LISTEN and NOTIFY, the leader by an advisory lock. */
import { setTimeout as pause } from 'node:timers/promises';
import { type Kysely, sql } from 'kysely';
import type { ClientConfig } from 'pg';
import { z } from 'zod';
import { DeskpodError } from '#domain/errors.ts';
import { ALIVE_MS, type ChangeListener, type Store, TOPICS } from '#domain/ports/store.ts';
import type { Tables } from '../tables.ts';
import { aborted, keepSession } from './session.ts';
import { ignore } from '#protocol/ignore.ts';

const CHANNEL = 'deskpod_changes';
/** PostgreSQL's limit is 8000 bytes. */
const MESSAGE_BYTES = 7_900;
const TRY_MS = 1_000;
const FORGET_MS = 3_600_000;
/** Within these seconds the server detects that a leader's machine is gone, and releases its lock. */
const NOTICED = '-c tcp_keepalives_idle=4 -c tcp_keepalives_interval=2 -c tcp_keepalives_count=3';

const LISTEN_MS = 15_000;

const Message = z.object({ topic: z.enum(TOPICS), payload: z.string() });

/** By the database's clock, as those of the servers may differ. */
const now = sql<number>`(extract(epoch from clock_timestamp()) * 1000)::double precision`;

export function replicasIn(db: Kysely<Tables>): Store['replicas'] {
  return {
    async beat(name) {
      await db
        .insertInto('replicas')
        .values({ name, seen_ms: now })
        .onConflict((conflict) => conflict.column('name').doUpdateSet({ seen_ms: now }))
        .execute();
      await db
        .deleteFrom('replicas')
        .where('seen_ms', '<', sql<number>`${now} - ${FORGET_MS}`)
        .execute();
    },
    async leave(name) {
      await db.deleteFrom('replicas').where('name', '=', name).execute();
    },
    async alive() {
      const seen = db.selectFrom('replicas').select('name');
      const rows = await seen.where('seen_ms', '>', sql<number>`${now} - ${ALIVE_MS}`).execute();
      return new Set(rows.map((row) => row.name));
    },
  };
}

/** Resolves once it listens, so that no later change is missed. */
export async function listenIn(db: Kysely<Tables>, config: ClientConfig): Promise<Store['changes'] & AsyncDisposable> {
  const listeners = new Set<ChangeListener>();
  const closed = new AbortController();
  const { promise: listening, resolve } = Promise.withResolvers<void>();
  const tell: ChangeListener = (change) => {
    for (const listener of listeners) listener(change);
  };
  let first = true;
  const session = keepSession(
    config,
    async (client, lost) => {
      client.on('notification', ({ payload = '' }) => {
        const message = read(payload);
        if (message !== null) tell({ type: 'change', ...message });
      });
      await client.query(`listen ${CHANNEL}`);
      resolve();
      if (!first) tell({ type: 'resync' });
      first = false;
      await aborted(lost);
    },
    closed.signal,
  );
  const late = pause(LISTEN_MS, 'late', { ref: false, signal: closed.signal });
  late.catch(ignore('the race below reports it'));
  try {
    if ((await Promise.race([listening, session, late])) === 'late') throw notHeard();
  } catch (error) {
    closed.abort();
    throw error;
  }
  return {
    async publish(topic, payload) {
      const message = JSON.stringify({ topic, payload });
      if (Buffer.byteLength(message) > MESSAGE_BYTES)
        throw new DeskpodError('internal_error', `A message about ${topic} is too long for other servers.`);
      await sql`select pg_notify(${CHANNEL}, ${message})`.execute(db);
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    async [Symbol.asyncDispose]() {
      closed.abort();
      await session;
    },
  };
}

/** Null for messages of other programs on the channel. */
function read(payload: string): z.output<typeof Message> | null {
  try {
    return Message.parse(JSON.parse(payload));
  } catch (error) {
    return ignore('not one of our messages', null)(error);
  }
}

function notHeard(): DeskpodError {
  return new DeskpodError('store_unavailable', 'The database did not accept a listener for changes within 15 s.', {
    field: 'store.url',
    remedy: 'Increase its max_connections: each server uses up to 12.',
  });
}

/** The lock belongs to a dedicated connection and ends with it. */
export function leadIn(config: ClientConfig): Store['lead'] {
  return (name, work, signal) =>
    keepSession(
      { ...config, options: NOTICED },
      async (client, lost) => {
        for (;;) {
          const lock = 'select pg_try_advisory_lock(hashtextextended($1, 0)) as mine';
          const { rows } = await client.query<{ mine: boolean }>(lock, [`deskpod ${name}`]);
          if (rows[0]?.mine) break;
          await pause(TRY_MS, undefined, { signal: lost, ref: false });
        }
        await work(lost);
      },
      signal,
    );
}
