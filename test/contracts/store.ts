/**
 * What every store promises. Each database runs this suite with a factory that opens the same empty database
 * repeatedly.
 */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { LocalUser, Store } from '#domain/ports/store.ts';
import { accessTokensContract } from './store-access-tokens.ts';
import { debugContract } from './store-debug.ts';
import { anAppDocument, aLaunchRecord, anEnd, aTrace } from '../fixtures/store-samples.ts';
import { togetherContract } from './store-together.ts';
import { failsWith } from '../fixtures/fails-with.ts';

export interface StoreUnderTest extends AsyncDisposable {
  /** Opens the same database again; the caller disposes each returned store. */
  open(): Promise<Store>;
}

export function storeContract(name: string, factory: () => Promise<StoreUnderTest>): void {
  const check = (sentence: string, body: (store: Store, database: StoreUnderTest) => Promise<void>) =>
    test(sentence, async () => {
      await using database = await factory();
      await using store = await database.open();
      await body(store, database);
    });

  describe(`${name} store`, () => {
    usersContract(check);
    appsContract(check);
    launchesContract(check);
    debugContract(check);
    historyContract(check);
    accessTokensContract(check);
    togetherContract(check);
  });
}

export type Check = (sentence: string, body: (store: Store, database: StoreUnderTest) => Promise<void>) => void;

const zapp: LocalUser = {
  id: 'zapp',
  name: 'Zapp Brannigan',
  passwordHash: 'scrypt$1$1$1$a$b',
  labels: ['admin', 'captains'],
  uid: 20_000,
  gid: 20_000,
  createdAt: new Date('2026-01-02T03:04:05.678Z'),
  disabled: false,
};

function usersContract(check: Check): void {
  check('a user can be found as added, also after the database is reopened', async (store, database) => {
    await store.users.add(zapp);
    await using again = await database.open();
    assert.deepEqual(await again.users.find('zapp'), zapp);
    assert.deepEqual(await again.users.list(), [zapp]);
    assert.equal(await again.users.find('Zapp'), null);
  });

  check('an id in use is refused, and its user is unchanged', async (store) => {
    await store.users.add(zapp);
    await assert.rejects(store.users.add({ ...zapp, name: 'Other' }), failsWith('conflict'));
    assert.equal((await store.users.find('zapp'))?.name, 'Zapp Brannigan');
  });

  check('a password can be changed for known users only', async (store) => {
    await store.users.add(zapp);
    await store.users.setPassword('zapp', 'scrypt$new');
    assert.equal((await store.users.find('zapp'))?.passwordHash, 'scrypt$new');
    await assert.rejects(store.users.setPassword('kif', 'scrypt$new'), failsWith('not_found'));
  });

  check('labels are changed for known users only', async (store) => {
    await store.users.add(zapp);
    await store.users.setLabels('zapp', ['user', 'support']);
    assert.deepEqual(await store.users.find('zapp'), { ...zapp, labels: ['user', 'support'] });
    await assert.rejects(store.users.setLabels('kif', []), failsWith('not_found'));
  });

  check('users are disabled and enabled, known ones only', async (store) => {
    await store.users.add(zapp);
    await store.users.setDisabled('zapp', true);
    assert.deepEqual(await store.users.find('zapp'), { ...zapp, disabled: true });
    await store.users.setDisabled('zapp', false);
    assert.deepEqual(await store.users.list(), [zapp]);
    await assert.rejects(store.users.setDisabled('kif', true), failsWith('not_found'));
  });

  check('removing a user reports whether the user existed', async (store) => {
    await store.users.add(zapp);
    assert.equal(await store.users.remove('zapp'), true);
    assert.equal(await store.users.remove('zapp'), false);
    assert.deepEqual(await store.users.list(), []);
  });

  check('posix ids start at 20000, never change and are never reused', async (store, database) => {
    const names = Array.from({ length: 20 }, (_, index) => `user-${index}`);
    const uids = await Promise.all(names.map((id) => store.accounts.uidOf(id)));
    assert.equal(Math.min(...uids), 20_000);
    assert.equal(new Set(uids).size, names.length);
    await using again = await database.open();
    assert.deepEqual(await Promise.all(names.map((id) => again.accounts.uidOf(id))), uids);
    assert.equal(uids.includes(await again.accounts.uidOf('somebody-else')), false);
  });

  check('two servers that allocate at once never give one posix id to two users', async (store, database) => {
    await using other = await database.open();
    const asked = Array.from({ length: 12 }, (_, index) =>
      (index % 2 ? store : other).accounts.uidOf(`racer-${index}`),
    );
    assert.equal(new Set(await Promise.all(asked)).size, 12);
  });
}

