/** The schema's history. Released entries never change; new ones go at the end. */
import { type Kysely, sql } from 'kysely';
import { z } from 'zod';
import { readJson } from './json.ts';
import type { Tables } from './tables.ts';

export interface Migration {
  readonly name: string;
  up(db: Kysely<Tables>): Promise<void>;
}

export const MIGRATIONS: readonly Migration[] = [
  { name: 'first tables', up: firstTables },
  { name: 'several servers', up: severalServers },
  { name: 'debug sessions', up: debugSessions },
  { name: 'ends of launches as notices', up: endsAsNotices },
  { name: 'rebuilds and debug requests', up: rebuildsAndDebugRequests },
  { name: 'ends of sessions', up: endsOfSessions },
  { name: 'disabled users', up: disabledUsers },
  { name: 'public values of launches', up: publicValues },
  { name: 'access tokens', up: accessTokens },
];

/** By default, no session lasts longer. */
const DAY_MS = 86_400_000;

async function firstTables(db: Kysely<Tables>): Promise<void> {
  const { schema } = db;
  await schema
    .createTable('users')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('name', 'text', (column) => column.notNull())
    .addColumn('password_hash', 'text', (column) => column.notNull())
    .addColumn('labels', 'text', (column) => column.notNull())
    .addColumn('uid', 'integer', (column) => column.notNull())
    .addColumn('gid', 'integer', (column) => column.notNull())
    .addColumn('created_at', 'text', (column) => column.notNull())
    .execute();
  await schema
    .createTable('accounts')
    .addColumn('user_id', 'text', (column) => column.primaryKey())
    .addColumn('uid', 'integer', (column) => column.notNull().unique())
    .execute();
  await schema
    .createTable('apps')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('document', 'text', (column) => column.notNull())
    .execute();
  await schema
    .createTable('app_defaults')
    .addColumn('app_id', 'text', (column) => column.primaryKey().references('apps.id').onDelete('cascade'))
    .addColumn('defaults', 'text', (column) => column.notNull())
    .execute();
  await launches(db);
  await schema
    .createTable('traces')
    .addColumn('desktop_id', 'text', (column) => column.notNull())
    .addColumn('user_id', 'text', (column) => column.notNull())
    .addColumn('kind', 'text', (column) => column.notNull())
    .addColumn('started_at', 'text', (column) => column.notNull())
    .addColumn('total_ms', 'double precision', (column) => column.notNull())
    .addColumn('complete', 'integer', (column) => column.notNull())
    .addColumn('trace', 'text', (column) => column.notNull())
    .execute();
  await schema.createIndex('traces_by_desktop').on('traces').columns(['desktop_id', 'started_at']).execute();
  await schema.createIndex('traces_by_kind').on('traces').columns(['kind', 'started_at']).execute();
  await schema
    .createTable('preferences')
    .addColumn('user_id', 'text', (column) => column.primaryKey())
    .addColumn('preferences', 'text', (column) => column.notNull())
    .execute();
  await schema
    .createTable('logins')
    .addColumn('user_id', 'text', (column) => column.notNull())
    .addColumn('session_id', 'text', (column) => column.notNull())
    .addColumn('at', 'text', (column) => column.notNull())
    .addColumn('address', 'text', (column) => column.notNull())
    .addColumn('user_agent', 'text', (column) => column.notNull())
    .execute();
  await schema.createIndex('logins_by_user').on('logins').columns(['user_id', 'at']).execute();
  await schema
    .createTable('server_values')
    .addColumn('key', 'text', (column) => column.primaryKey())
    .addColumn('value', 'text', (column) => column.notNull())
    .execute();
}

