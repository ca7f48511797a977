/** Runs the deskpod command against a server: in processes of its own, with its own home and real terminals. */
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, suite, test } from 'node:test';
import { z } from 'zod';
import { createClient } from '#client/client.ts';
import packageJson from '../../package.json' with { type: 'json' };
import { inspectOf } from '../fakes/catalogue.ts';
import { CatalogueByCurl } from './catalogue-kit.ts';
import { onlyOn } from './engine.ts';
import { refusedWith, Someone } from './faults-kit.ts';
import { Product } from './product.ts';
import { type Ran, Terminal } from './tools.ts';

const NOWHERE = 'localhost:1/apps';
const Launches = z.array(z.looseObject({ id: z.string(), status: z.looseObject({ state: z.string() }) }));
/** A node tries a pull for half a minute. */
const pulledOnce = onlyOn('containers', 'manager.test.ts waits for a failed pull on a cluster');
const noScript = existsSync('/usr/bin/script') ? false : 'script (bsdutils) is not installed';

function done({ code, out, err }: Ran): string {
  assert.equal(code, 0, `${out}${err}`);
  return out.trim();
}

suite('the command line', { timeout: 10 * 60_000 }, () => {
  let product: Product;
  let catalogue: CatalogueByCurl;
  let root: Terminal;
  /** The terminal of another user, who logs in at `--server`. */
  let fryAt: Terminal;
  let fry: Someone;

  before(async () => {
    product = await Product.start();
    catalogue = await CatalogueByCurl.of(product);
    root = await Terminal.open();
    fryAt = await Terminal.open();
    fry = await Someone.at(product, 'fry');
    await fry.hasDesktop();
  });
  after(async () => {
    await (await product.administrator()).users.remove('zapp').catch(() => undefined);
    await fry?.client.session.logout();
    await fry?.[Symbol.asyncDispose]();
    for (const terminal of [root, fryAt]) await terminal?.[Symbol.asyncDispose]();
    await catalogue?.[Symbol.asyncDispose]();
    await product?.[Symbol.asyncDispose]();
  });

  const asRoot = (args: readonly string[], input?: string): Promise<Ran> => {
    const [command = '', ...rest] = args;
    const nested = ['users', 'apps', 'desktops', 'launches'].includes(command) ? rest.slice(0, 1) : [];
    return root.deskpod([command, ...nested, '--data', product.places.data, ...rest.slice(nested.length)], { input });
  };

  test('it prints its version and its commands; incorrect usage exits with code 2 and an explanation', async () => {
    const [version, help, unknown, missing, nothing] = await Promise.all([
      root.deskpod(['version']),
      root.deskpod(['--help']),
      root.deskpod(['frobnicate']),
      root.deskpod(['logs']),
      root.deskpod([]),
    ]);
    assert.equal(done(version), packageJson.version);
    const commands = [...done(help).matchAll(/^ {2}([a-z]+) /gm)].map(([, name]) => name);
    const server = ['start', 'serve', 'engine', 'images', 'uninstall', 'users'];
    const desktop = ['apps', 'desktops', 'launches', 'run', 'logs', 'exec', 'stop', 'limits'];
    const inspect = ['debug', 'inspect', 'describe', 'support'];
    assert.deepEqual(commands, [...server, ...desktop, ...inspect, 'login', 'logout', 'version']);
    assert.deepEqual([unknown.code, missing.code, nothing.code], [2, 2, 2]);
    assert.match(unknown.err, /^deskpod: unknown command 'frobnicate'\n.*--help/);
    assert.match(missing.err, /^deskpod: missing required argument 'launch'/);
  });

  test('without a server it says so and names what to check', async () => {
    const nobody = await root.deskpod(['apps', 'list', '--server', 'http://localhost:1', '--token', 'x']);
    assert.equal(nobody.code, 1);
    assert.match(
      nobody.err,
      /does not answer\. Check that it is running \(deskpod start\) and that --server is correct\./,
    );
    const stranger = await root.deskpod(['apps', 'list', '--data', root.home]);
    assert.equal(stranger.code, 1);
    assert.match(stranger.err, /You’re not logged in.*deskpod login/);
    const gone = await root.deskpod(['apps', 'list', '--server', product.address, '--token', 'x']);
    assert.equal(gone.code, 1);
    assert.match(gone.err, /You aren't logged in\. Log in/);
  });

  test('users can be added and listed, get a new password, and be disabled, enabled and removed', async () => {
    const logsIn = (password: string) =>
      createClient({ baseUrl: product.address }).session.login({ provider: 'directory', name: 'zapp', password });
    assert.equal(done(await asRoot(['users', 'add', 'Zapp Brannigan', '--id', 'zapp'], 'first-secret\n')), 'zapp');
    assert.equal((await logsIn('first-secret')).user.name, 'Zapp Brannigan');
    const again = await asRoot(['users', 'add', 'Zapp Again', '--id', 'zapp'], 'other-secret\n');
    assert.equal(again.code, 1);
    assert.match(again.err, /zapp/);
    const users = z
      .array(z.looseObject({ id: z.string() }))
      .parse(JSON.parse(done(await asRoot(['users', 'list', '--json']))));
    assert.ok(users.some(({ id }) => id === 'zapp'));
    assert.match(
      done(await asRoot(['users', 'list'])),
      /^ID +NAME +LABELS +STATE +CREATED\n[^]*^zapp +Zapp Brannigan .*enabled/m,
    );
    done(await asRoot(['users', 'passwd', 'zapp'], 'second-secret\n'));
    await assert.rejects(logsIn('first-secret'), refusedWith(401));
    assert.equal((await logsIn('second-secret')).user.id, 'zapp');
    assert.equal(done(await asRoot(['users', 'disable', 'zapp'])), 'zapp is disabled.');
    await assert.rejects(logsIn('second-secret'), refusedWith(401));
    assert.match(done(await asRoot(['users', 'list'])), /^zapp .*disabled/m);
    assert.equal(done(await asRoot(['users', 'enable', 'zapp'])), 'zapp is enabled.');
    assert.equal((await logsIn('second-secret')).user.id, 'zapp');
    const silent = await asRoot(['users', 'passwd', 'zapp'], '');
    assert.deepEqual([silent.code, silent.err], [2, 'deskpod: Standard input holds no password.\n']);
    assert.equal(done(await asRoot(['users', 'remove', 'zapp'])), 'zapp');
    await assert.rejects(logsIn('second-secret'), refusedWith(401));
  });

  test('apps can be registered, listed with their state, installed, exported and removed', async () => {
    const id = `${NOWHERE}/cli.d:3.0`;
    const file = join(root.home, 'cli.json');
    await writeFile(file, JSON.stringify([inspectOf(id, { 'oc.name': 'cli', 'oc.acl': '{"permit":["nobody"]}' })]));
    assert.equal(done(await asRoot(['apps', 'add', file, '--no-pull'])), `cli  ${id}`);
    assert.match(done(await asRoot(['apps', 'list'])), /^cli .*not installed +localhost:1\/apps\/cli\.d:3\.0/m);
    assert.equal(done(await asRoot(['apps', 'install', 'terminal'])), 'terminal is installed.');
    assert.equal(done(await asRoot(['apps', 'remove', id])), id);
    assert.equal(
      (await asRoot(['apps', 'remove', id])).err,
      'deskpod: App not found. To list the apps: deskpod apps list\n',
    );
    const exported = join(root.home, 'terminal.json');
    done(await asRoot(['apps', 'export', 'terminal', '--registry', 'r.example.org/x', '-o', exported]));
    const Entry = z.array(z.looseObject({ RepoTags: z.array(z.string()) }));
    assert.deepEqual(Entry.parse(JSON.parse(await readFile(exported, 'utf8')))[0]?.RepoTags, [
      'r.example.org/x/terminal.d:3.0',
    ]);
    await writeFile(file, '[{"Id":"sha256:1","RepoTags":["a/b:1"],"Config":{"Labels":{}}}]');
    const refused = await asRoot(['apps', 'add', file]);
    assert.equal(refused.code, 1);
    assert.match(refused.err, /is invalid; nothing was stored:\n[^]*"oc\.launch" is missing or empty\n/);
  });

  test('an app whose image cannot be pulled is listed with the reason', { skip: pulledOnce }, async () => {
    const id = `${NOWHERE}/gone.d:3.0`;
    const file = join(root.home, 'gone.json');
    await writeFile(file, JSON.stringify([inspectOf(id, { 'oc.name': 'gone', 'oc.acl': '{"permit":["nobody"]}' })]));
    done(await asRoot(['apps', 'add', file, '--no-pull']));
    const failed = await asRoot(['apps', 'install', 'gone']);
    assert.equal(failed.code, 1);
    assert.match(failed.err, /localhost:1\/apps\/gone\.d:3\.0 is not available/);
    assert.match(done(await asRoot(['apps', 'list'])), /^gone .*unavailable .*is not available/m);
    assert.equal(done(await asRoot(['apps', 'remove', id])), id);
  });

  test('a login at a server address is used by later commands until logout', async () => {
    const wrong = await fryAt.deskpod(['login', 'fry', '--server', product.address], { input: 'wrong\n' });
    assert.equal(wrong.code, 1);
    assert.match(wrong.err, /do not go together/);
    const login = await fryAt.deskpod(['login', 'fry', '--server', product.address], { input: 'fry\n' });
    assert.match(done(login), /^Philip J\. Fry at http:\/\/localhost:\d+, until /);
    const kept = join(fryAt.home, '.config/deskpod/login.json');
    assert.equal((await stat(kept)).mode & 0o777, 0o600);
    const staff = await fryAt.deskpod(['desktops', 'list']);
    assert.equal(staff.code, 1);
    assert.match(staff.err, /needs the role support or admin/);
  });

  test('a launch can be started, listed, followed and stopped', async () => {
    const id = done(await fryAt.deskpod(['run', 'terminal', '--', '-e', 'sh -c "echo first >&2; read line"']));
    await fry.hasWindowOf(id);
    const list = async (terminal: (args: readonly string[]) => Promise<Ran>) =>
      Launches.parse(JSON.parse(done(await terminal(['launches', 'list', '--json']))));
    const mine = await list((args) => fryAt.deskpod(args));
    assert.equal(mine.find((launch) => launch.id === id)?.status.state, 'running');
    assert.ok(
      (await list(asRoot)).some((launch) => launch.id === id),
      'the administrator sees the launches of all users',
    );
    const following = fryAt.deskpod(['logs', '-f', id]);
    assert.equal(done(await fryAt.deskpod(['stop', id])), id);
    assert.equal((await following).code, 0, 'following stops when the launch ends');
    await fry.isToldTheEndOf(id);
    assert.equal(
      (await list((args) => fryAt.deskpod(args))).find((launch) => launch.id === id)?.status.state,
      'finished',
    );
  });

  test("run --wait prints the app's output, the reason of a failure and a hint, and exits with the app's exit code", async () => {
    const failed = await fryAt.deskpod(['run', '--wait', 'shm-demo-with-error']);
    assert.equal(failed.code, 1);
    assert.match(failed.out, /MIT-SHM/);
    assert.match(failed.err, /ended with an error \(exit code 1\)\. The app needs memory shared with the X server/);
    assert.match(failed.err, /Try: deskpod run --runtime ephemeral_container /);
    const lines = ['-e', 'sh', '-c', 'echo said >/proc/$PPID/fd/1'];
    const ended = await fryAt.deskpod(['run', '--wait', '--json', 'terminal', '--', ...lines]);
    const { status, log } = z
      .object({ status: z.object({ exitCode: z.number() }), log: z.array(z.object({ text: z.string() })) })
      .parse(JSON.parse(ended.out));
    assert.deepEqual([ended.code, status.exitCode], [0, 0]);
    assert.ok(log.some(({ text }) => text === 'said'));
  });

  test('the log of a failed launch can be printed after its end', async () => {
    const id = done(await fryAt.deskpod(['run', 'shm-demo-with-error']));
    const following = fryAt.deskpod(['logs', '-f', id]);
    await fry.isToldTheEndOf(id);
    assert.match(`${(await following).out}${(await following).err}`, /MIT-SHM/);
    assert.match(done(await fryAt.deskpod(['logs', id])), /MIT-SHM/);
    const foreign = await fryAt.deskpod(['logs', 'hermes-app-2048-qt-00000']);
    assert.deepEqual([foreign.code, /There is no launch/.test(foreign.err)], [1, true]);
  });

  test('exec runs a command in a launch with its standard input, output and exit code', async () => {
    const { id } = await fry.runs('terminal');
    const both = await fryAt.deskpod(['exec', id, '--', 'sh', '-c', 'echo said; echo complained >&2; exit 7']);
    assert.equal(both.code, 7);
    assert.match(`${both.out}${both.err}`, /said[^]*complained|complained[^]*said/);
    const counted = await fryAt.deskpod(['exec', '-i', id, 'head', '-n', '1'], { input: 'from outside\n' });
    assert.equal(done(counted), 'from outside');
    assert.equal(done(await fryAt.deskpod(['exec', '-', 'hostname'])), await fry.hasDesktop());
    const absent = await fryAt.deskpod(['exec', id, 'no-such-command']);
    assert.ok(absent.code === 126 || absent.code === 127 || absent.code === 1, `${absent.code}`);
    const piped = await fryAt.deskpod(['exec', '-it', id]);
    assert.deepEqual(
      [piped.code, piped.err],
      [2, 'deskpod: -t requires a terminal on standard input. Omit -t in a pipe.\n'],
    );
    const foreign = await fryAt.deskpod(['exec', 'hermes-app-2048-qt-00000', 'id']);
    assert.deepEqual([foreign.code, /Other users’ launches require --reason/.test(foreign.err)], [1, true]);
    await fry.client.launches.stop(id);
  });

  test('exec -it opens a shell in a terminal of the same size', { skip: noScript }, async () => {
    const { id } = await fry.runs('terminal');
    const shown = await fryAt.deskpodAtTerminal(['exec', '-it', id], 'tty; stty size; echo "is $((6 * 7))"; exit 5\n');
    assert.match(shown.out, /\/dev\/pts\/\d+/);
    assert.match(shown.out, /^30 100\r?$/m);
    assert.match(shown.out, /^is 42\r?$/m);
    assert.equal(shown.code, 5, shown.out);
    await fry.client.launches.stop(id);
  });

  test('desktops can be listed, and are removed only after confirmation', async () => {
    const id = await fry.hasDesktop();
    const list = z.array(z.looseObject({ id: z.string(), userId: z.string() }));
    const rows = list.parse(JSON.parse(done(await asRoot(['desktops', 'list', '--json']))));
    assert.deepEqual(
      rows.map((row) => [row.id, row.userId]),
      [[id, 'fry']],
    );
    const unasked = await asRoot(['desktops', 'remove', id]);
    assert.equal(unasked.code, 2);
    assert.match(unasked.err, /Can’t ask .* not a terminal\. Answer with an option/);
    assert.equal(done(await asRoot(['desktops', 'remove', '--yes', id])), id);
    await fry.sees('no desktop', ({ desktop }) => desktop?.status.state === 'none');
    assert.equal((await asRoot(['desktops', 'list'])).err, 'No results.\n');
    const homeless = await fryAt.deskpod(['run', 'terminal']);
    assert.equal(homeless.code, 1);
    assert.match(homeless.err, /desktop/i);
  });

  test('logout removes the local credentials and ends the session on the server', async () => {
    const { token } = z
      .looseObject({ token: z.string() })
      .parse(JSON.parse(await readFile(join(fryAt.home, '.config/deskpod/login.json'), 'utf8')));
    assert.equal(done(await fryAt.deskpod(['logout'])), `Logged out of ${product.address}.`);
    const client = createClient({ baseUrl: product.address, token });
    await assert.rejects(client.session.current(), refusedWith(401));
    assert.equal((await fryAt.deskpod(['logout'])).err, 'deskpod: You’re not logged in.\n');
  });
});