function appsContract(check: Check): void {
  check('apps can be read as they were stored, and storing one again replaces it', async (store) => {
    const [one, two] = [anAppDocument('localhost/one:latest'), anAppDocument('registry.example:5000/Two/app:1.0')];
    await store.apps.put([two, one]);
    assert.deepEqual(await store.apps.list(), [one, two]);
    await store.apps.put([{ ...one, displayname: 'Renamed “ünicode”' }]);
    assert.deepEqual(
      (await store.apps.list()).map((app) => app.displayname),
      ['Renamed “ünicode”', two.displayname],
    );
  });

  check('a put that fails halfway stores nothing', async (store) => {
    const bad = anAppDocument('bad');
    const cycle: Record<string, unknown> = {};
    cycle['self'] = cycle;
    await assert.rejects(store.apps.put([anAppDocument('good'), { ...bad, rules: cycle }]));
    assert.deepEqual(await store.apps.list(), []);
  });

  check('120 apps with icons are stored in well under a second', async (store) => {
    const icondata = 'A'.repeat(16_000);
    const apps = Array.from({ length: 120 }, (_, index) => ({ ...anAppDocument(`app-${index}`), icondata }));
    const started = performance.now();
    await store.apps.put(apps);
    const took = performance.now() - started;
    assert.equal((await store.apps.list()).length, 120);
    assert.ok(took < 1000, `took ${took.toFixed(0)} ms`);
  });

  check('removing apps returns the ids that existed and deletes their defaults', async (store) => {
    const app = anAppDocument('one');
    await store.apps.put([app, anAppDocument('two')]);
    await store.apps.setDefaults('one', { env: { COLOUR: 'red' }, args: ['--big'] });
    assert.deepEqual(await store.apps.remove(['one', 'never-there']), ['one']);
    assert.deepEqual(await store.apps.remove([]), []);
    await store.apps.put([app]);
    assert.equal(await store.apps.defaults('one'), null);
  });

  check("an app's defaults survive its new version and are refused for an unknown app", async (store) => {
    await store.apps.put([anAppDocument('one')]);
    await store.apps.setDefaults('one', { env: { COLOUR: 'red' }, args: ['--big'] });
    await store.apps.put([{ ...anAppDocument('one'), sha_id: 'sha256:other' }]);
    assert.deepEqual(await store.apps.defaults('one'), { env: { COLOUR: 'red' }, args: ['--big'] });
    await assert.rejects(store.apps.setDefaults('two', { env: {}, args: [] }), failsWith('not_found'));
  });
}

