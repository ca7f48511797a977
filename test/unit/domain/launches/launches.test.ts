import assert from 'node:assert/strict';
import { once } from 'node:events';
import { test } from 'node:test';
import { DeskpodError } from '#domain/errors.ts';
import { deservesNotice, type Ending } from '#domain/launches/end.ts';
import type { Engine } from '#domain/ports/engine.ts';
import type { LaunchRecord } from '#domain/ports/store.ts';
import { openStore } from '#store/open.ts';
import { FakeEngine } from '../../../fakes/engine.ts';
import {
  aServer,
  type FakeServerOptions,
  DESKTOP,
  eventually,
  FRY,
  launchesIn,
  RUNNING,
} from '../../../fakes/launches.ts';

async function setUp(options: FakeServerOptions = {}) {
  const engine = new FakeEngine();
  engine.desktopsById.set(DESKTOP.id, RUNNING);
  const store = await openStore({ kind: 'sqlite', file: ':memory:' });
  const server = await aServer(engine, store, 'server', options);
  /** The same server after a restart, with only the stored state. */
  const restarted = async () => {
    await server.replicas[Symbol.asyncDispose]();
    return (await aServer(engine, store)).launches;
  };
  return { engine, store, restarted, ...server };
}

test('a launch is starting until its first window opens', async () => {
  const { launches, until, start, held } = await setUp();
  const { id, status } = await start();
  assert.equal(status.state, 'starting');
  assert.equal(held(), 1);
  await until((launch) => launch.status.state === 'starting' && launch.status.step === 'window');
  launches.mapped({
    id: 7,
    title: '2048',
    wmClass: 'a.A',
    launchId: id,
    active: true,
    minimised: false,
    iconUrl: null,
  });
  const running = await until((launch) => launch.status.state === 'running');
  assert.ok((running.windowMs ?? 0) > 0);
  assert.equal(held(), 0);
});

test('an ended launch keeps the end of its log, its exit code and the reason', async () => {
  const { engine, launches, until, start } = await setUp();
  const { id } = await start();
  await until(({ status }) => status.state === 'starting' && status.step === 'window');
  engine.logsById.set(id, [{ at: new Date(0), stream: 'stderr', text: 'BadRequest' }]);
  await launches.seen(engine.finish(id, { exitCode: 1 }));
  const found = await launches.find(id);
  assert.equal(found?.record.end?.log, '1970-01-01T00:00:00.000Z stderr BadRequest\n');
  assert.deepEqual([found?.record.end?.reason, found?.record.end?.exitCode], ['error', 1]);
});

test('secrets in the environment of a launch are masked before it is stored', async () => {
  const { launches, until, start } = await setUp();
  const { id } = await start({ env: { API_TOKEN: 'hunter2', COLOUR: 'red' } });
  await until(({ status }) => status.state === 'starting' && status.step === 'window');
  const environment = (await launches.find(id))?.record.environment;
  assert.deepEqual(
    [environment?.['API_TOKEN'], environment?.['XAUTH_KEY'], environment?.['COLOUR']],
    ['••••', '••••', 'red'],
  );
});

test('a full desktop refuses another launch inside it before anything starts, and accepts pods', async () => {
  const { launches, start, until } = await setUp();
  await start();
  const full = { ...DESKTOP, entries: { finished: 255, most: 256 } };
  const want = { app: '2048-gtk', env: {}, args: [] };
  await assert.rejects(
    launches.start(FRY, full, want),
    (thrown) =>
      thrown instanceof DeskpodError && thrown.code === 'limit_reached' && /255 .* at most 256/.test(thrown.message),
  );
  assert.equal((await launches.list({ userId: 'fry', limit: 9 })).length, 1);
  const pod = await launches.start(FRY, full, { ...want, runtime: 'pod_application' });
  await until(({ id, status }) => id === pod.id && status.state === 'starting' && status.step === 'window');
});

