/** Several servers share one store and one engine: what users of either see of launches, and what is left when one ends. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DeskpodError } from '#domain/errors.ts';
import { Replicas } from '#domain/replicas.ts';
import { Revocations } from '#domain/revocations.ts';
import type { EngineLaunch } from '#domain/engine.ts';
import type { Launch } from '#protocol/launch.ts';
import { openStore } from '#store/open.ts';
import { FakeEngine } from '../fakes/engine.ts';
import { aServer, DESKTOP, eventually, type FakeServer, launchesIn, RUNNING } from '../fakes/launches.ts';

async function setUp() {
  const engine = new FakeEngine();
  engine.desktopsById.set(DESKTOP.id, RUNNING);
  const store = await openStore({ kind: 'sqlite', file: ':memory:' });
  const one = await aServer(engine, store, 'one');
  const two = await aServer(engine, store, 'two');
  /** Its requests to the engine are answered no more, and it gives no sign of life. */
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

test('what one server starts is told to the browsers at the other, step by step', async () => {
  const { one, two } = await setUp();
  const { id } = await one.start();
  await two.until(awaitsWindow);
  one.launches.mapped({ id: 7, title: '', wmClass: '', launchId: id, active: true, minimised: false, icon: null });
  await two.until(({ status }) => status.state === 'running');
  assert.equal((await two.launches.list({}))[0]?.status.state, 'running');
});

test('an end that both servers see is kept, logged and told once, with one reason', async () => {
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

test('a launch is stopped at another server than the one that started it', async () => {
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

test('a launch that is stopped elsewhere while its container is being made is stopped when it is there', async () => {
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

test('stopping that fails is taken back at every server', async () => {
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

test('a server that starts up leaves alone what another one is just starting', async () => {
  const { engine, store, one } = await setUp();
  engine.launchGate = new Promise(() => {});
  const { id } = await one.start();
  const late = await aServer(engine, store, 'late');
  await late.launches.reconcile([], new Set([DESKTOP.id]));
  await late.launches.sweep();
  await late.launches.sweep();
  assert.equal((await store.launches.find(id))?.end, null);
});

test('a server dies before the container is there: the user is told to run it again, and nothing is left', async () => {
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

test('a server that misses one sign of life is not given up at once', async () => {
  const { engine, store, one, two } = await setUp();
  engine.launchGate = new Promise(() => {});
  const { id } = await one.start();
  await store.replicas.leave(one.replicas.me);
  await two.launches.sweep();
  await store.replicas.beat(one.replicas.me);
  await two.launches.sweep();
  assert.equal((await store.launches.find(id))?.end, null);
});

test('a server dies when the container runs already: another one goes on with it', async () => {
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

test('a container that waits for ever is given up a minute after its server ended', async () => {
  const { engine, store, one, two, die, sweptTwice } = await setUp();
  engine.environment = () => new Promise(() => {});
  const { id } = await one.start();
  const known = await eventually(() => engine.launchesById.get(id));
  const waits: EngineLaunch = { ...known.launch, status: { state: 'starting', waiting: 'ImagePullBackOff' } };
  engine.launchesById.set(id, { ...known, launch: waits });
  await die(one);
  await sweptTwice(two);
  assert.equal((await store.launches.find(id))?.end, null);
  const list = store.launches.list.bind(store.launches);
  store.launches.list = async (filter) =>
    (await list(filter)).map((record) => ({ ...record, startedAt: new Date(Date.now() - 61_000) }));
  await two.launches.sweep();
  const end = (await store.launches.find(id))?.end;
  assert.equal(end?.reason, 'start_failed');
  assert.match(end?.message ?? '', /ImagePullBackOff/);
  assert.equal(engine.launchesById.has(id), false);
});

test('a server that was taken for gone and comes back gives up what others ended', async () => {
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

test('a launch that is forgotten at one server goes from the lists at the other', async () => {
  const { engine, one, two } = await setUp();
  const { id } = await one.start();
  await two.until(awaitsWindow);
  await one.launches.seen(engine.finish(id));
  await two.until(isOver);
  const found = await one.launches.find(id);
  await one.launches.remove(found?.record ?? assert.fail());
  await eventually(() => two.told.find((event) => event.type === 'launch_removed' && event.id === id));
});

test('after changes went unheard, ends that others kept are shown', async () => {
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

test('a session that ends at one server ends at the others at once', async () => {
  const store = await openStore({ kind: 'sqlite', file: ':memory:' });
  const join = (name: string) => Replicas.join(store, name, (what) => assert.fail(what));
  const [here, there] = [new Revocations(store, await join('here')), new Revocations(store, await join('there'))];
  const { promise, resolve } = Promise.withResolvers<unknown>();
  there.onRevokedElsewhere(resolve);
  here.onRevokedElsewhere(() => assert.fail('it knows'));
  assert.equal(await there.isRevoked('s1'), false);
  await here.revoke('s1', new Date(Date.now() + 60_000), 'fry');
  assert.deepEqual(await promise, { sessionId: 's1', userId: 'fry' });
  assert.equal(await there.isRevoked('s1'), true);
});
