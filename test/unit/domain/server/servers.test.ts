/**
 * Several servers share one store and one engine: what users of each see of launches, and what remains when one ends.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DeskpodError } from '#domain/errors.ts';
import { Replicas } from '#domain/server/replicas.ts';
import { Revocations } from '#domain/server/revocations.ts';
import type { EngineLaunch } from '#domain/ports/engine-launch.ts';
import type { Launch } from '#protocol/launch.ts';
import { openStore } from '#store/open.ts';
import { FakeEngine } from '../../../fakes/engine.ts';
import { aServer, DESKTOP, eventually, type FakeServer, launchesIn, RUNNING } from '../../../fakes/launches.ts';

async function setUp() {
  const engine = new FakeEngine();
  engine.desktopsById.set(DESKTOP.id, RUNNING);
  const store = await openStore({ kind: 'sqlite', file: ':memory:' });
  const one = await aServer(engine, store, 'one');
  const two = await aServer(engine, store, 'two');
  /** Ends its heartbeat, and the engine answers its requests no more. */
  const die = (server: FakeServer) => server.replicas[Symbol.asyncDispose]();
  const sweptTwice = async (server: FakeServer) => {
    await server.launches.sweep();
    await server.launches.sweep();
  };
  return { engine, store, one, two, die, sweptTwice };
}

const awaitsWindow = ({ status }: Launch): boolean => status.state === 'starting' && status.step === 'window';
const isOver = ({ status }: Launch): boolean => status.state === 'finished';
const ends = ({ told }: FakeServer): Launch[] => launchesIn(told).filter(isOver);

test('a launch on one server is reported to browsers of the other, step by step', async () => {
  const { one, two } = await setUp();
  const { id } = await one.start();
  await two.until(awaitsWindow);
  one.launches.mapped({ id: 7, title: '', wmClass: '', launchId: id, active: true, minimised: false, iconUrl: null });
  await two.until(({ status }) => status.state === 'running');
  assert.equal((await two.launches.list({}))[0]?.status.state, 'running');
});

test('an end that both servers see is stored, logged and reported once, with one reason', async () => {
  const { engine, store, one, two } = await setUp();
  const { id } = await one.start();
  await two.until(awaitsWindow);
  const over = engine.finish(id, { exitCode: 0 });
  await Promise.all([one.launches.seen(over), two.launches.goneFromEngine(id), two.launches.seen(over)]);
  await Promise.all([one.until(isOver), two.until(isOver)]);
  const kept = (await store.launches.find(id))?.end?.reason;
  for (const server of [one, two])
    assert.deepEqual(
      ends(server).map(({ status }) => status.state === 'finished' && status.reason),
      [kept],
    );
  assert.equal(one.logged.length + two.logged.length, 1);
});

test('a launch can be stopped on another server than the one that started it', async () => {
  const { engine, one, two } = await setUp();
  const { id } = await one.start();
  await two.until(awaitsWindow);
  await two.launches.stop(id, 'admin');
  assert.deepEqual(engine.stopped, [id]);
  await one.until(({ status }) => status.state === 'stopping');
  const over = engine.finish(id, { exitCode: 143 });
  await one.launches.seen(over);
  assert.equal((await two.until(isOver)).status.state, 'finished');
  assert.equal((await one.launches.find(id))?.record.end?.reason, 'stopped_by_admin');
});

test('a launch stopped on another server while its container is being created is stopped once it exists', async () => {
  const { engine, one, two } = await setUp();
  const gate = Promise.withResolvers<void>();
  engine.launchGate = gate.promise;
  const { id } = await one.start();
  await two.until(({ status }) => status.state === 'starting');
  await two.launches.stop(id, 'you');
  engine.stopped.length = 0;
  gate.resolve();
  await eventually(() => engine.stopped[0]);
  await one.launches.seen(engine.finish(id, { exitCode: 143 }));
  assert.equal((await one.launches.find(id))?.record.end?.reason, 'stopped_by_you');
});

test('a failed stop is reverted on every server', async () => {
  const { engine, store, one, two } = await setUp();
  const { id } = await one.start();
  await two.until(awaitsWindow);
  engine.stopLaunch = async () => {
    throw new DeskpodError('engine_unavailable', 'The engine is away.');
  };
  await assert.rejects(two.launches.stop(id, 'you'), /away/);
  assert.equal((await store.launches.find(id))?.stoppedBy, null);
  await eventually(async () => (await one.launches.find(id))?.launch.status.state !== 'stopping' || undefined);
});

test('a server that starts does not touch launches that another one is starting', async () => {
  const { engine, store, one } = await setUp();
  engine.launchGate = new Promise(() => {});
  const { id } = await one.start();
  const late = await aServer(engine, store, 'late');
  await late.launches.reconcile([]);
  await late.launches.sweep();
  await late.launches.sweep();
  assert.equal((await store.launches.find(id))?.end, null);
});

test('a server ends before the container exists: the user is informed to run the app again, and nothing remains', async () => {
  const { engine, one, two, die, sweptTwice } = await setUp();
  engine.launchGate = new Promise(() => {});
  const { id } = await one.start();
  await two.until(({ status }) => status.state === 'starting');
  await die(one);
  const removed: string[] = [];
  engine.removeLaunch = async (gone) => void removed.push(gone);
  await sweptTwice(two);
  const { status } = await two.until(isOver);
  assert.ok(status.state === 'finished' && status.reason === 'start_failed');
  assert.match(status.message ?? '', /Run it again/);
  assert.deepEqual(removed, [id]);
  await sweptTwice(two);
  assert.equal(two.logged.length, 1);
});