function launchesContract(check: Check): void {
  check('a launch can be found as it was added', async (store) => {
    const record = aLaunchRecord('hermes-app-one-00001', { copyOf: 'hermes-app-one-00000' });
    await store.launches.add(record);
    assert.deepEqual(await store.launches.find(record.id), record);
    assert.equal(await store.launches.find('nothing'), null);
    await assert.rejects(store.launches.add(record), failsWith('conflict'));
  });

  check('details can be added to a launch later: window time, digest, environment', async (store) => {
    await store.launches.add(aLaunchRecord('one'));
    await store.launches.setWindowMs('one', 412.5);
    await store.launches.describe('one', { imageDigest: 'sha256:abc', environment: { DISPLAY: ':0' } });
    const found = await store.launches.find('one');
    assert.deepEqual(
      [found?.windowMs, found?.imageDigest, found?.environment],
      [412.5, 'sha256:abc', { DISPLAY: ':0' }],
    );
  });

  check('the first end of a launch is kept', async (store) => {
    await store.launches.add(aLaunchRecord('one'));
    await store.launches.end('one', anEnd({ exitCode: 1, reason: 'error', log: 'first\n' }));
    await store.launches.end('one', anEnd({ exitCode: 0, reason: 'completed', log: 'second\n' }));
    assert.deepEqual((await store.launches.find('one'))?.end, anEnd({ exitCode: 1, reason: 'error', log: 'first\n' }));
  });

  check('a long log is cut to its last 256 kB, starting at a whole character', async (store) => {
    await store.launches.add(aLaunchRecord('one'));
    const log = `${'€'.repeat(200_000)}last line\n`;
    await store.launches.end('one', anEnd({ log }));
    const kept = (await store.launches.find('one'))?.end?.log ?? '';
    assert.ok(log.endsWith(kept));
    assert.ok(Buffer.byteLength(kept) <= 256 * 1024 && Buffer.byteLength(kept) > 256 * 1024 - 3);
  });

  check('a log with NUL and invalid characters remains readable', async (store) => {
    await store.launches.add(aLaunchRecord('one'));
    await store.launches.end('one', anEnd({ log: 'a\0b\uD800c\n' }));
    assert.equal((await store.launches.find('one'))?.end?.log, 'a\uFFFDb\uFFFDc\n');
  });

  check('lists are sorted newest first, without logs, and restricted by every filter', async (store) => {
    const at = (minute: number) => new Date(Date.UTC(2026, 0, 1, 12, minute));
    await store.launches.add(aLaunchRecord('a', { startedAt: at(1), userId: 'amy', end: anEnd({ log: 'long' }) }));
    await store.launches.add(aLaunchRecord('b', { startedAt: at(2), appId: 'localhost/other', appName: 'other' }));
    await store.launches.add(aLaunchRecord('c', { startedAt: at(3), desktopId: 'd2' }));
    const ids = async (filter: Parameters<Store['launches']['list']>[0]) =>
      (await store.launches.list(filter)).map((launch) => launch.id).join('');
    assert.equal(await ids({}), 'cba');
    assert.equal((await store.launches.list({ userId: 'amy' }))[0]?.end?.log, '');
    assert.equal(await ids({ userId: 'amy' }), 'a');
    assert.equal(await ids({ desktopId: 'd2' }), 'c');
    assert.equal(await ids({ app: 'other' }), 'b');
    assert.equal(await ids({ app: 'OTH' }), 'b');
    assert.equal(await ids({ app: 'o_h%' }), '');
    assert.equal(await ids({ app: 'localhost/other' }), 'b');
    assert.equal(await ids({ since: at(2) }), 'cb');
    assert.equal(await ids({ until: at(2) }), 'ba');
    assert.equal(await ids({ finished: true }), 'a');
    assert.equal(await ids({ finished: false }), 'cb');
    assert.equal(await ids({ limit: 2 }), 'cb');
  });

  check('only launches without an end are open, and one with an end cannot change', async (store) => {
    const { launches } = store;
    await launches.add(aLaunchRecord('open', { server: 'one/1', stoppedBy: 'admin' }));
    await launches.add(aLaunchRecord('over', { server: 'one/1' }));
    await launches.memoryKill('over');
    await launches.end('over', anEnd({ unread: true }));
    const { id, server, stoppedBy, startedAt } = aLaunchRecord('open', { server: 'one/1', stoppedBy: 'admin' });
    assert.deepEqual(await launches.open(), [{ id, server, stoppedBy, startedAt }]);
    const over = await launches.find('over');
    assert.deepEqual([over?.memoryKill, over?.end?.unread], [true, true]);
    await launches.setWindowMs('over', 1);
    await launches.describe('over', { imageDigest: 'sha256:abc', environment: {} });
    await launches.stoppedBy('over', 'you');
    await launches.memoryKill('open');
    assert.deepEqual(await launches.find('over'), over);
    assert.equal((await launches.find('open'))?.memoryKill, true);
    assert.equal(await launches.end('nothing', anEnd()), false);
  });

  check('an end can be marked as read once, by the owner of the launch', async (store) => {
    const { launches } = store;
    await launches.add(aLaunchRecord('one', { end: anEnd({ unread: true }) }));
    await launches.add(aLaunchRecord('two', { end: anEnd({ unread: true }) }));
    assert.deepEqual(await launches.read('amy', ['one']), []);
    assert.deepEqual(await launches.read('hermes', []), []);
    assert.deepEqual(await launches.read('hermes', ['one', 'nothing']), ['one']);
    assert.deepEqual(await launches.read('hermes', ['one']), []);
    assert.deepEqual(
      (await launches.list({})).map((launch) => [launch.id, launch.end?.unread]),
      [
        ['two', true],
        ['one', false],
      ],
    );
  });

  check('pruning removes launches that finished earlier, never a running one', async (store) => {
    const old = new Date('2026-01-01T00:00:00Z');
    await store.launches.add(aLaunchRecord('old', { startedAt: old, end: anEnd({ finishedAt: old }) }));
    await store.launches.add(aLaunchRecord('running', { startedAt: old }));
    await store.launches.add(aLaunchRecord('new', { end: anEnd({ finishedAt: new Date('2026-03-01T00:00:00Z') }) }));
    assert.equal(await store.launches.prune(new Date('2026-02-01T00:00:00Z')), 1);
    assert.deepEqual((await store.launches.list({})).map((launch) => launch.id).toSorted(), ['new', 'running']);
    await store.launches.remove('new');
    await store.launches.remove('new');
    assert.equal(await store.launches.find('new'), null);
  });
}