test('a launch stopped by its owner says so, with any exit code', async () => {
  const { engine, launches, until, start } = await setUp();
  const { id } = await start();
  await until(({ status }) => status.state === 'starting' && status.step === 'window');
  await launches.stop(id, 'you');
  assert.deepEqual(engine.stopped, [id]);
  await launches.seen(engine.finish(id, { exitCode: 143 }));
  assert.equal((await launches.find(id))?.record.end?.reason, 'stopped_by_you');
});

test('a launch stopped while its container is being created is stopped once it exists', async () => {
  const { engine, launches, start } = await setUp();
  const gate = Promise.withResolvers<void>();
  engine.launchGate = gate.promise;
  const { id } = await start();
  await new Promise(setImmediate);
  await launches.stop(id, 'you');
  gate.resolve();
  for (let turn = 0; turn < 1000 && engine.stopped.length === 0; turn += 1) await new Promise(setImmediate);
  assert.deepEqual(engine.stopped, [id]);
});

test('a launch that failed to start has the reason', async () => {
  const { engine, until, start, held } = await setUp();
  engine.failNext.launch = new DeskpodError('app_unavailable', 'The image is not here.', { remedy: 'Install it.' });
  await start();
  const { status } = await until((launch) => launch.status.state === 'finished');
  assert.ok(status.state === 'finished' && status.reason === 'start_failed');
  assert.equal(status.state === 'finished' && status.message, 'The image is not here. Install it.');
  assert.equal(held(), 0);
});

test('launches without a container after a restart ended with their desktop', async () => {
  const { engine, launches, restarted, until, start } = await setUp();
  const { id } = await start();
  await until(({ status }) => status.state === 'starting' && status.step === 'window');
  const later = await restarted();
  engine.launchesById.clear();
  engine.desktopsById.clear();
  await later.reconcile([]);
  assert.equal((await later.find(id))?.record.end?.reason, 'desktop_ended');
  await assert.rejects(launches.remove((await launches.find(id))?.record ?? assert.fail()), /is still running/);
});

test('a running launch is found again after a restart, and its end is stored', async () => {
  const { engine, restarted, until, start } = await setUp();
  const { id } = await start();
  await until(({ status }) => status.state === 'starting' && status.step === 'window');
  const later = await restarted();
  await later.reconcile(await engine.launches());
  assert.equal((await later.find(id))?.launch.status.state, 'running');
  await later.seen(engine.finish(id, { exitCode: 137, outOfMemory: true }));
  assert.equal((await later.find(id))?.record.end?.reason, 'out_of_memory');
});

test('a launch that had not started when the server ended is reported as such, not as ended with its desktop', async () => {
  const { engine, restarted, until, start } = await setUp();
  engine.launchGate = new Promise(() => {});
  const { id } = await start();
  await until(({ status }) => status.state === 'starting');
  const later = await restarted();
  await later.reconcile([]);
  const end = (await later.find(id))?.record.end;
  assert.equal(end?.reason, 'start_failed');
  assert.match(end?.message ?? '', /Run it again/);
});

test('the image of a launch is determined after a restart if the server ended before', async () => {
  const { engine, restarted, until, start } = await setUp();
  const gate = Promise.withResolvers<never>();
  engine.environment = () => gate.promise;
  const { id } = await start();
  await until(({ status }) => status.state === 'starting');
  const later = await restarted();
  engine.environment = async () => ({ HOME: '/home/fry', XAUTH_KEY: 'x' });
  await later.reconcile(await engine.launches());
  const { record } = (await later.find(id)) ?? assert.fail();
  assert.deepEqual([record.imageDigest, record.environment], ['sha256:1', { HOME: '/home/fry', XAUTH_KEY: '••••' }]);
});

test('launches that end with a desktop are attributed to it, although their events come first', async () => {
  const { engine, launches, until, start } = await setUp();
  const { id } = await start();
  await until(({ status }) => status.state === 'starting' && status.step === 'window');
  engine.connect = async () => {
    throw new DeskpodError('desktop_missing', 'The display is gone.');
  };
  const told = launches.seen(engine.finish(id, { exitCode: 137 }));
  await launches.desktopEnded(DESKTOP.id, 'unexpectedly');
  await told;
  const end = (await launches.find(id))?.record.end;
  assert.deepEqual([end?.reason, end?.exitCode, end?.unread], ['desktop_ended', 137, true]);
});