async function launches({ schema }: Kysely<Tables>): Promise<void> {
  await schema
    .createTable('launches')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('user_id', 'text', (column) => column.notNull())
    .addColumn('desktop_id', 'text', (column) => column.notNull())
    .addColumn('app_id', 'text', (column) => column.notNull())
    .addColumn('app_name', 'text', (column) => column.notNull())
    .addColumn('runtime', 'text', (column) => column.notNull())
    .addColumn('image', 'text', (column) => column.notNull())
    .addColumn('image_digest', 'text')
    .addColumn('args', 'text', (column) => column.notNull())
    .addColumn('env', 'text', (column) => column.notNull())
    .addColumn('environment', 'text', (column) => column.notNull())
    .addColumn('limits', 'text', (column) => column.notNull())
    .addColumn('started_at', 'text', (column) => column.notNull())
    .addColumn('window_ms', 'double precision')
    .addColumn('finished_at', 'text')
    .addColumn('exit_code', 'integer')
    .addColumn('reason', 'text')
    .addColumn('message', 'text')
    // Last, so that lists, which leave it out, need not read past it.
    .addColumn('log', 'text')
    .execute();
  await schema.createIndex('launches_by_user').on('launches').columns(['user_id', 'started_at']).execute();
  await schema.createIndex('launches_by_desktop').on('launches').columns(['desktop_id', 'started_at']).execute();
  await schema.createIndex('launches_by_end').on('launches').columns(['finished_at']).execute();
}

/** Which server starts a launch and who stopped it. The table is rebuilt so that the log stays the last column. */
async function severalServers(db: Kysely<Tables>): Promise<void> {
  const { schema } = db;
  for (const index of ['user', 'desktop', 'end']) await schema.dropIndex(`launches_by_${index}`).execute();
  await sql`alter table launches rename to launches_before`.execute(db);
  await sql`
    create table launches (
      id text primary key, user_id text not null, desktop_id text not null, app_id text not null, app_name text not null,
      runtime text not null, image text not null, image_digest text, args text not null, env text not null,
      environment text not null, limits text not null, started_at text not null, window_ms double precision,
      server text, stopped_by text, finished_at text, exit_code integer, reason text, message text, log text
    )`.execute(db);
  const kept = sql.raw(
    `id, user_id, desktop_id, app_id, app_name, runtime, image, image_digest, args, env, environment, limits,
     started_at, window_ms, finished_at, exit_code, reason, message, log`,
  );
  await sql`insert into launches (${kept}) select ${kept} from launches_before`.execute(db);
  await schema.dropTable('launches_before').execute();
  await schema.createIndex('launches_by_user').on('launches').columns(['user_id', 'started_at']).execute();
  await schema.createIndex('launches_by_desktop').on('launches').columns(['desktop_id', 'started_at']).execute();
  await schema.createIndex('launches_by_end').on('launches').columns(['finished_at']).execute();
  await schema
    .createTable('replicas')
    .addColumn('name', 'text', (column) => column.primaryKey())
    .addColumn('seen_ms', 'double precision', (column) => column.notNull())
    .execute();
}

/** Debug sessions with their recordings, and which launches are copies for them. */
async function debugSessions(db: Kysely<Tables>): Promise<void> {
  const { schema } = db;
  await schema
    .createTable('debug_sessions')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('user_id', 'text', (column) => column.notNull())
    .addColumn('by_id', 'text', (column) => column.notNull())
    .addColumn('desktop_id', 'text', (column) => column.notNull())
    .addColumn('asked_at', 'text', (column) => column.notNull())
    .addColumn('ended_at', 'text')
    .addColumn('seen', 'integer', (column) => column.notNull())
    .addColumn('transcript_bytes', 'integer', (column) => column.notNull())
    .addColumn('document', 'text', (column) => column.notNull())
    .execute();
  await schema.createIndex('debug_sessions_by_user').on('debug_sessions').columns(['user_id', 'asked_at']).execute();
  await schema.createIndex('debug_sessions_by_looker').on('debug_sessions').columns(['by_id', 'asked_at']).execute();
  await schema.createIndex('debug_sessions_by_end').on('debug_sessions').columns(['ended_at']).execute();
  await schema
    .createTable('debug_transcripts')
    .addColumn('session_id', 'text', (column) => column.notNull().references('debug_sessions.id').onDelete('cascade'))
    .addColumn('position', 'integer', (column) => column.notNull())
    .addColumn('chunk', 'text', (column) => column.notNull())
    .addPrimaryKeyConstraint('debug_transcripts_key', ['session_id', 'position'])
    .execute();
  await copiesOfLaunches(db);
}