function historyContract(check: Check): void {
  check('the last start trace of a desktop is kept', async (store) => {
    assert.equal(await store.traces.last('d1'), null);
    await store.traces.add('d1', 'hermes', aTrace({ startedAt: '2026-01-01T00:00:00.000Z' }));
    const latest = aTrace({ startedAt: '2026-01-02T00:00:00.000Z', totalMs: 7 });
    await store.traces.add('d1', 'hermes', latest);
    assert.deepEqual(await store.traces.last('d1'), latest);
  });

  check('the usual time is the median of the last 20 complete starts of a kind', async (store) => {
    assert.equal(await store.traces.usual('cold'), null);
    const start = Date.UTC(2026, 0, 1);
    for (let index = 0; index < 25; index += 1) {
      const startedAt = new Date(start + index * 1000).toISOString();
      await store.traces.add(`d${index}`, 'hermes', aTrace({ startedAt, totalMs: index < 5 ? 9e9 : index }));
    }
    const startedAt = new Date(start + 60_000).toISOString();
    await store.traces.add('warm', 'hermes', aTrace({ startedAt, kind: 'warm', totalMs: 1 }));
    await store.traces.add('bad', 'hermes', aTrace({ startedAt, totalMs: 1, failed: true }));
    assert.equal(await store.traces.usual('cold'), 14.5);
    assert.equal(await store.traces.usual('warm'), 1);
  });

  check('preferences have defaults and are stored per user', async (store) => {
    assert.deepEqual(await store.preferences.get('amy'), {
      theme: 'system',
      dock: [],
      dockHidden: false,
      printDialog: true,
      offerDownloads: true,
      openWith: {},
      language: 'system',
      picture: 'auto',
      touch: 'direct',
      scale: 'auto',
    });
    const chosen = {
      dockHidden: true,
      printDialog: false,
      offerDownloads: false,
      openWith: {},
      language: 'ar',
      picture: 'frugal',
      touch: 'trackpad',
      scale: 150,
    } as const;
    await store.preferences.set('amy', { theme: 'dark', dock: ['a', 'b'], ...chosen });
    await store.preferences.set('amy', { theme: 'light', dock: ['b'], ...chosen });
    assert.deepEqual(await store.preferences.get('amy'), { theme: 'light', dock: ['b'], ...chosen });
    assert.deepEqual((await store.preferences.get('fry')).dock, []);
  });

  check('logins are listed newest first, up to 50, per user', async (store) => {
    const entry = (index: number) => ({
      userId: 'amy',
      sessionId: `s${index}`,
      at: new Date(Date.UTC(2026, 0, 1) + index * 1000),
      address: '::1',
      userAgent: 'Browser',
      provider: 'planet',
      login: 'Amy Wong',
      endsAt: null,
    });
    for (let index = 0; index < 60; index += 1) await store.logins.add(entry(index));
    const listed = await store.logins.list('amy');
    assert.equal(listed.length, 50);
    assert.deepEqual(listed[0], entry(59));
    assert.deepEqual(await store.logins.list('fry'), []);
  });

  check('a session is open until its end, which is moved by extending and ending it', async (store) => {
    const at = (minute: number) => new Date(Date.UTC(2026, 0, 1, 0, minute));
    const add = (userId: string, sessionId: string, minute: number) =>
      store.logins.add({
        userId,
        sessionId,
        at: at(minute),
        address: '::1',
        userAgent: 'Browser',
        provider: null,
        login: null,
        endsAt: at(minute + 10),
      });
    const open = async (minute: number, userId?: string) =>
      (await store.logins.open(at(minute), userId)).map(({ sessionId }) => sessionId);
    await add('fry', 'a', 0);
    await add('fry', 'b', 1);
    await add('leela', 'c', 2);
    assert.deepEqual(await open(9), ['c', 'b', 'a']);
    assert.deepEqual(await open(9, 'fry'), ['b', 'a']);
    assert.deepEqual(await open(10), ['c', 'b']);
    await store.logins.extend('fry', 'a', at(30));
    await store.logins.end('fry', 'b', at(5));
    assert.deepEqual(await open(9), ['c', 'a']);
    await add('fry', 'later', 8);
    await store.logins.end('fry', null, at(7));
    assert.deepEqual(await open(9), ['later', 'c']);
    await store.logins.end('fry', null, at(60));
    const ends = (await store.logins.list('fry')).map(({ sessionId, endsAt }) => [sessionId, endsAt]);
    assert.deepEqual(ends, [
      ['later', at(18)],
      ['b', at(5)],
      ['a', at(7)],
    ]);
  });

  check('values that are dates are pruned by prefix when they have passed', async (store) => {
    await store.values.set('revoked-session:old', '2026-01-01T00:00:00.000Z');
    await store.values.set('revoked-session:new', '2026-03-01T00:00:00.000Z');
    await store.values.set('revoked_session:old', '2026-01-01T00:00:00.000Z');
    assert.equal(await store.values.prune('revoked-session:', new Date('2026-02-01T00:00:00Z')), 1);
    assert.equal(await store.values.get('revoked-session:old'), null);
    assert.equal(await store.values.get('revoked-session:new'), '2026-03-01T00:00:00.000Z');
    assert.equal(await store.values.get('revoked_session:old'), '2026-01-01T00:00:00.000Z');
  });

  check('values of the server can be stored and replaced', async (store, database) => {
    assert.equal(await store.values.get('installed'), null);
    await store.values.set('installed', 'yes');
    await store.values.set('installed', 'again');
    await using other = await database.open();
    assert.equal(await other.values.get('installed'), 'again');
  });
}
