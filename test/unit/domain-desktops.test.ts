/** Desktops on several servers: all know the same of them, and one that is removed on purpose at one is no failure at the other. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Identity } from '#domain/auth.ts';
import { Desktops } from '#domain/desktops.ts';
import { DeskpodError } from '#domain/errors.ts';
import { Hub } from '#domain/hub.ts';
import { Replicas } from '#domain/replicas.ts';
import { openStore } from '#store/open.ts';
import { FakeEngine } from '../fakes/engine.ts';
import { eventually, FRY } from '../fakes/launches.ts';

async function setUp() {
  const engine = new FakeEngine();
  const store = await openStore({ kind: 'sqlite', file: ':memory:' });
  const server = async (name: string) => {
    const replicas = await Replicas.join(store, name, (what) => assert.fail(what));
    const ended: string[] = [];
    const events = {
      desktopStarted() {},
      desktopFailed() {},
      failed() {},
      desktopEnded: (_userId: string, id: string) => void ended.push(id),
    };
    const options = { image: 'desktop', env: {}, x11Tcp: true, limits: {} };
    return { desktops: new Desktops({ engine, store, hub: new Hub(), replicas, options, events }), ended };
  };
  const [one, two] = [await server('one'), await server('two')];
  const state = ({ desktops }: typeof one) => desktops.get(FRY.user.id).status.state;
  const identity: Identity = FRY;
  await one.desktops.start(identity, { timezone: 'Europe/Vienna', locale: 'de-AT' });
  await eventually(() => state(one) === 'running' || undefined);
  const desktop = one.desktops.running(FRY.user.id);
  two.desktops.found(desktop);
  return { engine, one, two, state, desktop };
}

test('what starts in it later has the time zone and language of whoever made it, from every server', async () => {
  const { one, two } = await setUp();
  for (const { desktops } of [one, two]) {
    assert.deepEqual(desktops.envOf(FRY.user.id), { TZ: 'Europe/Vienna', LANGUAGE: 'de_AT' });
    const { timezone, locale } = desktops.requestOf(FRY.user.id);
    assert.deepEqual([timezone, locale], ['Europe/Vienna', 'de-AT'], 'and a desktop made anew, too');
  }
});

test('a desktop that its user logged out of at one server is simply gone at the other', async () => {
  const { one, two, state, desktop } = await setUp();
  await one.desktops.remove(FRY.user.id);
  await eventually(() => state(two) === 'none' || undefined);
  two.desktops.gone(desktop.id);
  assert.equal(state(two), 'none');
  assert.deepEqual(two.ended, []);
});

test('it is so too when the engine tells first, and the server that removes it ends before it is done', async () => {
  const { engine, one, two, state, desktop } = await setUp();
  engine.removeDesktop = () => new Promise(() => {});
  void one.desktops.remove(FRY.user.id);
  await eventually(() => state(two) === 'stopping' || undefined);
  two.desktops.gone(desktop.id);
  assert.equal(state(two), 'none');
  assert.deepEqual(two.ended, []);
});

test('a desktop that could not be removed runs on at both', async () => {
  const { engine, one, two, state } = await setUp();
  engine.removeDesktop = async () => {
    throw new DeskpodError('engine_unavailable', 'The engine is away.');
  };
  await assert.rejects(one.desktops.remove(FRY.user.id), /away/);
  await eventually(() => state(two) === 'running' || undefined);
  assert.equal(state(one), 'running');
});
