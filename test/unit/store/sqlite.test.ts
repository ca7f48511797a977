/** The store contract on SQLite, and failures that only a file has. */
import assert from 'node:assert/strict';
import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { Kysely, sql } from 'kysely';
import { DeskpodError } from '#domain/errors.ts';
import { migrate } from '#store/migrate.ts';
import { MIGRATIONS } from '#store/migrations.ts';
import { openStore } from '#store/open.ts';
import { sqliteDialect } from '#store/sqlite/dialect.ts';
import type { Tables } from '#store/tables.ts';
import { sqliteWriteLock } from '#store/write-lock.ts';
import { storeContract } from '../../contracts/store.ts';
import { aDebugRecord, anAppDocument } from '../../fixtures/store-samples.ts';

async function aFolder() {
  const path = await mkdtemp(join(tmpdir(), 'deskpod-store-'));
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true }) };
}

storeContract('SQLite', async () => {
  const folder = await aFolder();
  const file = join(folder.path, 'made', 'deskpod.db');
  return {
    open: () => openStore({ kind: 'sqlite', file }),
    [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose](),
  };
});

test('the database file is readable only by its owner', async () => {
  await using folder = await aFolder();
  const file = join(folder.path, 'deskpod.db');
  await using store = await openStore({ kind: 'sqlite', file });
  await store.values.set('a', 'b');
  for (const name of [file, `${file}-wal`]) assert.equal((await stat(name)).mode & 0o077, 0, name);
});

test('a database of a newer version is refused and unchanged', async () => {
  await using folder = await aFolder();
  const file = join(folder.path, 'deskpod.db');
  await (await openStore({ kind: 'sqlite', file }))[Symbol.asyncDispose]();
  const raw = new DatabaseSync(file);
  raw.exec(`insert into deskpod_schema values (${MIGRATIONS.length + 1}, 'from the future', '2030-01-01')`);
  raw.close();
  await assert.rejects(openStore({ kind: 'sqlite', file }), (error) => {
    assert.ok(error instanceof DeskpodError);
    assert.match(error.message, /newer program/);
    assert.match(error.remedy ?? '', /restore/i);
    return true;
  });
});

test('a write waits while another process writes, without blocking the program', async () => {
  await using folder = await aFolder();
  const file = join(folder.path, 'deskpod.db');
  await using store = await openStore({ kind: 'sqlite', file });
  const other = new DatabaseSync(file);
  other.exec('begin immediate');
  let written = false;
  const write = store.values.set('key', 'mine').then(() => (written = true));
  await new Promise((resolve) => setTimeout(resolve, 30));
  assert.equal(written, false);
  other.exec('commit');
  other.close();
  await write;
  assert.equal(await store.values.get('key'), 'mine');
});

test('a file that is not a database is refused with its name and a fix', async () => {
  await using folder = await aFolder();
  const file = join(folder.path, 'letter.txt');
  await writeFile(file, 'Dear database, '.repeat(100));
  await assert.rejects(openStore({ kind: 'sqlite', file }), (error) => {
    assert.ok(error instanceof DeskpodError);
    assert.ok(error.message.includes(file));
    return true;
  });
});

test('a failed migration is rolled back, and the next open retries it', async () => {
  await using folder = await aFolder();
  const db = new Kysely<Tables>({ dialect: await sqliteDialect(join(folder.path, 'deskpod.db')) });
  try {
    const half = {
      name: 'half',
      up: async (transaction: Kysely<Tables>) => {
        await sql`create table halfway (id integer)`.execute(transaction);
        throw new Error('power cut');
      },
    };
    await assert.rejects(migrate(db, sqliteWriteLock, [...MIGRATIONS, half]), /power cut/);
    const tables = await sql<{ n: number }>`select count(*) as n from sqlite_master where name = 'halfway'`.execute(db);
    assert.equal(tables.rows[0]?.n, 0);
    const whole = {
      name: 'half',
      up: async (t: Kysely<Tables>) => void (await sql`create table halfway (id integer)`.execute(t)),
    };
    await migrate(db, sqliteWriteLock, [...MIGRATIONS, whole]);
  } finally {
    await db.destroy();
  }
});