/** The table is rebuilt so that the log stays the last column. */
async function copiesOfLaunches(db: Kysely<Tables>): Promise<void> {
  const { schema } = db;
  for (const index of ['user', 'desktop', 'end']) await schema.dropIndex(`launches_by_${index}`).execute();
  await sql`alter table launches rename to launches_before`.execute(db);
  await sql`
    create table launches (
      id text primary key, user_id text not null, desktop_id text not null, app_id text not null, app_name text not null,
      runtime text not null, image text not null, image_digest text, args text not null, env text not null,
      environment text not null, limits text not null, started_at text not null, window_ms double precision,
      server text, stopped_by text, copy_of text, finished_at text, exit_code integer, reason text, message text, log text
    )`.execute(db);
  const kept = sql.raw(
    `id, user_id, desktop_id, app_id, app_name, runtime, image, image_digest, args, env, environment, limits,
     started_at, window_ms, server, stopped_by, finished_at, exit_code, reason, message, log`,
  );
  await sql`insert into launches (${kept}) select ${kept} from launches_before`.execute(db);
  await schema.dropTable('launches_before').execute();
  await schema.createIndex('launches_by_user').on('launches').columns(['user_id', 'started_at']).execute();
  await schema.createIndex('launches_by_desktop').on('launches').columns(['desktop_id', 'started_at']).execute();
  await schema.createIndex('launches_by_end').on('launches').columns(['finished_at']).execute();
}

/** Launches that ended earlier count as read. The table is rebuilt so that the log stays the last column. */
async function endsAsNotices(db: Kysely<Tables>): Promise<void> {
  const { schema } = db;
  for (const index of ['user', 'desktop', 'end']) await schema.dropIndex(`launches_by_${index}`).execute();
  await sql`alter table launches rename to launches_before`.execute(db);
  await sql`
    create table launches (
      id text primary key, user_id text not null, desktop_id text not null, app_id text not null, app_name text not null,
      runtime text not null, image text not null, image_digest text, args text not null, env text not null,
      environment text not null, limits text not null, started_at text not null, window_ms double precision,
      server text, stopped_by text, copy_of text, memory_kill integer not null default 0,
      unread integer not null default 0, finished_at text, exit_code integer, reason text, message text, log text
    )`.execute(db);
  const kept = sql.raw(
    `id, user_id, desktop_id, app_id, app_name, runtime, image, image_digest, args, env, environment, limits,
     started_at, window_ms, server, stopped_by, copy_of, finished_at, exit_code, reason, message, log`,
  );
  await sql`insert into launches (${kept}) select ${kept} from launches_before`.execute(db);
  await schema.dropTable('launches_before').execute();
  await schema.createIndex('launches_by_user').on('launches').columns(['user_id', 'started_at']).execute();
  await schema.createIndex('launches_by_desktop').on('launches').columns(['desktop_id', 'started_at']).execute();
  await schema.createIndex('launches_by_end').on('launches').columns(['finished_at']).execute();
}

const BeforeRequests = z.looseObject({ want: z.unknown() });

