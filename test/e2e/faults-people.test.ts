/**
 * Two simultaneous users share nothing; the end of a session closes what belongs to it and keeps the rest for its
 * owner.
 */
import assert from 'node:assert/strict';
import { readFile, rm, stat, writeFile } from 'node:fs/promises';
import { after, afterEach, before, suite, test } from 'node:test';
import { CloseCode } from '#protocol/screen.ts';
import { openScreen, refusedWith, Someone } from './faults-kit.ts';
import { everything, isBackTo } from './engine.ts';
import { noMonitorsLeft } from './machine.ts';
import { ENGINE, Product } from './product.ts';

/** During a removal there is a moment when an engine may report nothing about the removed containers. */
const ROUNDS = ENGINE === 'kubernetes' ? 2 : 8;

suite('users and their sessions', { timeout: 10 * 60_000 }, () => {
  let product: Product;
  let empty: string[];

  before(async () => {
    product = await Product.start();
    empty = await everything(product);
  });
  afterEach(async () => {
    await product.clear();
    await isBackTo(product, empty);
  });
  after(async () => {
    await product?.[Symbol.asyncDispose]();
    if (ENGINE === 'containers') await noMonitorsLeft();
  });

  test('two simultaneous users have different ids and homes, and cannot see what belongs to the other', async () => {
    await using hermes = await Someone.at(product, 'hermes');
    await using fry = await Someone.at(product, 'fry');
    await Promise.all([hermes.hasDesktop(), fry.hasDesktop()]);
    const [{ id }] = await Promise.all([hermes.runs('terminal'), fry.runs('terminal')]);
    const { launches } = fry.client;
    const follow = async (): Promise<void> => {
      for await (const line of launches.logStream(id, AbortSignal.timeout(5_000))) assert.fail(line.text);
    };
    const attempts = [
      () => launches.get(id),
      () => launches.log(id),
      follow,
      () => launches.stop(id),
      () => launches.again(id),
      () => launches.remove(id),
    ];
    for (const attempt of attempts) await assert.rejects(attempt, refusedWith(404));
    await assert.rejects(fry.terminal(id), /refused with 404/);
    const window = await hermes.hasWindowOf(id);
    const mine = await fry.sees('his own window', (world) => world.windows[0]);
    assert.notEqual(mine.launchId, id);
    // Window ids of two displays can be equal: this one may be a window of his own, but never one of hers.
    await fry.client.windows.act(window.id, { action: 'close' }).catch(refusedWith(404));
    await assert.rejects(launches.list({ user: 'hermes' }), refusedWith(403));
    await assert.rejects(fry.client.desktops.list(), refusedWith(403));
    assert.equal((await hermes.client.launches.get(id)).status.state, 'running');
    await hermes.hasWindowOf(id);
    for (const [user, uid] of [
      [hermes, 2043],
      [fry, 2042],
    ] as const) {
      const terminal = await user.terminal();
      terminal.socket.send(Buffer.from('echo own$(stat -c " %u" /proc/[0-9]* | sort -u):\n'));
      await terminal.shows(`own ${uid}:`);
      terminal.socket.terminate();
      // On a cluster nobody else has the volume.
      if (ENGINE === 'kubernetes') continue;
      const home = await stat(product.home(user.name));
      assert.deepEqual([home.uid, home.mode & 0o777], [uid, 0o700]);
    }
  });

  test('a list of all desktops is returned while desktops are being removed', async () => {
    const administrator = await product.administrator();
    for (let round = 0; round < ROUNDS; round += 1) {
      await using hermes = await Someone.at(product, 'hermes');
      await hermes.hasDesktop();
      await hermes.client.launches.start({ app: 'terminal' });
      await hermes.client.desktop.remove();
      const gone = hermes.sees('no desktop', ({ desktop }) => desktop?.status.state === 'none');
      const asked = async (): Promise<false> => (await administrator.desktops.list(), false);
      while (!(await Promise.race([gone, asked()])));
    }
    const faults = product.log.filter((line) => /\berror\b.*(desktop|GET)/.test(line));
    assert.deepEqual(faults, []);
  });

  test('the end of a session closes screen and terminal and invalidates its tickets, also after a restart', async () => {
    await using hermes = await Someone.at(product, 'hermes');
    const desktopId = await hermes.hasDesktop();
    const [screen, terminal] = [await hermes.screen(), await hermes.terminal()];
    await screen.frame();
    const ticket = await hermes.ticket();
    await hermes.client.session.disconnect();
    assert.equal(await screen.closed, CloseCode.sessionEnded);
    assert.equal(await terminal.closed, CloseCode.sessionEnded);
    await assert.rejects(openScreen(product, ticket), /refused with 401/);
    await assert.rejects(hermes.terminal(), /refused with 401/);
    await product.kill();
    await product.run();
    await assert.rejects(openScreen(product, ticket), /refused with 401/);
    await using again = await Someone.at(product, 'hermes');
    assert.equal(await again.hasDesktop(), desktopId);
    const seen = await again.screen();
    await seen.frame();
    seen.socket.terminate();
  });

  test('the removal of a desktop closes its screen and invalidates its tickets', async () => {
    await using hermes = await Someone.at(product, 'hermes');
    await hermes.hasDesktop();
    const screen = await hermes.screen();
    await screen.frame();
    const ticket = await hermes.ticket();
    await hermes.client.desktop.remove();
    assert.equal(await screen.closed, CloseCode.desktopGone);
    // The gateway of a cluster knows only the address in the ticket, where nobody answers.
    const refusal = ENGINE === 'kubernetes' ? /refused with (409|503)/ : /refused with 409/;
    await assert.rejects(openScreen(product, ticket), refusal);
    await assert.rejects(hermes.ticket(), refusedWith(409));
  });

  test('logout removes everything but the home, including what is just starting', async () => {
    await using hermes = await Someone.at(product, 'hermes');
    const desktopId = await hermes.hasDesktop();
    await hermes.runs('terminal');
    const kept = product.home('hermes', 'kept.txt');
    await writeFile(kept, 'kept');
    const orders = (['ephemeral_container', 'pod_application'] as const).map((runtime) =>
      hermes.client.launches.start({ app: 'terminal', runtime }),
    );
    const begun = await Promise.all(orders);
    await hermes.client.session.logout();
    await isBackTo(product, empty);
    assert.equal(await readFile(kept, 'utf8'), 'kept');
    await rm(kept);
    await using again = await Someone.at(product, 'hermes');
    for (const { id } of begun) {
      const end = await again.isToldTheEndOf(id);
      assert.equal(end.reason, 'desktop_ended');
    }
    assert.notEqual(await again.hasDesktop(), desktopId);
  });

  test('finished launches are kept after logout, for their owner and for support', async () => {
    await using hermes = await Someone.at(product, 'hermes');
    await hermes.hasDesktop();
    const since = new Date().toISOString();
    const env = { MY_PASSWORD: 'secret1', GREETING: 'good news', PLACE: 'the office' };
    const publicEnv = ['PLACE'];
    const wrong = await hermes.client.launches.start({ app: 'shm-demo-with-error', env, publicEnv });
    const end = await hermes.isToldTheEndOf(wrong.id);
    assert.deepEqual([end.reason, end.exitCode], ['error', 1]);
    const running = await hermes.runs('terminal');
    await hermes.client.session.logout();
    await using owner = await Someone.at(product, 'hermes');
    await using leela = await Someone.at(product, 'leela');
    for (const reader of [owner, leela]) {
      const found = await reader.client.launches.list({ user: 'hermes', app: wrong.appId, since });
      assert.deepEqual(
        found.map(({ id }) => id),
        [wrong.id],
        reader.name,
      );
      const launch = await reader.client.launches.get(wrong.id);
      assert.deepEqual(launch.status, end);
      assert.match(launch.imageDigest ?? '', /^sha256:[0-9a-f]{64}$/);
      assert.equal(launch.environment['HOME'], '/home/hermes');
      assert.equal(launch.environment['MY_PASSWORD'], '••••');
      assert.ok(!JSON.stringify(launch).includes('secret1'));
      // A value that the owner gave is shown to the owner only, unless the owner made it public.
      const greeting = reader === owner ? env.GREETING : '••••';
      assert.deepEqual([launch.environment['GREETING'], launch.requested.env['GREETING']], [greeting, greeting]);
      assert.deepEqual([launch.environment['PLACE'], launch.requested.env['PLACE']], [env.PLACE, env.PLACE]);
      assert.match(await reader.client.launches.log(wrong.id), /MIT-SHM/);
      const other = await reader.client.launches.get(running.id);
      assert.equal(other.status.state === 'finished' && other.status.reason, 'desktop_ended');
    }
    assert.deepEqual(await leela.client.launches.list({ user: 'hermes', until: since, app: wrong.appId, since }), []);
    await assert.rejects(leela.client.launches.remove(wrong.id), refusedWith(404));
    await owner.client.launches.remove(wrong.id);
    await assert.rejects(leela.client.launches.get(wrong.id), refusedWith(404));
  });
});