test('a desktop that ends while a launch starts is no fault, however the engine reports that it was aborted', async () => {
  const { engine, launches, start } = await setUp();
  const aborted = Promise.withResolvers<void>();
  const launching = Promise.withResolvers<void>();
  const launch: Engine['launch'] = async (_spec, _report, signal) => {
    launching.resolve();
    await once(signal, 'abort');
    aborted.resolve();
    throw new Error('The operation was aborted');
  };
  Object.assign(engine, { launch });
  await start();
  await launching.promise;
  await launches.desktopEnded(DESKTOP.id, 'on purpose');
  await aborted.promise;
  await launches.settled(AbortSignal.timeout(5_000));
});

test('a launch that is refused before its record is written ends, too', async () => {
  const engine = new FakeEngine();
  engine.failNext.launch = new DeskpodError('app_unavailable', 'The cluster does not answer.');
  await using store = await openStore({ kind: 'sqlite', file: ':memory:' });
  const written = Promise.withResolvers<void>();
  const add: typeof store.launches.add = async (record) => {
    await written.promise;
    await store.launches.add(record);
  };
  const { start, until, held } = await aServer(engine, { ...store, launches: { ...store.launches, add } });
  const starting = start();
  while (engine.failNext.launch) await new Promise(setImmediate);
  await new Promise(setImmediate);
  written.resolve();
  const { id } = await starting;
  await until(({ status }) => status.state === 'finished');
  assert.equal((await store.launches.find(id))?.end?.reason, 'start_failed');
  assert.deepEqual(await store.launches.open(), []);
  assert.equal(held(), 0);
});

test('stopping a launch that the engine lacks ends it at once', async () => {
  const { engine, launches, until, start } = await setUp();
  const { id } = await start();
  await until(({ status }) => status.state === 'starting' && status.step === 'window');
  engine.launchesById.clear();
  engine.desktopsById.clear();
  await Promise.all([launches.stop(id, 'you'), launches.stop(id, 'you')]);
  assert.equal((await launches.find(id))?.record.end?.reason, 'stopped_by_you');
  await launches.stop(id, 'you');
});

