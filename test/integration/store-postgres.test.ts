/** The store contract on PostgreSQL, and failures that only a database server has. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { after, before, describe, test } from 'node:test';
import { DeskpodError } from '#domain/errors.ts';
import { runHousekeeping } from '#domain/server/housekeeping.ts';
import type { Store } from '#domain/ports/store.ts';
import { Kysely, sql } from 'kysely';
import { migrate } from '#store/migrate.ts';
import { MIGRATIONS } from '#store/migrations.ts';
import { openStore } from '#store/open.ts';
import { PatientPostgresDialect } from '#store/postgres/dialect.ts';
import type { Tables } from '#store/tables.ts';
import { postgresWriteLock } from '#store/write-lock.ts';
import { storeContract } from '../contracts/store.ts';
import { aLaunchRecord, anAppDocument } from '../fixtures/store-samples.ts';
import { FakeEngine } from '../fakes/engine.ts';
import { aServer, RUNNING } from '../fakes/launches.ts';
import { postgresBinaries, type PostgresCluster, query, startPostgres } from './postgres-kit.ts';

const binaries = postgresBinaries();
const skip = binaries === null ? 'no /usr/lib/postgresql/*/bin: the Debian package postgresql is not installed' : false;
if (skip) console.log(`PostgreSQL is not tested: ${skip}.`);

const LONGEST_MS = 60_000;
const never = new AbortController().signal;

