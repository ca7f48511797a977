/** On one machine, what faces browsers has no privileges: which process runs as whom, and what the server process can't do. */
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { chmod, chown, cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, suite, test } from 'node:test';
import { findAccount, type SystemAccount } from '#processes/account.ts';
import { withMount } from '#processes/reach.ts';
import { eventually, Someone } from './faults-kit.ts';
import { containers } from './machine.ts';
import { Product } from './product.ts';
import { ran, ROOT, Service, uninstalled } from './tools.ts';

suite('the server process', { skip: process.getuid?.() === 0 ? false : 'needs root', timeout: 5 * 60_000 }, () => {
  let product: Product;
  let account: SystemAccount;

  before(async () => {
    product = await Product.start();
    account = (await findAccount('deskpod')) ?? assert.fail('there is no user deskpod');
  });
  after(() => product?.stop());

  const statusOf = async (pid: number): Promise<ReadonlyMap<string, string>> => {
    const lines = (await readFile(`/proc/${pid}/status`, 'utf8')).split('\n');
    return new Map(lines.map((line) => [line.split(':')[0] ?? '', (line.split(':')[1] ?? '').trim()]));
  };
  /** Whether the user of the server process has this access to a path. */
  const may = async (mode: '-r' | '-w', path: string): Promise<boolean> => (await asServer('test', mode, path)) === 0;
  /** The exit code of a program that its user runs. */
  const asServer = async (...command: readonly string[]): Promise<number | null> => {
    const as = [`--reuid=${account.uid}`, `--regid=${account.gid}`, '--clear-groups'];
    return (await ran('setpriv', [...as, ...command])).code;
  };

  test('runs as a system user, in no other group, without capabilities, and can’t gain any', async () => {
    const status = await statusOf(await product.serverPid());
    const { uid, gid } = account;
    assert.deepEqual(status.get('Uid')?.split('\t'), Array(4).fill(String(uid)));
    assert.deepEqual(status.get('Gid')?.split('\t'), Array(4).fill(String(gid)));
    assert.equal(status.get('Groups'), String(gid));
    for (const kind of ['CapInh', 'CapPrm', 'CapEff', 'CapAmb']) assert.match(status.get(kind) ?? '', /^0+$/, kind);
    assert.equal(status.get('NoNewPrivs'), '1');
  });

  test('is the one that listens for browsers', async () => {
    const port = Number(new URL(product.address).port).toString(16).toUpperCase().padStart(4, '0');
    const listening = new RegExp(`^\\s*\\d+: \\S+:${port} \\S+ 0A (?:\\S+ ){3}\\s*(\\d+)`, 'm');
    const [, owner] = listening.exec(await readFile('/proc/net/tcp', 'utf8')) ?? assert.fail('nobody listens');
    assert.equal(Number(owner), account.uid);
  });

  test('reaches the screen of a desktop, but neither its secrets nor homes nor the container engine', async () => {
    await using fry = await Someone.at(product, 'fry');
    const desktop = await fry.hasDesktop();
    const screen = await fry.screen();
    await screen.frame();
    screen.socket.terminate();
    const { data, run } = product.places;
    const closed = [
      join(run, 'desktops', desktop, 'secret/Xauthority'),
      join(run, 'desktops', desktop, 'credentials.json'),
      join(run, 'engine/podman.sock'),
      join(data, 'homes/fry'),
    ];
    for (const path of closed) {
      assert.ok(existsSync(path), path);
      assert.equal(await may('-r', path), false, path);
      assert.equal(await may('-w', path), false, path);
    }
    for (const name of ['homes', 'engine', 'guests', 'cache'])
      assert.equal(await may('-w', join(data, name)), false, name);
    // It could replace them otherwise.
    assert.notEqual(await asServer('mv', join(data, 'homes'), join(data, 'homes-of-others')), 0);
    await fry.client.desktop.remove();
  });

  test('if it is killed, the engine process ends with an error, and the next start finds the desktops', async () => {
    await using fry = await Someone.at(product, 'fry');
    const desktop = await fry.hasDesktop();
    process.kill(await product.serverPid(), 'SIGKILL');
    assert.equal(await product.exited(), 1);
    await product.run();
    assert.equal(await fry.hasDesktop(), desktop);
    await fry.client.desktop.remove();
    assert.deepEqual(await containers(), []);
  });

  test('ends at once if the engine process is killed', async () => {
    const pid = await product.serverPid();
    await product.kill();
    await eventually('it is gone', async () => (existsSync(`/proc/${pid}`) ? null : true));
    await product.run();
  });

  test('two services: the server process starts without root, and waits for the engine process', async () => {
    await product.stop();
    const { data, run } = product.places;
    const folders = ['--data', data, '--run', run];
    const { uid, gid } = account;
    const port = new URL(product.address).port;
    const options = [...folders, '--port', port, '--engine-process', join(run, 'engine.sock')];
    const program = join(run, 'program');
    const node = process.execPath.replace(ROOT, program);
    const serve = [node, join(program, 'src/cli/cli.ts'), 'serve', ...options];
    // systemd changes the user in the same way.
    const as = ['setpriv', `--reuid=${uid}`, `--regid=${gid}`, '--clear-groups', '--', ...serve];
    const server = new Service(...withMount(ROOT, program, as));
    const startEngine = (): Service => new Service(process.execPath, ['src/cli/cli.ts', 'engine', ...options]);
    let engine = startEngine();
    const isReady = async (): Promise<boolean> => (await fetch(`${product.address}/readyz`)).ok;
    try {
      await server.says('listening on');
      await using fry = await Someone.at(product, 'fry');
      await fry.hasDesktop();
      assert.equal(await isReady(), true);
      await engine.stop();
      assert.equal(await isReady(), false);
      engine = startEngine();
      await eventually('the server uses the new engine process', async () => ((await isReady()) ? true : null));
      await fry.runs('terminal');
      await fry.client.desktop.remove();
    } finally {
      await Promise.all([server.stop(), engine.stop()]);
      await product.run();
    }
  });

  test('runs as root where its user can’t enter the data folder; log and administrators are told how to change it', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'deskpod-closed-'));
    const places = { data: join(folder, 'data'), run: join(folder, 'run') };
    try {
      await using closed = await Product.start([], places);
      assert.equal(await closed.serverPid(), closed.pid);
      const warning = new RegExp(`runs as root.*user deskpod can’t write to ${places.data}`);
      assert.ok(
        closed.log.some((line) => warning.test(line)),
        closed.log.join('\n'),
      );
      const reply = await fetch(`${closed.address}/api/v1/warnings`, {
        headers: { authorization: `Bearer ${await closed.administratorToken()}` },
      });
      assert.match(await reply.text(), warning);
      await closed.stop();
      await chmod(folder, 0o711);
      await closed.run();
      assert.notEqual(await closed.serverPid(), closed.pid);
    } finally {
      await uninstalled(places, '--no-homes');
      await rm(folder, { recursive: true });
    }
  });

  test('runs as root while a key in a folder elsewhere can be read by root only, and separately once its user can read it', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'deskpod-keys-'));
    const places = { data: join(folder, 'data'), run: join(folder, 'run') };
    const keys = join(folder, 'keys');
    try {
      await chmod(folder, 0o711);
      await cp(join(product.places.data, 'keys'), keys, { recursive: true });
      for (const path of [keys, ...(await readdir(keys)).map((name) => join(keys, name))]) await chown(path, 0, 0);
      await chmod(keys, 0o755);
      const config = join(folder, 'config.yaml');
      await writeFile(config, JSON.stringify({ keys: { folder: keys } }));
      await using own = await Product.start(['--config', config], places);
      assert.equal(await own.serverPid(), own.pid);
      assert.ok(
        own.log.some((line) => line.includes(`can’t read ${keys}/`)),
        own.log.join('\n'),
      );
      await own.stop();
      for (const name of await readdir(keys)) await chown(join(keys, name), account.uid, account.gid);
      await own.run();
      assert.notEqual(await own.serverPid(), own.pid);
    } finally {
      await uninstalled(places, '--no-homes');
      await rm(folder, { recursive: true });
    }
  });
});
