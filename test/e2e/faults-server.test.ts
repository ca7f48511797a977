/** The server is killed or the machine restarts: nothing is left incomplete or orphaned, and users can continue. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, afterEach, before, suite, test } from 'node:test';
import { z } from 'zod';
import { jsonLines } from '#containers-client/api.ts';
import { ignore } from '#protocol/ignore.ts';
import { eventually, PATIENCE_MS, Someone } from './faults-kit.ts';
import {
  containers,
  engineApi,
  everything,
  isBackTo,
  MONITOR,
  noMonitorsLeft,
  type Process,
  processes,
} from './machine.ts';
import { DATA, Product, RUN } from './product.ts';

/** Without a connection to wait for it takes less than a second; it would wait for one longer than this. */
const STOP_MS = 15_000;

suite('the server is killed or stopped, or the machine restarts', { timeout: 10 * 60_000 }, () => {
  let product: Product;
  let empty: string[];

  before(async () => {
    product = await Product.start();
    empty = await everything();
  });
  afterEach(async () => {
    await product.clear();
    await isBackTo(empty);
  });
  after(async () => {
    await product?.[Symbol.asyncDispose]();
    await noMonitorsLeft();
  });

  const moments = [null, 'create', 'start'].flatMap((event) =>
    (['ephemeral_container', 'pod_application'] as const).map((runtime) => ({ event, runtime })),
  );

  test('a launch during which the server is killed is either running or finished, whenever that happens', async () => {
    await using hermes = await Someone.at(product, 'hermes');
    const desktopId = await hermes.hasDesktop();
    for (const { event, runtime } of moments) {
      const when = event === null ? 'right after the order' : `when the engine said ${event}`;
      const said = event === null ? null : await engineSays(event);
      const { id } = await hermes.client.launches.start({ app: 'terminal', runtime });
      await said?.next;
      await product.kill();
      await product.run();
      const launch = await hermes.client.launches.get(id);
      const { state } = launch.status;
      assert.ok(state === 'running' || state === 'finished', `${runtime} ${when}: ${state}`);
      const mine = (await containers()).filter(({ name }) => name === id);
      const running = mine.map((container) => container.state).join() === 'running';
      assert.equal(running, state === 'running', `${runtime} ${when}: ${state}, but ${JSON.stringify(mine)}`);
      if (state === 'finished') {
        assert.equal(launch.status.reason, 'start_failed');
        assert.match(launch.status.message ?? '', /server.*again/i);
      } else {
        assert.match(launch.imageDigest ?? '', /^sha256:/, 'the image of a running launch is known');
        assert.equal(launch.environment['PARENT_ID'], desktopId);
        await hermes.hasWindowOf(id);
        await hermes.client.launches.stop(id);
        const end = await hermes.isToldTheEndOf(id);
        assert.equal(end.reason, 'stopped_by_you');
      }
    }
  });

  test('a launch that ended while no server ran is reported with its exit code and log', async () => {
    await using hermes = await Someone.at(product, 'hermes');
    await hermes.hasDesktop();
    const { id } = await hermes.runs('terminal', { args: ['-e', 'sleep', '600'], runtime: 'pod_application' });
    const shell = (await processes()).find(({ name, command }) => name === 'xterm' && command.includes('sleep 600'));
    assert.ok(shell);
    await product.kill();
    process.kill(shell.pid, 'SIGSEGV');
    await eventually('it ends', async () => {
      const found = (await containers()).find(({ name }) => name === id);
      return found?.state === 'exited' ? true : null;
    });
    await product.run();
    const end = await hermes.isToldTheEndOf(id);
    assert.deepEqual([end.reason, end.exitCode], ['error', 139]);
  });

  for (const moment of ['create', 'start']) {
    test(`a desktop that was being created when the server was killed (${moment}) can be started again`, async () => {
      await using hermes = await Someone.at(product, 'hermes');
      const made = await engineSays(moment);
      await hermes.client.desktop.start({ width: 800, height: 600 });
      await made.next;
      await product.kill();
      await product.run();
      await hermes.hasDesktop();
      assert.equal((await containers()).length, 1);
      const screen = await hermes.screen();
      await screen.frame();
      screen.socket.terminate();
      await hermes.runs('terminal');
    });
  }

  test('terminals of a killed server do not remain', async () => {
    await using hermes = await Someone.at(product, 'hermes');
    const desktopId = await hermes.hasDesktop();
    const before = await everything();
    const terminal = await hermes.terminal();
    await terminal.shows('hermes:~$');
    await product.kill();
    await terminal.closed;
    await product.run();
    await isBackTo(before);
    assert.equal(await hermes.hasDesktop(), desktopId);
  });

  test('Ctrl-C with an open screen and terminal exits at once with code 0, and the desktop keeps running', async () => {
    await using hermes = await Someone.at(product, 'hermes');
    const desktopId = await hermes.hasDesktop();
    const { id } = await hermes.runs('terminal');
    const screen = await hermes.screen();
    await screen.frame();
    const terminal = await hermes.terminal();
    await terminal.shows('hermes:~$');
    const begun = performance.now();
    assert.equal(await product.stop(), 0);
    assert.ok(performance.now() - begun < STOP_MS, `it took ${performance.now() - begun} ms`);
    await Promise.all([screen.closed, terminal.closed]);
    const left = (await processes()).filter((one) => one.desktopId === null && one.name !== MONITOR);
    assert.deepEqual(left, [], 'only the desktop remains');
    assert.ok((await processes()).some(({ name }) => name === 'Xvnc'));
    await product.run();
    assert.equal(await hermes.hasDesktop(), desktopId);
    await hermes.hasWindowOf(id);
    await eventually('no shell of the terminal is left', async () => {
      return (await processes()).some(({ command }) => command === 'bash -i') ? null : true;
    });
  });

  test('after a restart of the machine desktops and launches are reported as ended, and both can be started again', async () => {
    await using hermes = await Someone.at(product, 'hermes');
    const desktopId = await hermes.hasDesktop();
    const inside = await hermes.runs('terminal');
    const beside = await hermes.runs('terminal', { runtime: 'pod_application' });
    const home = join(DATA, 'homes/hermes/kept.txt');
    await writeFile(home, 'kept');
    await product.kill();
    await powerCut();
    await product.run();
    const { status } = await hermes.client.desktop.get();
    assert.equal(status.state, 'failed');
    for (const { id } of [inside, beside]) {
      const launch = await hermes.client.launches.get(id);
      assert.equal(launch.status.state === 'finished' && launch.status.reason, 'desktop_ended', id);
      await hermes.client.launches.log(id);
    }
    assert.deepEqual(await everything(), empty);
    assert.notEqual(await hermes.hasDesktop(), desktopId);
    await hermes.runs('terminal');
    assert.equal(await readFile(home, 'utf8'), 'kept');
    await rm(home);
  });
});