describe('on PostgreSQL', { skip, timeout: 600_000 }, () => {
  let cluster: PostgresCluster;
  before(async () => {
    cluster = await startPostgres(binaries ?? '');
  });
  after(async () => {
    await cluster[Symbol.asyncDispose]();
  });

  const open = (url: string): Promise<Store> => openStore({ kind: 'postgres', url });
  const refused = (pattern: RegExp, remedy: RegExp) => (error: unknown) => {
    assert.ok(error instanceof DeskpodError, String(error));
    assert.match(error.message, pattern);
    assert.match(error.remedy ?? '', remedy);
    assert.doesNotMatch(`${error.message} ${error.remedy}`, /Good news/);
    return true;
  };

  storeContract('PostgreSQL', async () => {
    const url = await cluster.database();
    return { open: () => open(url), async [Symbol.asyncDispose]() {} };
  });

  test('two servers that open an empty database at once both find its tables', async () => {
    const url = await cluster.database();
    const opened = await Promise.all(Array.from({ length: 4 }, () => open(url)));
    await opened[0]?.values.set('key', 'value');
    assert.equal(await opened[3]?.values.get('key'), 'value');
    for (const store of opened) await store[Symbol.asyncDispose]();
  });

  test('the next call works after a restart of the database', async () => {
    await using store = await open(await cluster.database());
    await Promise.all(Array.from({ length: 10 }, (_, index) => store.values.set(`k${index}`, 'before')));
    await cluster.restart();
    assert.equal(await store.values.get('k1'), 'before');
    await cluster.restart();
    await store.launches.add(aLaunchRecord('one'));
    await cluster.restart();
    await store.apps.put([anAppDocument('one')]);
    assert.equal((await store.apps.list()).length, 1);
  });

  test('calls made while the database is down succeed when it is back', async () => {
    const url = await cluster.database();
    await using store = await open(url);
    await cluster.stop();
    const tried = connectionAt(Number(new URL(url).port));
    const calls = [store.values.set('one', '1'), store.apps.put([anAppDocument('one')]), store.accounts.uidOf('amy')];
    await tried;
    await cluster.start();
    await Promise.all(calls);
    assert.equal(await store.values.get('one'), '1');
  });

  test('a database that stays down is reported with a message after a while', { timeout: LONGEST_MS }, async () => {
    const url = await cluster.database();
    await using store = await open(url);
    await cluster.stop();
    try {
      const unreachable = refused(/^The database 127\.0\.0\.1:\d+\/d\w+ can’t be reached: .*REFUSED/, /Start it/);
      await Promise.all([assert.rejects(store.values.get('one'), unreachable), assert.rejects(open(url), unreachable)]);
    } finally {
      await cluster.start();
    }
    assert.equal(await store.values.get('one'), null);
  });

  test('calls succeed although somebody closes the connections', async () => {
    const url = await cluster.database();
    await using store = await open(url);
    for (let round = 0; round < 5; round += 1) {
      await Promise.all(Array.from({ length: 8 }, () => store.values.get('key')));
      await query(
        url,
        'select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()',
      );
      await Promise.all(Array.from({ length: 8 }, (_, index) => store.values.set(`key-${index}`, `${round}`)));
    }
    assert.equal(await store.values.get('key-7'), '4');
  });

  test('a wrong password, a missing database and a wrong host are reported with a message and a fix', async () => {
    const right = await cluster.database();
    const wrong = (change: (url: URL) => void): string => {
      const url = new URL(right);
      change(url);
      return url.href;
    };
    const password = wrong((url) => void (url.password = 'bad'));
    await assert.rejects(open(password), refused(/refuses the login: .*password authentication failed/, /store\.url/));
    const name = wrong((url) => void (url.pathname = '/planet-express'));
    await assert.rejects(open(name), refused(/planet-express does not exist/, /createdb/));
    const mode = wrong((url) => url.searchParams.set('sslmode', 'prefer'));
    await assert.rejects(open(mode), refused(/sslmode=prefer/, /verify-full/));
  });

  test('sslmode encrypts, and verifies the server as far as its value demands', async () => {
    const url = new URL(await cluster.database());
    const encrypted = async (mode: string, changes: (url: URL) => void = () => {}) => {
      const address = new URL(url);
      address.searchParams.set('sslmode', mode);
      changes(address);
      await using store = await open(address.href);
      await store.values.set('mode', mode);
      const rows = await query(
        url.href,
        "select ssl from pg_stat_ssl join pg_stat_activity using (pid) where application_name = 'deskpod' and datname = current_database()",
      );
      return rows.length > 0 && rows.every((row) => JSON.stringify(row) === '{"ssl":true}');
    };
    const trusted = (address: URL): void => address.searchParams.set('sslrootcert', cluster.certificate);
    assert.ok((await readFile(cluster.certificate, 'utf8')).includes('BEGIN CERTIFICATE'));
    assert.equal(await encrypted('disable'), false);
    assert.equal(await encrypted('require'), true);
    assert.equal(await encrypted('verify-ca', trusted), true);
    const named = (address: URL): void => {
      trusted(address);
      address.hostname = 'localhost';
    };
    assert.equal(await encrypted('verify-full', named), true);
    await assert.rejects(encrypted('verify-full'), refused(/can’t be reached: .*(self-signed|certificate)/, /sslmode/));
    await assert.rejects(encrypted('verify-full', trusted), refused(/can’t be reached/, /sslmode/));
  });

  test('a server without a recent heartbeat is no longer alive', async () => {
    const url = await cluster.database();
    await using store = await open(url);
    await store.replicas.beat('quiet');
    await store.replicas.beat('lively');
    await query(url, "update replicas set seen_ms = seen_ms - 16000 where name = 'quiet'");
    assert.deepEqual([...(await store.replicas.alive())], ['lively']);
  });

  test('every server is informed of changes; after a lost connection it is informed to reload', async () => {
    const url = await cluster.database();
    await using one = await open(url);
    await using two = await open(url);
    const heard: string[] = [];
    const turns = new Map<string, PromiseWithResolvers<void>>();
    const turn = (what: string) => {
      const known = turns.get(what) ?? Promise.withResolvers<void>();
      turns.set(what, known);
      return known;
    };
    two.changes.subscribe((change) => {
      const what = change.type === 'change' ? change.payload : change.type;
      heard.push(what);
      turn(what).resolve();
    });
    await one.changes.publish('catalogue', 'first');
    await turn('first').promise;
    await cluster.restart();
    await turn('resync').promise;
    await one.changes.publish('catalogue', 'second');
    await turn('second').promise;
    assert.deepEqual(heard, ['first', 'resync', 'second']);
    await assert.rejects(one.changes.publish('catalogue', 'x'.repeat(9000)), /too long/);
  });

  test('two servers manage the launches of their users together', { timeout: LONGEST_MS }, async () => {
    const url = await cluster.database();
    await using stack = new AsyncDisposableStack();
    const engine = new FakeEngine();
    engine.desktopsById.set(RUNNING.id, RUNNING);
    const [one, two] = [
      await aServer(engine, stack.use(await open(url)), 'one'),
      await aServer(engine, stack.use(await open(url)), 'two'),
    ];
    stack.use(one.replicas);
    stack.use(two.replicas);
    const { id } = await one.start();
    await two.until(({ status }) => status.state === 'starting' && status.step === 'window');
    await two.launches.stop(id, 'admin');
    await one.until(({ status }) => status.state === 'stopping');
    const over = engine.finish(id, { exitCode: 143 });
    await Promise.all([one.launches.seen(over), two.launches.seen(over)]);
    await Promise.all([one, two].map(({ until }) => until(({ status }) => status.state === 'finished')));
    assert.equal(one.logged.length + two.logged.length, 1);
    assert.equal((await one.launches.find(id))?.record.end?.reason, 'stopped_by_admin');

    engine.launchGate = new Promise(() => {});
    const orphan = await one.start();
    await two.until(({ id: told }) => told === orphan.id);
    await one.replicas[Symbol.asyncDispose]();
    const end = new AbortController();
    const store = await open(url);
    stack.use(store);
    const house = {
      engine,
      store,
      launches: two.launches,
      debug: { sweep: async () => {} },
      rebuilds: { sweep: async () => {} },
      guests: { sweep: async () => {} },
      idleEnds: { sweep: async () => {} },
      homeSizes: { sweep: async () => {} },
      revocations: { prune: async () => 0 },
      debugKeepDays: 90,
      keepDays: 30,
      checkDirectories: async () => {},
      directoryCheckSeconds: 0,
      failed: (what: string) => assert.fail(what),
    };
    const kept = runHousekeeping(house, end.signal);
    const { status } = await two.until(({ id: told, status: is }) => told === orphan.id && is.state === 'finished');
    assert.ok(status.state === 'finished' && status.reason === 'start_failed');
    end.abort();
    await kept;
  });

  test('sessions of the day before the migration count as open', { timeout: LONGEST_MS }, async () => {
    const url = await cluster.database();
    const db = new Kysely<Tables>({ dialect: new PatientPostgresDialect(url) });
    const at = new Date(Date.now() - 7_200_000);
    try {
      await migrate(db, postgresWriteLock, MIGRATIONS.slice(0, 5));
      await sql`insert into logins values ('fry', 's1', ${at.toISOString()}, '::1', 'Browser')`.execute(db);
    } finally {
      await db.destroy();
    }
    await using store = await open(url);
    const [login] = await store.logins.open(new Date(), 'fry');
    assert.deepEqual([login?.sessionId, login?.endsAt], ['s1', new Date(at.getTime() + 86_400_000)]);
    await store.logins.end('fry', null, new Date());
    assert.deepEqual(await store.logins.open(new Date()), []);
  });

  test('launches that the engine refuses immediately all end', { timeout: LONGEST_MS }, async () => {
    await using stack = new AsyncDisposableStack();
    const store = stack.use(await open(await cluster.database()));
    // Opens several connections, none of which preserves the order of another.
    await Promise.all(Array.from({ length: 10 }, () => store.values.get('key')));
    const engine = new FakeEngine();
    engine.launch = async () => {
      throw new DeskpodError('app_unavailable', 'The cluster does not answer.');
    };
    const server = await aServer(engine, store);
    stack.use(server.replicas);
    for (let round = 0; round < 5; round += 1) {
      const ids = (await Promise.all(Array.from({ length: 8 }, () => server.start()))).map(({ id }) => id);
      for (const id of ids) await server.until((launch) => launch.id === id && launch.status.state === 'finished');
    }
    const records = await store.launches.list({});
    assert.equal(records.length, 40);
    assert.deepEqual(
      records.map(({ end }) => end?.reason),
      records.map(() => 'start_failed'),
    );
  });

  test('one server leads at a time, and another takes over when the leader loses its connection', async () => {
    const url = await cluster.database();
    await using one = await open(url);
    await using two = await open(url);
    const led: string[] = [];
    let leading = 0;
    const told = new EventTarget();
    const work = (name: string) => async (signal: AbortSignal) => {
      leading += 1;
      assert.equal(leading, 1);
      led.push(name);
      told.dispatchEvent(new Event('leads'));
      await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
      leading -= 1;
    };
    const next = () => new Promise((resolve) => told.addEventListener('leads', resolve, { once: true }));
    const [first, second] = [new AbortController(), new AbortController()];
    let leads = next();
    const running = [one.lead('pruning', work('one'), first.signal)];
    await leads;
    running.push(two.lead('pruning', work('two'), second.signal));
    await two.lead('something else', async () => void led.push('else'), never);
    leads = next();
    first.abort();
    await leads;
    assert.deepEqual(led, ['one', 'else', 'two']);
    leads = next();
    await cluster.restart();
    await leads;
    second.abort();
    await Promise.all(running);
    assert.deepEqual(led, ['one', 'else', 'two', 'two']);
  });
});

/** Resolves when a client has tried to connect to the port of a stopped server and the port is free again. */
async function connectionAt(port: number): Promise<void> {
  const server = createServer((socket) => socket.destroy()).listen(port, '127.0.0.1');
  await once(server, 'connection');
  server.close();
  await once(server, 'close');
}
