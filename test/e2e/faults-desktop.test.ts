/** Kills parts of a desktop: users are notified, everything else keeps running, and supervised parts restart. */
import assert from 'node:assert/strict';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, afterEach, before, suite, test } from 'node:test';
import { CloseCode } from '#protocol/screen.ts';
import { eventually, openScreen, Someone } from './faults-kit.ts';
import { containers, engineApi, everything, isBackTo, noMonitorsLeft, processes, processOf } from './machine.ts';
import { DATA, Product, RUN } from './product.ts';

suite('parts of a desktop are killed', { timeout: 10 * 60_000 }, () => {
  let product: Product;
  let empty: string[];
  let hermes: Someone;

  before(async () => {
    product = await Product.start();
    empty = await everything();
    hermes = await Someone.at(product, 'hermes');
  });
  afterEach(async () => {
    await product.clear();
    await hermes.sees('no desktop', ({ desktop }) => desktop?.status.state !== 'running');
    await isBackTo(empty);
  });
  after(async () => {
    await hermes?.[Symbol.asyncDispose]();
    await product?.[Symbol.asyncDispose]();
    await noMonitorsLeft();
  });

  test('Xvnc is killed: it restarts, its apps are reported as ended with their logs, and new ones run', async () => {
    const desktopId = await hermes.hasDesktop();
    const inside = await hermes.runs('terminal');
    const beside = await hermes.runs('2048-qt');
    const screen = await hermes.screen();
    await screen.frame();
    await killed(desktopId, 'Xvnc');
    assert.equal(await screen.closed, CloseCode.screenLost);
    for (const { id } of [inside, beside]) {
      const end = await hermes.isToldTheEndOf(id);
      assert.equal(end.reason, 'error', id);
      assert.notEqual(end.exitCode, 0);
      const { hints } = await hermes.client.launches.get(id);
      assert.deepEqual(
        hints.map((hint) => hint.id),
        ['display-lost'],
        await hermes.client.launches.log(id),
      );
    }
    await hermes.sees('no windows', ({ windows }) => windows.length === 0);
    const again = await eventually('the screen is there again', () => hermes.screen().catch(() => null));
    await again.frame();
    await hermes.runs('terminal');
    assert.equal((await hermes.client.desktop.get()).id, desktopId);
    again.socket.terminate();
  });

  test('the window manager is killed: it restarts, apps keep running, and their windows are listed', async () => {
    const desktopId = await hermes.hasDesktop();
    const { id } = await hermes.runs('terminal');
    const app = await processOf(desktopId, 'xterm');
    const screen = await hermes.screen();
    const former = await killed(desktopId, 'icewm');
    assert.notEqual((await processOf(desktopId, 'icewm')).pid, former);
    const window = await hermes.hasWindowOf(id);
    await eventually('the window can be minimised', async () => {
      await hermes.client.windows.act(window.id, { action: 'minimise' }).catch(() => null);
      const { windows } = await hermes.sees('windows', (world) => world);
      return windows.some((one) => one.launchId === id && one.minimised) ? true : null;
    });
    assert.equal((await processOf(desktopId, 'xterm')).pid, app.pid);
    assert.equal((await hermes.client.launches.get(id)).status.state, 'running');
    await screen.frame();
    await hermes.runs('2048-qt');
    screen.socket.terminate();
  });

  test('an app is killed: it is reported as ended by a signal, and other apps keep running', async () => {
    const desktopId = await hermes.hasDesktop();
    const inside = await hermes.runs('terminal');
    const beside = await hermes.runs('terminal', { runtime: 'pod_application', args: ['-T', 'beside'] });
    const other = await hermes.runs('2048-qt');
    const xterms = (await processes()).filter((one) => one.desktopId === desktopId && one.name === 'xterm');
    for (const { pid, command } of xterms) process.kill(pid, command.includes('beside') ? 'SIGSEGV' : 'SIGKILL');
    const end = await hermes.isToldTheEndOf(inside.id);
    assert.deepEqual([end.reason, end.exitCode], ['killed', 137]);
    const crash = await hermes.isToldTheEndOf(beside.id);
    assert.deepEqual([crash.reason, crash.exitCode], ['error', 139]);
    const { hints } = await hermes.client.launches.get(beside.id);
    assert.deepEqual(
      hints.map((hint) => hint.id),
      ['segmentation-fault'],
    );
    await hermes.sees('one window', ({ windows }) => windows.length === 1 && windows[0]?.launchId === other.id);
    assert.equal((await hermes.client.launches.get(other.id)).status.state, 'running');
  });

  test("Podman's service is killed: desktops stay connected, ended launches are reported, and new launches work", async () => {
    const desktopId = await hermes.hasDesktop();
    const { id } = await hermes.runs('terminal');
    const screen = await hermes.screen();
    const [pid] = (await readFile(join(RUN, 'engine/service.pid'), 'utf8')).split(' ').map(Number);
    assert.ok(pid);
    process.kill(pid, 'SIGKILL');
    // Happens immediately, while the service is still down.
    const xterm = await processOf(desktopId, 'xterm');
    process.kill(xterm.pid, 'SIGKILL');
    await screen.frame();
    const end = await hermes.isToldTheEndOf(id);
    assert.equal(end.exitCode, 137, JSON.stringify(end));
    await hermes.runs('terminal');
    await hermes.runs('2048-qt');
    await screen.frame();
    assert.equal((await hermes.client.desktop.get()).id, desktopId);
    screen.socket.terminate();
  });

  test('the desktop is killed: all its launches are reported as ended with it, logs and home are kept, and a new one starts', async () => {
    const desktopId = await hermes.hasDesktop();
    const inside = await hermes.runs('terminal');
    const beside = await hermes.runs('2048-qt');
    const terminal = await hermes.terminal();
    await terminal.shows('hermes:~$');
    const screen = await hermes.screen();
    const home = join(DATA, 'homes/hermes/kept.txt');
    await writeFile(home, 'kept');
    const ticket = await hermes.ticket();
    await engineApi.text('POST', `/containers/${desktopId}/kill`);
    await hermes.sees('that it ended', ({ desktop }) => {
      const status = desktop?.status;
      return status?.state === 'failed' && /ended/.test(status.reason) && status.remedy !== undefined;
    });
    for (const { id } of [inside, beside]) {
      assert.equal((await hermes.isToldTheEndOf(id)).reason, 'desktop_ended', id);
      await hermes.client.launches.log(id);
    }
    await Promise.all([screen.closed, terminal.closed]);
    await isBackTo(empty);
    await assert.rejects(openScreen(product, ticket), /refused with 409/);
    assert.notEqual(await hermes.hasDesktop(), desktopId);
    await hermes.runs('terminal');
    assert.equal(await readFile(home, 'utf8'), 'kept');
    await rm(home);
    assert.equal((await containers()).length, 2);
  });
});

/** Returns the pid of the killed process. */
async function killed(desktopId: string, name: string): Promise<number> {
  const { pid } = await processOf(desktopId, name);
  process.kill(pid, 'SIGKILL');
  await eventually(`${name} is gone`, async () => {
    return (await processes()).some((one) => one.pid === pid && !one.dead) ? null : true;
  });
  return pid;
}