const Event = z.looseObject({ Type: z.string().optional(), Action: z.string().optional() });

/** Subscribes immediately; `next` resolves with the next container event of this kind. */
async function engineSays(action: string): Promise<{ next: Promise<void> }> {
  const signal = AbortSignal.timeout(PATIENCE_MS);
  const stream = await engineApi.stream('GET', '/events', { signal });
  const listen = async (): Promise<void> => {
    for await (const event of jsonLines(Event, stream))
      if (event.Type === 'container' && event.Action === action) return;
    assert.fail(`the engine never told of ${action}`);
  };
  return { next: listen() };
}

/** Ends everything at once without notice, and loses what is kept in memory, such as the run folder. */
async function powerCut(): Promise<void> {
  const all = await processes();
  const forgetNetworks = await networksInKernel(all);
  for (const first of ['podman', MONITOR]) for (const { pid, name } of all) if (name === first) kill(pid);
  for (const { pid } of all) kill(pid);
  await eventually('all is dead', async () => ((await processes()).every(({ dead }) => dead) ? true : null));
  await forgetNetworks();
  await unmountBelow(RUN);
  await unmountBelow(join(DATA, 'engine'));
  for (const name of await readdir(RUN)) await rm(join(RUN, name), { recursive: true, force: true });
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It ended together with another process.
  }
}

async function unmountBelow(folder: string): Promise<void> {
  const mounts = (await readFile('/proc/self/mountinfo', 'utf8')).split('\n').map((line) => line.split(' ')[4] ?? '');
  for (const place of mounts.filter((one) => one.startsWith(`${folder}/`)).toReversed())
    spawnSync('umount', ['--lazy', place]);
}

const Networks = z.array(z.looseObject({ name: z.string(), network_interface: z.string().default('') }));

/**
 * Network namespaces and bridges of our containers, which don't survive a restart. Returns a function that removes
 * them.
 */
async function networksInKernel(all: readonly Process[]): Promise<() => Promise<void>> {
  const ours = await Promise.all(all.map(({ pid }) => stat(`/proc/${pid}/ns/net`).catch(() => null)));
  const host = await stat('/proc/self/ns/net');
  const inodes = new Set(ours.map((one) => one?.ino).filter((ino) => ino !== host.ino));
  const known = await engineApi.json(Networks, 'GET', '/v4.0.0/libpod/networks/json');
  const bridges = known.filter(({ name }) => name !== 'podman').map((network) => network.network_interface);
  return async () => {
    for (const name of await readdir('/run/netns')) {
      const place = join('/run/netns', name);
      // Those of other installations come and go.
      const found = await stat(place).catch(ignore('it is gone', null));
      if (found === null || !inodes.has(found.ino)) continue;
      spawnSync('umount', ['--lazy', place]);
      await rm(place, { force: true });
    }
    for (const bridge of bridges) spawnSync('ip', ['link', 'delete', bridge]);
  };
}
