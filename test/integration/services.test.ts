/** Services on one machine: started by the first connection, stopped when idle, started again after a failure. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { z } from 'zod';
import { EngineApi } from '#containers-client/api.ts';
import { desktopPaths } from '#engines/containers/specs/paths.ts';
import { servicePaths } from '#engines/containers/specs/service-mounts.ts';
import {
  aDesktop,
  type DisposableDesktop,
  type EngineUnderTest,
  eventually,
  hermes,
  patience,
} from '../contracts/engine-kit.ts';
import { ownStore, TEST_DATA, TEST_RUN, underTest } from './engine-local.ts';

const apiSocket = join(TEST_RUN, 'engine/podman.sock');
const local = { socket: null, dataDir: TEST_DATA, runDir: TEST_RUN, apiSocket, serviceIdleMs: 500 };
const skip =
  process.getuid?.() !== 0
    ? 'needs root'
    : spawnSync('podman', ['--version']).status !== 0 && 'podman is not installed';
const Listed = z.array(z.looseObject({ Names: z.array(z.string()), State: z.string() }));

describe('services on one machine', { skip, timeout: 600_000 }, () => {
  let under: EngineUnderTest;
  let desktop: DisposableDesktop;
  before(async () => {
    under = await underTest(local, await ownStore());
    desktop = await aDesktop(under, hermes);
  });
  after(async () => {
    // Another engine made it.
    await under?.engine.removeDesktop(desktop.id, patience());
    await under?.[Symbol.asyncDispose]();
  });

  const running = async (): Promise<string[]> => {
    const all = await new EngineApi(apiSocket).json(Listed, 'GET', '/v4.0.0/libpod/containers/json', {
      query: { all: true },
    });
    const prefix = `${desktop.id}-`;
    return all
      .flatMap(({ Names: [name = ''] }) => (name.startsWith(prefix) ? name.slice(prefix.length) : []))
      .toSorted();
  };
  const stopped = (): Promise<true> =>
    eventually('all services stopped', async () => ((await running()).length === 0 ? true : null));
  /** As a program in the desktop connects. */
  const program = async (service: 'sound' | 'printer'): Promise<Socket> => {
    const { folder, programs } = servicePaths(desktopPaths(TEST_RUN, desktop.id), service);
    const path = join(folder, programs ?? '');
    await eventually('programs can connect', async () => existsSync(path) || null);
    const socket = connect(path);
    await once(socket, 'connect');
    return socket;
  };
  const answers = async (socket: Socket): Promise<string> => {
    socket.write('GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n');
    const [first] = await once(socket, 'data');
    socket.destroy();
    return String(first).split('\r\n')[0] ?? '';
  };

  test('a new desktop runs none', async () => {
    assert.deepEqual(await running(), []);
  });

  test('the first connection of a program starts it, and what the program sent meanwhile arrives', async () => {
    assert.match(await answers(await program('printer')), /^HTTP\/1\.1 /);
    assert.deepEqual(await running(), ['printer']);
    await stopped();
  });

  test('who waits for a service does not start it, and learns when a program does', async () => {
    const waiting = under.engine.serviceRuns(desktop.id, 'sound', patience());
    await under.engine.serviceLastUsed(desktop.id, 'sound');
    assert.deepEqual(await running(), []);
    const socket = await program('sound');
    await waiting;
    assert.deepEqual(await running(), ['sound']);
    socket.destroy();
    await stopped();
  });

  test('it keeps running while a program is connected, and stops afterwards', async () => {
    const first = await program('sound');
    await eventually('it runs', async () => ((await running()).includes('sound') ? true : null));
    // This one is connected to PulseAudio itself: its end is that of PulseAudio.
    const second = await eventually('a direct connection', async () => await program('sound'));
    first.destroy();
    (await under.engine.connect(desktop.id, 'files', patience())).destroy();
    await eventually('one that was used later has stopped', async () =>
      (await running()).includes('files') ? null : true,
    );
    assert.deepEqual([await running(), second.destroyed], [['sound'], false]);
    second.destroy();
    await stopped();
  });

  test('after it was killed, the next connection starts it again', async () => {
    const before = await under.engine.connect(desktop.id, 'files', patience());
    const closed = once(before, 'close');
    await new EngineApi(apiSocket).text('POST', `/containers/${desktop.id}-files/kill`);
    await closed;
    const next = await under.engine.connect(desktop.id, 'files', patience());
    next.destroy();
    assert.match(await answers(await program('printer')), /^HTTP\/1\.1 /);
    await new EngineApi(apiSocket).text('POST', `/containers/${desktop.id}-printer/kill`);
    await eventually('it is gone', async () => ((await running()).includes('printer') ? null : true));
    assert.match(await answers(await program('printer')), /^HTTP\/1\.1 /);
    await stopped();
  });

  test('an engine process that starts again finds running services, and still stops and starts them', async () => {
    const held = await under.engine.connect(desktop.id, 'files', patience());
    await under[Symbol.asyncDispose]();
    under = await underTest(local, await ownStore(), { keep: true });
    assert.deepEqual(await running(), ['files']);
    held.destroy();
    await stopped();
    assert.match(await answers(await program('printer')), /^HTTP\/1\.1 /);
  });

  test('nothing of a desktop with running services is left when it is removed', async () => {
    const other = await aDesktop(under, { ...hermes, userId: 'leela', uid: 4102, gid: 4102 });
    for (const service of ['files', 'sound', 'printer'] as const)
      (await under.engine.connect(other.id, service, patience())).destroy();
    await other[Symbol.asyncDispose]();
    assert.deepEqual(
      (await under.objects()).filter((name) => name.includes(other.id)),
      [],
    );
    await assert.rejects(under.engine.connect(other.id, 'files', patience()), { code: 'service_unavailable' });
  });
});