test('a stop that the engine does not answer fails with a message after a while, and the launch is unchanged', async () => {
  const engine = new FakeEngine();
  await using store = await openStore({ kind: 'sqlite', file: ':memory:' });
  const deadlines = { stopMs: 20 };
  const { launches, until, start } = await aServer(engine, store, 'server', { deadlines });
  const { id } = await start();
  await until(({ status }) => status.state === 'starting' && status.step === 'window');
  engine.stopLaunch = () => new Promise(() => {});
  const alive = setTimeout(() => {}, 10_000);
  await assert.rejects(launches.stop(id, 'you'), /2048 GTK couldn't be stopped: the engine took too long/);
  clearTimeout(alive);
  assert.equal((await launches.find(id))?.launch.status.state, 'starting');
  assert.equal((await store.launches.find(id))?.stoppedBy, null);
});

test('a start that hangs in the engine is abandoned by a stop, and removed if it succeeds later', async () => {
  const engine = new FakeEngine();
  await using store = await openStore({ kind: 'sqlite', file: ':memory:' });
  const { launches, until, start } = await aServer(engine, store, 'server', { deadlines: { undoMs: 5 } });
  const gate = Promise.withResolvers<void>();
  engine.launchGate = gate.promise;
  const { id } = await start();
  const alive = setTimeout(() => {}, 10_000);
  await launches.stop(id, 'you');
  await until(({ status }) => status.state === 'finished' && status.reason === 'stopped_by_you');
  const removed = Promise.withResolvers<string>();
  engine.removeLaunch = async (gone) => removed.resolve(gone);
  gate.resolve();
  assert.equal(await removed.promise, id);
  clearTimeout(alive);
});

const END = { finishedAt: new Date(5_000), exitCode: 1, message: null, log: '' } as const;
const BEGUN = { copyOf: null, startedAt: new Date(0), windowMs: 100 };

test('a failure causes a notification; a launch that its user stopped or closed, or that ended with the desktop, does not', () => {
  const notable = (end: Partial<Ending>, record: Partial<LaunchRecord> = {}) =>
    deservesNotice({ ...BEGUN, ...record }, { ...END, reason: 'error', ...end });
  for (const reason of ['error', 'killed', 'out_of_memory', 'start_failed', 'stopped_by_admin'] as const)
    assert.equal(notable({ reason }), true, reason);
  assert.equal(notable({ reason: 'stopped_by_you' }), false);
  assert.equal(notable({ reason: 'completed', exitCode: 0 }), false);
  assert.equal(notable({ reason: 'completed', exitCode: 0 }, { windowMs: null }), true);
  assert.equal(notable({ reason: 'completed', finishedAt: new Date(60_000) }, { windowMs: null }), false);
  assert.equal(notable({ reason: 'desktop_ended' }), false);
  assert.equal(notable({ reason: 'desktop_ended', message: 'Its desktop ended unexpectedly.' }), true);
  assert.equal(notable({}, { copyOf: 'hermes-app-paint-4dd6f' }), false);
});

test('the end of a launch is unread until its user reads it, in every tab and on every server', async () => {
  const { engine, store, launches, until, start, told } = await setUp();
  const other = await aServer(engine, store, 'other');
  const { id } = await start();
  await until(({ status }) => status.state === 'starting' && status.step === 'window');
  await launches.seen(engine.finish(id, { exitCode: 1 }));
  const { unread } = await other.until(({ status }) => status.state === 'finished');
  assert.equal(unread, true);
  await launches.read('zoidberg', [id]);
  assert.equal((await store.launches.find(id))?.end?.unread, true);
  await launches.read('fry', [id]);
  for (const server of [{ told }, other])
    await eventually(
      () => launchesIn(server.told).findLast((launch) => launch.id === id)?.unread === undefined || undefined,
    );
  assert.equal((await launches.list({}))[0]?.unread, undefined);
});

test('a process killed for memory is stored with its launch, which keeps running', async () => {
  const { engine, store, launches, until, start } = await setUp();
  const { id } = await start();
  await until(({ status }) => status.state === 'starting' && status.step === 'window');
  const known = engine.launchesById.get(id) ?? assert.fail();
  engine.launchesById.set(id, { ...known, launch: { ...known.launch, memoryKill: true } });
  await launches.sweep();
  await until(({ memoryKill }) => memoryKill === true);
  await launches.seen(engine.finish(id, { exitCode: 0 }));
  const record = await store.launches.find(id);
  assert.deepEqual([record?.memoryKill, record?.end?.reason], [true, 'completed']);
});

test('a user runs as many apps as allowed, however fast the requests come; others are not affected', async () => {
  const { engine, launches, start, until } = await setUp({ launchesPerUser: 3 });
  const answers = await Promise.allSettled(Array.from({ length: 10 }, () => start()));
  const refusals = answers.flatMap((one) => (one.status === 'rejected' ? [String(one.reason)] : []));
  assert.equal(refusals.length, 7);
  for (const refusal of refusals) assert.match(refusal, /3 of your apps are running, the most that you can run/);
  const other = { ...FRY, user: { ...FRY.user, id: 'leela' } };
  await launches.start(other, DESKTOP, { app: '2048-gtk', env: {}, args: [] });

  const [first] = await launches.list({ userId: 'fry', limit: 1 });
  assert.ok(first);
  await until(({ id, status }) => id === first.id && status.state === 'starting' && status.step === 'window');
  await launches.seen(engine.finish(first.id, { exitCode: 0 }));
  await start();
});