/** Plans to rebuild desktops had the key `compactions`; debug sessions had their request in the field `want`. */
async function rebuildsAndDebugRequests(db: Kysely<Tables>): Promise<void> {
  const plans = await db
    .selectFrom('server_values')
    .select('value')
    .where('key', '=', 'compactions')
    .executeTakeFirst();
  await db.deleteFrom('server_values').where('key', '=', 'compactions').execute();
  if (plans) {
    const value = plans.value.replaceAll('"lookedAt":', '"attendedAt":');
    await db.insertInto('server_values').values({ key: 'rebuilds', value }).execute();
  }
  await db.schema.dropIndex('debug_sessions_by_looker').execute();
  await db.schema
    .createIndex('debug_sessions_by_requester')
    .on('debug_sessions')
    .columns(['by_id', 'asked_at'])
    .execute();
  for (const { id, document } of await db.selectFrom('debug_sessions').select(['id', 'document']).execute()) {
    const { want: request, ...rest } = readJson(BeforeRequests, document, `debug session ${id}`);
    const renamed = JSON.stringify({ ...rest, request });
    await db.updateTable('debug_sessions').set({ document: renamed }).where('id', '=', id).execute();
  }
}

/** How each user logged in and when the session ends. Those of the last day may still be open: a user must be able to end them. */
async function endsOfSessions(db: Kysely<Tables>): Promise<void> {
  for (const column of ['provider', 'login', 'ends_at'])
    await db.schema.alterTable('logins').addColumn(column, 'text').execute();
  await db.schema.createIndex('logins_by_end').on('logins').columns(['ends_at']).execute();
  const recent = new Date(Date.now() - DAY_MS).toISOString();
  for (const { session_id: id, at } of await db
    .selectFrom('logins')
    .select(['session_id', 'at'])
    .where('at', '>', recent)
    .execute()) {
    const endsAt = new Date(Date.parse(at) + DAY_MS).toISOString();
    await db.updateTable('logins').set({ ends_at: endsAt }).where('session_id', '=', id).execute();
  }
}

async function disabledUsers({ schema }: Kysely<Tables>): Promise<void> {
  await schema
    .alterTable('users')
    .addColumn('disabled', 'integer', (column) => column.notNull().defaultTo(0))
    .execute();
}

/** Whose values others than the owner may read. The table is rebuilt so that the log stays the last column. */
async function publicValues(db: Kysely<Tables>): Promise<void> {
  const { schema } = db;
  for (const index of ['user', 'desktop', 'end']) await schema.dropIndex(`launches_by_${index}`).execute();
  await sql`alter table launches rename to launches_before`.execute(db);
  await sql`
    create table launches (
      id text primary key, user_id text not null, desktop_id text not null, app_id text not null, app_name text not null,
      runtime text not null, image text not null, image_digest text, args text not null, env text not null,
      public_env text not null default '[]', environment text not null, limits text not null, started_at text not null,
      window_ms double precision, server text, stopped_by text, copy_of text, memory_kill integer not null default 0,
      unread integer not null default 0, finished_at text, exit_code integer, reason text, message text, log text
    )`.execute(db);
  const kept = sql.raw(
    `id, user_id, desktop_id, app_id, app_name, runtime, image, image_digest, args, env, environment, limits,
     started_at, window_ms, server, stopped_by, copy_of, memory_kill, unread, finished_at, exit_code, reason, message, log`,
  );
  await sql`insert into launches (${kept}) select ${kept} from launches_before`.execute(db);
  await schema.dropTable('launches_before').execute();
  await schema.createIndex('launches_by_user').on('launches').columns(['user_id', 'started_at']).execute();
  await schema.createIndex('launches_by_desktop').on('launches').columns(['desktop_id', 'started_at']).execute();
  await schema.createIndex('launches_by_end').on('launches').columns(['finished_at']).execute();
}

async function accessTokens({ schema }: Kysely<Tables>): Promise<void> {
  await schema
    .createTable('access_tokens')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('user_id', 'text', (column) => column.notNull())
    .addColumn('name', 'text', (column) => column.notNull())
    .addColumn('hash', 'text', (column) => column.notNull())
    .addColumn('identity', 'text', (column) => column.notNull())
    .addColumn('login', 'text')
    .addColumn('created_at', 'text', (column) => column.notNull())
    .addColumn('used_at', 'text')
    .addColumn('expires_at', 'text')
    .execute();
  await schema.createIndex('access_tokens_by_user').on('access_tokens').columns(['user_id', 'created_at']).execute();
}