test('launches of a database from before several servers were supported are kept completely', async () => {
  await using folder = await aFolder();
  const file = join(folder.path, 'deskpod.db');
  const db = new Kysely<Tables>({ dialect: await sqliteDialect(file) });
  await migrate(db, sqliteWriteLock, MIGRATIONS.slice(0, 1));
  await sql`insert into launches values ('one', 'amy', 'd1', 'a', 'App', 'pod_application', 'i', null, '[]', '{}', '{}',
    '{}', '2026-01-01T00:00:00.000Z', 12.5, '2026-01-01T01:00:00.000Z', 3, 'error', null, 'its log')`.execute(db);
  await db.destroy();
  await using store = await openStore({ kind: 'sqlite', file });
  const record = await store.launches.find('one');
  assert.deepEqual(
    [record?.userId, record?.windowMs, record?.server, record?.end?.exitCode, record?.end?.log],
    ['amy', 12.5, null, 3, 'its log'],
  );
});

test('rebuild plans and debug sessions of version 0.1.0 are kept under their new names', async () => {
  await using folder = await aFolder();
  const file = join(folder.path, 'deskpod.db');
  const db = new Kysely<Tables>({ dialect: await sqliteDialect(file) });
  await migrate(db, sqliteWriteLock, MIGRATIONS.slice(0, 4));
  const { session, request, server } = aDebugRecord('00000000-0000-4000-8000-000000000001');
  const document = JSON.stringify({ session, want: request, server });
  await sql`insert into debug_sessions values (${session.id}, 'hermes', 'leela', 'd1', ${session.askedAt}, null, 0, 0,
    ${document})`.execute(db);
  const plan = { plan: { desktopId: 'd1', lookedAt: session.askedAt }, notices: [] };
  await sql`insert into server_values values ('compactions', ${JSON.stringify({ hermes: plan })})`.execute(db);
  await db.destroy();
  await using store = await openStore({ kind: 'sqlite', file });
  assert.deepEqual(await store.debug.find(session.id), { session, request, server });
  assert.equal(await store.values.get('compactions'), null);
  assert.deepEqual(JSON.parse((await store.values.get('rebuilds')) ?? ''), {
    hermes: { plan: { desktopId: 'd1', attendedAt: session.askedAt }, notices: [] },
  });
});

test('sessions of the day before the migration count as open, older ones do not', async () => {
  await using folder = await aFolder();
  const file = join(folder.path, 'deskpod.db');
  const db = new Kysely<Tables>({ dialect: await sqliteDialect(file) });
  await migrate(db, sqliteWriteLock, MIGRATIONS.slice(0, 5));
  const now = new Date();
  for (const hours of [2, 30]) {
    const at = new Date(now.getTime() - hours * 3_600_000).toISOString();
    await sql`insert into logins values ('fry', ${`${hours} h`}, ${at}, '::1', 'Browser')`.execute(db);
  }
  await db.destroy();
  await using store = await openStore({ kind: 'sqlite', file });
  const open = await store.logins.open(now, 'fry');
  assert.deepEqual(
    open.map(({ sessionId, endsAt }) => [sessionId, endsAt?.getTime()]),
    [['2 h', now.getTime() + 22 * 3_600_000]],
  );
});

test('a damaged row is reported with its error', async () => {
  await using folder = await aFolder();
  const file = join(folder.path, 'deskpod.db');
  await using store = await openStore({ kind: 'sqlite', file });
  await store.apps.put([anAppDocument('one')]);
  const raw = new DatabaseSync(file);
  raw.exec(`update apps set document = json_set(document, '$.launch', 7)`);
  raw.close();
  await assert.rejects(store.apps.list(), /app one cannot be read: launch/);
});
