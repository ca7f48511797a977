/** Secrets in the database file. */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { DebugRequest } from '#domain/ports/debug-store.ts';
import { openStore } from '#store/open.ts';
import { aDebugRecord, aLaunchRecord } from '../../fixtures/store-samples.ts';

const SECRET = 'hunter2-of-hermes';
const DEBUG = '00000000-0000-4000-8000-000000000001';
const END = { unread: false, finishedAt: new Date(), exitCode: 0, reason: 'completed', message: null } as const;

async function aDatabase() {
  const folder = await mkdtemp(join(tmpdir(), 'deskpod-store-'));
  const file = join(folder, 'deskpod.db');
  return {
    file,
    open: (key: Uint8Array) => openStore({ kind: 'sqlite', file }, key),
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true }),
  };
}

async function fill(database: Awaited<ReturnType<typeof aDatabase>>, key: Uint8Array): Promise<void> {
  await using store = await database.open(key);
  await store.launches.add({ ...aLaunchRecord('one'), env: { DB: SECRET }, environment: { DB: SECRET } });
  await store.launches.describe('one', { imageDigest: null, environment: { DB: SECRET } });
  await store.launches.end('one', { ...END, log: `password ${SECRET}` });
  const { session, server } = aDebugRecord(DEBUG);
  const request = DebugRequest.parse({ kind: 'toolbox', reason: '', env: { DB: SECRET } });
  await store.debug.add({ session, request, server });
  await store.debug.record(DEBUG, `$ echo ${SECRET}`);
  await store.values.change('rebuilds', () => SECRET);
}

test('variables, logs, debug requests, recordings and plans of rebuilds are not in the database file', async () => {
  await using database = await aDatabase();
  const key = randomBytes(32);
  await fill(database, key);
  assert.ok(!(await readFile(database.file)).includes(SECRET));
  await using store = await database.open(key);
  const launch = await store.launches.find('one');
  assert.deepEqual([launch?.env, launch?.environment], [{ DB: SECRET }, { DB: SECRET }]);
  assert.equal(launch?.end?.log, `password ${SECRET}`);
  const request = (await store.debug.find(DEBUG))?.request;
  assert.deepEqual(request?.kind === 'toolbox' ? request.env : null, { DB: SECRET });
  assert.equal(await store.debug.transcript(DEBUG), `$ echo ${SECRET}`);
  assert.equal(await store.values.get('rebuilds'), SECRET);
});

test('with another key, launches are listed without them, and debug sessions are not', async () => {
  await using database = await aDatabase();
  await fill(database, randomBytes(32));
  await using store = await database.open(randomBytes(32));
  const launch = await store.launches.find('one');
  assert.deepEqual([launch?.env, launch?.environment, launch?.end?.log], [{}, {}, '']);
  assert.equal((await store.launches.list({})).length, 1);
  assert.deepEqual([await store.debug.find(DEBUG), await store.debug.list({})], [null, []]);
  assert.equal(await store.values.get('rebuilds'), null);
});

test('what an older server stored as plain text is encrypted when the database is opened', async () => {
  await using database = await aDatabase();
  const key = randomBytes(32);
  await fill(database, key);
  const raw = new DatabaseSync(database.file);
  const env = JSON.stringify({ DB: SECRET });
  raw.prepare('update launches set env = ?, environment = ?, log = ?').run(env, env, SECRET);
  raw.prepare('update debug_transcripts set chunk = ?').run(SECRET);
  raw.close();
  await using store = await database.open(key);
  const launch = await store.launches.find('one');
  assert.deepEqual([launch?.env, launch?.end?.log], [{ DB: SECRET }, SECRET]);
  assert.equal(await store.debug.transcript(DEBUG), SECRET);
  const read = new DatabaseSync(database.file, { readOnly: true });
  const rows = [
    ...read.prepare('select env, environment, log from launches').all(),
    ...read.prepare('select chunk from debug_transcripts').all(),
  ];
  read.close();
  assert.doesNotMatch(JSON.stringify(rows), new RegExp(SECRET));
});
