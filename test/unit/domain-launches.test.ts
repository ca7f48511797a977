import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DeskpodError } from '#domain/errors.ts';
import { openStore } from '#store/open.ts';
import { FakeEngine } from '../fakes/engine.ts';
import { aServer, DESKTOP, FRY } from '../fakes/launches.ts';

async function setUp() {
  const engine = new FakeEngine();
  const store = await openStore({ kind: 'sqlite', file: ':memory:' });
  const server = await aServer(engine, store);
  /** The same server after a restart: it remembers nothing but what is stored. */
  const restarted = async () => {
    await server.replicas[Symbol.asyncDispose]();
    return (await aServer(engine, store)).launches;
  };
  return { engine, store, restarted, ...server };
}

test('a launch is starting until its first window is mapped', async () => {
  const { launches, until, start, held } = await setUp();
  const { id, status } = await start();
  assert.equal(status.state, 'starting');
  assert.equal(held(), 1);
  await until((launch) => launch.status.state === 'starting' && launch.status.step === 'window');
  launches.mapped({ id: 7, title: '2048', wmClass: 'a.A', launchId: id, active: true, minimised: false, icon: null });
  const running = await until((launch) => launch.status.state === 'running');
  assert.ok((running.windowMs ?? 0) > 0);
  assert.equal(held(), 0);
});

test('a launch that ended keeps the end of its log, exit code and reason', async () => {
  const { engine, launches, until, start } = await setUp();
  const { id } = await start();
  await until(({ status }) => status.state === 'starting' && status.step === 'window');
  engine.logsById.set(id, [{ at: new Date(0), stream: 'stderr', text: 'BadRequest' }]);
  await launches.seen(engine.finish(id, { exitCode: 1 }));
  const found = await launches.find(id);
  assert.equal(found?.record.end?.log, '1970-01-01T00:00:00.000Z stderr BadRequest\n');
  assert.deepEqual([found?.record.end?.reason, found?.record.end?.exitCode], ['error', 1]);
});

test('secrets in the environment of a launch are masked before they are kept', async () => {
  const { launches, until, start } = await setUp();
  const { id } = await start({ env: { API_TOKEN: 'hunter2', COLOUR: 'red' } });
  await until(({ status }) => status.state === 'starting' && status.step === 'window');
  const environment = (await launches.find(id))?.record.environment;
  assert.deepEqual(
    [environment?.['API_TOKEN'], environment?.['XAUTH_KEY'], environment?.['COLOUR']],
    ['••••', '••••', 'red'],
  );
});

test('a desktop that is full refuses another launch inside it before anything is begun, and takes pods', async () => {
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

test('a launch that its owner stopped says so, whatever its exit code', async () => {
  const { engine, launches, until, start } = await setUp();
  const { id } = await start();
  await until(({ status }) => status.state === 'starting' && status.step === 'window');
  await launches.stop(id, 'you');
  assert.deepEqual(engine.stopped, [id]);
  await launches.seen(engine.finish(id, { exitCode: 143 }));
  assert.equal((await launches.find(id))?.record.end?.reason, 'stopped_by_you');
});

test('a launch stopped while its container is being made is stopped as soon as it is there', async () => {
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

test('a launch that could not be started says why', async () => {
  const { engine, until, start, held } = await setUp();
  engine.failNext.launch = new DeskpodError('app_unavailable', 'The image is not here.', { remedy: 'Install it.' });
  await start();
  const { status } = await until((launch) => launch.status.state === 'finished');
  assert.ok(status.state === 'finished' && status.reason === 'start_failed');
  assert.equal(status.state === 'finished' && status.message, 'The image is not here. Install it.');
  assert.equal(held(), 0);
});

test('launches without a container after a restart ended with their desktop', async () => {
  const { launches, restarted, until, start } = await setUp();
  const { id } = await start();
  await until(({ status }) => status.state === 'starting' && status.step === 'window');
  const later = await restarted();
  await later.reconcile([], new Set());
  assert.equal((await later.find(id))?.record.end?.reason, 'desktop_ended');
  await assert.rejects(launches.remove((await launches.find(id))?.record ?? assert.fail()), /still runs/);
});

test('a running launch is found again after a restart and its end is kept', async () => {
  const { engine, restarted, until, start } = await setUp();
  const { id } = await start();
  await until(({ status }) => status.state === 'starting' && status.step === 'window');
  const later = await restarted();
  await later.reconcile(await engine.launches(), new Set([DESKTOP.id]));
  assert.equal((await later.find(id))?.launch.status.state, 'running');
  await later.seen(engine.finish(id, { exitCode: 137, outOfMemory: true }));
  assert.equal((await later.find(id))?.record.end?.reason, 'out_of_memory');
});

test('a launch that had not begun when the server ended is told as such, not as ended by its desktop', async () => {
  const { engine, restarted, until, start } = await setUp();
  engine.launchGate = new Promise(() => {});
  const { id } = await start();
  await until(({ status }) => status.state === 'starting');
  const later = await restarted();
  await later.reconcile([], new Set([DESKTOP.id]));
  const end = (await later.find(id))?.record.end;
  assert.equal(end?.reason, 'start_failed');
  assert.match(end?.message ?? '', /Run it again/);
});

test('what a launch runs is learnt after a restart, if the server ended before it knew', async () => {
  const { engine, restarted, until, start } = await setUp();
  const gate = Promise.withResolvers<never>();
  engine.environment = () => gate.promise;
  const { id } = await start();
  await until(({ status }) => status.state === 'starting');
  const later = await restarted();
  engine.environment = async () => ({ HOME: '/home/fry', XAUTH_KEY: 'x' });
  await later.reconcile(await engine.launches(), new Set([DESKTOP.id]));
  const { record } = (await later.find(id)) ?? assert.fail();
  assert.deepEqual([record.imageDigest, record.environment], ['sha256:1', { HOME: '/home/fry', XAUTH_KEY: '••••' }]);
});

test('launches that a desktop takes along end with it, though they are told of first', async () => {
  const { engine, launches, until, start } = await setUp();
  const { id } = await start();
  await until(({ status }) => status.state === 'starting' && status.step === 'window');
  engine.connect = async () => {
    throw new DeskpodError('desktop_missing', 'The display is gone.');
  };
  const told = launches.seen(engine.finish(id, { exitCode: 137 }));
  await launches.desktopEnded(DESKTOP.id);
  await told;
  const end = (await launches.find(id))?.record.end;
  assert.deepEqual([end?.reason, end?.exitCode], ['desktop_ended', 137]);
});
