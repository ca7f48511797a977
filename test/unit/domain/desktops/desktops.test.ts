/** Desktops on several servers: all have the same state, and one removed on purpose is not a failure on the others. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Identity } from '#domain/ports/auth.ts';
import { Desktops } from '#domain/desktops/desktops.ts';
import { DeskpodError } from '#domain/errors.ts';
import { EventBus } from '#domain/server/event-bus.ts';
import { Replicas } from '#domain/server/replicas.ts';
import { openStore } from '#store/open.ts';
import { FakeEngine } from '../../../fakes/engine.ts';
import { eventually, FRY } from '../../../fakes/launches.ts';

const ENV = { SET_DEFAULT_WALLPAPER: 'welcome.png' };

async function setUp() {
  const engine = new FakeEngine();
  const store = await openStore({ kind: 'sqlite', file: ':memory:' });
  const server = async (name: string) => {
    const replicas = await Replicas.join(store, name, (what) => assert.fail(what));
    const ended: string[] = [];
    const unknown: string[] = [];
    const refused: string[] = [];
    const events = {
      desktopStarted() {},
      desktopFailed() {},
      failed() {},
      backgroundRefused: (_desktopId: string, reason: string) => void refused.push(reason),
      regionUnknown: (_userId: string, names: readonly string[]) => void unknown.push(...names),
      desktopEnded: (_userId: string, id: string) => void ended.push(id),
    };
    const options = { image: 'desktop', env: ENV, x11Tcp: true, limits: {}, languages: [], shared: [] };
    return {
      desktops: new Desktops({ engine, store, hub: new EventBus(), replicas, options, events }),
      ended,
      unknown,
      refused,
    };
  };
  const [one, two] = [await server('one'), await server('two')];
  const state = ({ desktops }: typeof one) => desktops.get(FRY.user.id).status.state;
  const identity: Identity = FRY;
  await one.desktops.start(identity, { timezone: 'Europe/Vienna', languages: ['de-AT', 'en'] });
  await eventually(() => state(one) === 'running' || undefined);
  const desktop = one.desktops.running(FRY.user.id);
  two.desktops.found(desktop);
  return { engine, one, two, state, desktop };
}

test("apps started later have the time zone and language of the desktop's creator, on every server", async () => {
  const { one, two } = await setUp();
  for (const { desktops } of [one, two]) {
    const { TZ, LANGUAGE } = desktops.envOf(FRY.user.id);
    assert.deepEqual([TZ, LANGUAGE], ['Europe/Vienna', 'de_AT:en_US']);
    const { timezone, languages } = desktops.requestOf(FRY.user.id);
    assert.deepEqual([timezone, languages], ['Europe/Vienna', ['de-AT', 'en']], 'and so has a rebuilt desktop');
  }
});

test('a desktop whose user logged out on one server is removed on the other, too', async () => {
  const { one, two, state, desktop } = await setUp();
  await one.desktops.remove(FRY.user.id);
  await eventually(() => state(two) === 'none' || undefined);
  two.desktops.gone(desktop.id);
  assert.equal(state(two), 'none');
  assert.deepEqual(two.ended, []);
});

test("it also is if the engine's event comes first, and the removing server stops before it is done", async () => {
  const { engine, one, two, state, desktop } = await setUp();
  engine.removeDesktop = () => new Promise(() => {});
  void one.desktops.remove(FRY.user.id);
  await eventually(() => state(two) === 'stopping' || undefined);
  two.desktops.gone(desktop.id);
  assert.equal(state(two), 'none');
  assert.deepEqual(two.ended, []);
});

test('a desktop that could not be removed keeps running on both', async () => {
  const { engine, one, two, state } = await setUp();
  engine.removeDesktop = async () => {
    throw new DeskpodError('engine_unavailable', 'The engine is away.');
  };
  await assert.rejects(one.desktops.remove(FRY.user.id), /away/);
  await eventually(() => state(two) === 'running' || undefined);
  assert.equal(state(one), 'running');
});

test('an invalid time zone or language from a browser is not passed on, and the log contains it', async () => {
  const { one, engine, state } = await setUp();
  await one.desktops.remove(FRY.user.id);
  const request = { timezone: ':/etc/shadow', languages: ['de', '../..'] };
  await one.desktops.start(FRY, request);
  await eventually(() => state(one) === 'running' || undefined);
  assert.deepEqual(one.unknown, ['../..', ':/etc/shadow']);
  const launched = one.desktops.envOf(FRY.user.id);
  assert.deepEqual([launched['TZ'], launched['LANGUAGE']], [undefined, 'de_DE']);
  const { env } = one.desktops.plan(FRY, request);
  assert.deepEqual([env['TZ'], env['LANG'], env['LANGUAGE']], [undefined, 'de_DE.UTF-8', 'de_DE']);
  assert.equal(engine.desktopsById.size, 1);
});

test("a background that a desktop cannot show is reported in the server's log", async () => {
  const { one, engine, state } = await setUp();
  await one.desktops.remove(FRY.user.id);
  const line = (text: string) => ({ at: new Date(), stream: 'stderr' as const, text });
  const complaint = 'SET_DEFAULT_WALLPAPER=welcome.png: no such file';
  engine.logsById.set('', [line('deskpod: Xvnc ended (1)'), line(`deskpod: ${complaint}`)]);
  await one.desktops.start(FRY, {});
  await eventually(() => state(one) === 'running' || undefined);
  await eventually(() => one.refused.length > 0 || undefined);
  assert.deepEqual(one.refused, [complaint]);
});

test('a desktop that ran and disappeared is reported as ended, without its start trace; one that never ran is not', async () => {
  const { engine, one, two, desktop } = await setUp();
  const shown = ({ desktops }: typeof one) => desktops.get(FRY.user.id);
  assert.notEqual(shown(one).trace, null);
  one.desktops.gone(desktop.id);
  two.desktops.found({ ...desktop, state: 'ended' });
  for (const { status, trace } of [shown(one), shown(two)])
    assert.deepEqual([status.state === 'failed' && status.ended, trace], [true, null]);
  engine.failNext.makeDesktop = new DeskpodError('engine_unavailable', 'The engine is away.');
  await one.desktops.start(FRY, {});
  const { status, trace } = await eventually(() => (shown(one).status.state === 'failed' ? shown(one) : undefined));
  assert.deepEqual([status.state === 'failed' && status.ended, trace === null], [undefined, false]);
});
