/**
 * Several servers share one store: requests, answers and ends reach users on the other server, and a toolbox is shared.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DebugSessions } from '#domain/debug/sessions.ts';
import { Desktops } from '#domain/desktops/desktops.ts';
import { EventBus } from '#domain/server/event-bus.ts';
import type { DebugSession } from '#protocol/debug.ts';
import { openStore } from '#store/open.ts';
import type { Store } from '#domain/ports/store.ts';
import { OPEN_POLICY } from '../../../fakes/api.ts';
import { FakeEngine } from '../../../fakes/engine.ts';
import { aServer, DESKTOP, eventually, RUNNING } from '../../../fakes/launches.ts';

const FRY = { id: 'fry', name: 'Fry', roles: ['user' as const], labels: [] };
const LEELA = { id: 'leela', name: 'Leela', roles: ['user' as const, 'support' as const], labels: [] };
const WANT = { kind: 'toolbox', env: {}, plain: false, desktop: DESKTOP.id, reason: 'it is slow' } as const;

async function server(engine: FakeEngine, store: Store, name: string) {
  const { launches, replicas } = await aServer(engine, store, name);
  const hub = new EventBus();
  const told: DebugSession[] = [];
  for (const user of ['fry', 'leela'])
    hub.subscribe(user, (event) => event.type === 'debug' && void told.push(event.session));
  const ignore = (): void => {};
  const events = {
    debugAsked: ignore,
    debugGranted: ignore,
    debugStarted: ignore,
    debugEnded: ignore,
    desktopStarted: ignore,
    desktopFailed: ignore,
    desktopEnded: ignore,
    regionUnknown: ignore,
    backgroundRefused: ignore,
    failed(what: string, cause: unknown) {
      throw new Error(what, { cause });
    },
  };
  const options = { image: 'x', env: {}, x11Tcp: false, limits: {}, languages: [], shared: [] };
  const desktops = new Desktops({ engine, store, hub, replicas, options, events });
  desktops.found(RUNNING);
  const deps = { engine, store, hub, replicas, desktops, launches, events };
  const debug = new DebugSessions({ ...deps, mayRun: () => false, policy: OPEN_POLICY });
  const until = (id: string, state: string): Promise<DebugSession> =>
    eventually(() => told.find((session) => session.id === id && session.status.state === state));
  return { debug, replicas, told, until };
}

async function setUp() {
  const engine = new FakeEngine();
  engine.desktopsById.set(DESKTOP.id, RUNNING);
  const store = await openStore({ kind: 'sqlite', file: ':memory:' });
  return { engine, store, one: await server(engine, store, 'one'), two: await server(engine, store, 'two') };
}

test('requested on one server, approved on the other, ended on the first: both publish each step', async () => {
  const { engine, one, two } = await setUp();
  const { id } = await one.debug.request(LEELA, { ...WANT, command: [] });
  await two.until(id, 'asking');
  await two.debug.answer(FRY, id, true);
  const running = await one.until(id, 'running');
  assert.equal(running.grant, 'consent');
  await one.debug.end(LEELA, id);
  const ended = await two.until(id, 'ended');
  assert.equal(ended.status.state === 'ended' && ended.status.reason, 'stopped');
  assert.deepEqual(engine.debug.stopped, [running.name]);
});

test('participants on two servers share one toolbox, which is recorded once', async () => {
  const { engine, store, one, two } = await setUp();
  const { id } = await one.debug.request(FRY, { ...WANT, command: [] });
  const { name } = await two.until(id, 'running');
  const seat = await two.debug.join(
    FRY,
    id,
    { columns: 80, rows: 24 },
    { command: [], tty: true },
    AbortSignal.timeout(5000),
  );
  let seen = '';
  seat.stream.on('data', (piece: Buffer) => (seen += piece.toString()));
  const attached = await eventually(() => {
    const terminals = engine.debug.terminals.get(name ?? '') ?? [];
    return terminals.length === 2 ? terminals : undefined;
  });
  for (const terminal of attached) terminal.command.write('once');
  await eventually(() => seen === 'once' || undefined);
  await one.debug.end(FRY, id);
  await two.until(id, 'ended');
  const cast = await eventually(async () => (await store.debug.transcript(id)) || undefined);
  assert.equal(cast.match(/once/g)?.length, 1);
});

test('of two simultaneous answers, the second is refused', async () => {
  const { one, two } = await setUp();
  const { id } = await one.debug.request(LEELA, { ...WANT, command: [] });
  const answers = await Promise.allSettled([one.debug.answer(FRY, id, true), two.debug.answer(FRY, id, false)]);
  assert.deepEqual(answers.map(({ status }) => status).toSorted(), ['fulfilled', 'rejected']);
});

test('a recording that is stored after the end of its session is announced', async () => {
  const { engine, one, two } = await setUp();
  const { id } = await one.debug.request(FRY, { ...WANT, command: [] });
  const { name } = await two.until(id, 'running');
  const [terminal] = await eventually(() => engine.debug.terminals.get(name ?? ''));
  terminal?.command.write('short');
  await one.debug.end(FRY, id);
  const ends = () => one.told.filter((session) => session.id === id && session.status.state === 'ended');
  await eventually(() => ends().at(-1)?.transcript || undefined);
  assert.deepEqual(
    ends().map(({ transcript }) => transcript),
    [false, true],
  );
});
