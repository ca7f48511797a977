/** PostgreSQL keeps the store's promises, and what only a database server can go wrong with. */
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, before, describe, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { DeskpodError } from '#domain/errors.ts';
import { keepHouse } from '#domain/housekeeping.ts';
import type { Store } from '#domain/store.ts';
import { openStore } from '#store/open.ts';
import { storeContract } from '../contracts/store.ts';
import { aLaunchRecord, anAppDocument } from '../contracts/store-samples.ts';
import { FakeEngine } from '../fakes/engine.ts';
import { aServer, RUNNING } from '../fakes/launches.ts';
import { postgresBinaries, type PostgresCluster, query, startPostgres } from './postgres-kit.ts';

const binaries = postgresBinaries();
const skip = binaries === null ? 'no /usr/lib/postgresql/*/bin: the Debian package postgresql is not installed' : false;
if (skip) console.log(`PostgreSQL is not tested: ${skip}.`);

const LONGEST_MS = 60_000;
const never = new AbortController().signal;

describe('on PostgreSQL', { skip, timeout: 300_000 }, () => {
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

  test('two servers that open an empty database at once both get its tables', async () => {
    const url = await cluster.database();
    const opened = await Promise.all(Array.from({ length: 4 }, () => open(url)));
    await opened[0]?.values.set('key', 'value');
    assert.equal(await opened[3]?.values.get('key'), 'value');
    for (const store of opened) await store[Symbol.asyncDispose]();
  });

  test('the database is restarted in the middle: the next call works', async () => {
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

  test('calls made while the database is away are done when it is back', async () => {
    await using store = await open(await cluster.database());
    await cluster.stop();
    const calls = [store.values.set('one', '1'), store.apps.put([anAppDocument('one')]), store.accounts.uidOf('amy')];
    await delay(500);
    await cluster.start();
    await Promise.all(calls);
    assert.equal(await store.values.get('one'), '1');
  });

  test('a database that stays away is told as a sentence, after a bounded wait', { timeout: LONGEST_MS }, async () => {
    const url = await cluster.database();
    await using store = await open(url);
    await cluster.stop();
    try {
      const unreachable = refused(/^The database 127\.0\.0\.1:\d+\/d\w+ cannot be reached: .*REFUSED/, /Start it/);
      await Promise.all([assert.rejects(store.values.get('one'), unreachable), assert.rejects(open(url), unreachable)]);
    } finally {
      await cluster.start();
    }
    assert.equal(await store.values.get('one'), null);
  });

  test('connections that somebody cuts cost nobody a call', async () => {
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

  test('a wrong password, a database that is not there and a wrong host are sentences with a remedy', async () => {
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

  test('sslmode encrypts, and proves who the server is as far as it says', async () => {
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
    await assert.rejects(
      encrypted('verify-full'),
      refused(/cannot be reached: .*(self-signed|certificate)/, /sslmode/),
    );
    await assert.rejects(encrypted('verify-full', trusted), refused(/cannot be reached/, /sslmode/));
  });

  test('a server that gave no sign for a while is no longer alive', async () => {
    const url = await cluster.database();
    await using store = await open(url);
    await store.replicas.beat('quiet');
    await store.replicas.beat('lively');
    await query(url, "update replicas set seen_ms = seen_ms - 16000 where name = 'quiet'");
    assert.deepEqual([...(await store.replicas.alive())], ['lively']);
  });

  test('changes are told to every server; after a cut connection they are told to look again', async () => {
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

  test('two servers look after the launches of their users together', { timeout: LONGEST_MS }, async () => {
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
      compactions: { sweep: async () => {} },
      debugKeepDays: 90,
      keepDays: 30,
      failed: (what: string) => assert.fail(what),
    };
    const kept = keepHouse(house, end.signal);
    const { status } = await two.until(({ id: told, status: is }) => told === orphan.id && is.state === 'finished');
    assert.ok(status.state === 'finished' && status.reason === 'start_failed');
    end.abort();
    await kept;
  });

  test('one server leads at a time; another takes over when the leader loses its connection', async () => {
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