test('a server that misses one heartbeat is not considered dead', async () => {
  const { engine, store, one, two } = await setUp();
  engine.launchGate = new Promise(() => {});
  const { id } = await one.start();
  await store.replicas.leave(one.replicas.me);
  await two.launches.sweep();
  await store.replicas.beat(one.replicas.me);
  await two.launches.sweep();
  assert.equal((await store.launches.find(id))?.end, null);
});

test('a server ends when the container is running: another one takes it over', async () => {
  const { engine, store, one, two, die, sweptTwice } = await setUp();
  engine.environment = () => new Promise(() => {});
  const { id } = await one.start();
  await eventually(() => engine.launchesById.get(id));
  await two.until(({ status }) => status.state === 'starting');
  await die(one);
  engine.environment = async () => ({ HOME: '/home/fry', XAUTH_KEY: 'x' });
  await sweptTwice(two);
  assert.equal((await two.launches.find(id))?.launch.status.state, 'running');
  const record = await store.launches.find(id);
  assert.deepEqual([record?.server, record?.environment], [null, { HOME: '/home/fry', XAUTH_KEY: '••••' }]);
  await two.launches.seen(engine.finish(id, { exitCode: 0 }));
  assert.equal((await store.launches.find(id))?.end?.reason, 'completed');
});

test('a container that waits forever is abandoned a minute after its server ended', async () => {
  const { engine, store, one, two, die, sweptTwice } = await setUp();
  engine.environment = () => new Promise(() => {});
  const { id } = await one.start();
  const known = await eventually(() => engine.launchesById.get(id));
  const waits: EngineLaunch = { ...known.launch, status: { state: 'starting', waiting: 'ImagePullBackOff' } };
  engine.launchesById.set(id, { ...known, launch: waits });
  await die(one);
  await sweptTwice(two);
  assert.equal((await store.launches.find(id))?.end, null);
  const find = store.launches.find.bind(store.launches);
  store.launches.find = async (wanted) => {
    const record = await find(wanted);
    return record && { ...record, startedAt: new Date(Date.now() - 61_000) };
  };
  await two.launches.sweep();
  const end = (await store.launches.find(id))?.end;
  assert.equal(end?.reason, 'start_failed');
  assert.match(end?.message ?? '', /ImagePullBackOff/);
  assert.equal(engine.launchesById.has(id), false);
});

test('a server that was considered dead and returns abandons launches that others ended', async () => {
  const { engine, store, one, two, sweptTwice } = await setUp();
  const gate = Promise.withResolvers<void>();
  engine.launchGate = gate.promise;
  const { id } = await one.start();
  await store.replicas.leave(one.replicas.me);
  await sweptTwice(two);
  const removed = Promise.withResolvers<string>();
  engine.removeLaunch = async (gone) => removed.resolve(gone);
  gate.resolve();
  assert.equal(await removed.promise, id);
  assert.ok(engine.launchesById.has(id));
  assert.deepEqual([ends(one).length, one.logged.length], [1, 0]);
});

test('a launch removed on one server disappears from the lists of the other', async () => {
  const { engine, one, two } = await setUp();
  const { id } = await one.start();
  await two.until(awaitsWindow);
  await one.launches.seen(engine.finish(id));
  await two.until(isOver);
  const found = await one.launches.find(id);
  await one.launches.remove(found?.record ?? assert.fail());
  await eventually(() => two.told.find((event) => event.type === 'launch_removed' && event.id === id));
});

test('after missed changes, ends stored by others are shown', async () => {
  const { engine, store, one, two } = await setUp();
  const listeners = new Set<Parameters<typeof store.changes.subscribe>[0]>();
  const deaf = {
    ...store,
    changes: {
      publish: async () => {},
      subscribe: (listener: Parameters<typeof store.changes.subscribe>[0]) => {
        listeners.add(listener);
        return () => {};
      },
    },
  };
  const third = await aServer(engine, deaf, 'deaf');
  const { id } = await one.start();
  await two.until(awaitsWindow);
  await third.launches.seen(engine.launchesById.get(id)?.launch ?? assert.fail());
  await one.launches.seen(engine.finish(id));
  assert.equal(ends(third).length, 0);
  for (const listener of listeners) listener({ type: 'resync' });
  await third.until(isOver);
});

test('a session that ends on one server ends on the others at once', async () => {
  const store = await openStore({ kind: 'sqlite', file: ':memory:' });
  const join = (name: string) => Replicas.join(store, name, (what) => assert.fail(what));
  const joined = async (name: string) =>
    new Revocations({ store, replicas: await join(name), longestSessionSeconds: 3600 });
  const [here, there] = [await joined('here'), await joined('there')];
  const { promise, resolve } = Promise.withResolvers<unknown>();
  there.onRevokedElsewhere(resolve);
  here.onRevokedElsewhere(() => assert.fail('it knows'));
  assert.equal(await there.isRevoked('s1', null), false);
  await here.revoke({ sessionId: 's1', userId: 'fry', why: 'left' }, new Date(Date.now() + 60_000));
  assert.deepEqual(await promise, { sessionId: 's1', userId: 'fry', why: 'left' });
  assert.equal(await there.isRevoked('s1', null), true);
});
