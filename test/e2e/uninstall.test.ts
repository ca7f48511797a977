/**
 * Uninstalling after crashes: whichever process was killed, nothing of Deskpod stays, and everything else is unchanged.
 */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, afterEach, before, suite, test } from 'node:test';
import { z } from 'zod';
import { EngineApi } from '#containers-client/api.ts';
import { findAccount } from '#processes/account.ts';
import { PodmanService } from '#containers-client/podman-service.ts';
import { Someone } from './faults-kit.ts';
import { DATA, type Places, Product } from './product.ts';
import { ran, uninstalled } from './tools.ts';
import { traces } from './traces.ts';

/** Every Podman started here reads the images of the tests; installation.test.ts uninstalls images, too. */
process.env['STORAGE_OPTS'] = `overlay.imagestore=${join(DATA, 'engine/store')}`;
const Created = z.looseObject({ Id: z.string() });
const Bridged = z.looseObject({ network_interface: z.string() });
const skip = process.getuid?.() === 0 ? false : 'needs root';

suite('uninstalling after a crash', { skip, timeout: 10 * 60_000 }, () => {
  let folder: string;
  let places: Places;
  let product: Product | null = null;
  /** Another Podman installation, with a network of its own in which a container runs. */
  let foreign: PodmanService;
  let foreignApi: EngineApi;
  let foreignId: string;
  let start: readonly string[];

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'dp-gone-'));
    // The server process enters it.
    await chmod(folder, 0o711);
    foreign = await PodmanService.start({ data: join(folder, 'foreign'), run: join(folder, 'foreign-run') });
    foreignApi = new EngineApi(foreign.socket, () => foreign.ready());
    await foreignApi.json(z.unknown(), 'POST', '/v4.0.0/libpod/networks/create', {
      body: { name: 'others', driver: 'bridge', network_interface: 'others0', subnets: [{ subnet: '10.137.77.0/24' }] },
    });
    const body = {
      Image: 'localhost/deskpod/terminal:1',
      Cmd: ['sleep', '600'],
      Entrypoint: [],
      HostConfig: { NetworkMode: 'others' },
    };
    foreignId = (await foreignApi.json(Created, 'POST', '/containers/create', { body })).Id;
    await foreignApi.text('POST', `/containers/${foreignId}/start`);
  });
  after(async () => {
    await foreignApi?.text('DELETE', `/containers/${foreignId}`, { query: { force: true } }).catch(() => undefined);
    await foreignApi?.text('DELETE', '/networks/others').catch(() => undefined);
    await foreign?.[Symbol.asyncDispose]();
    await ran('umount', [join(folder, 'foreign/store/overlay')]);
    await rm(folder, { recursive: true, force: true });
  });
  afterEach(async () => {
    await product?.stop();
    if (existsSync(places.data)) await uninstalled(places, '--no-homes');
  });

  /** An installation with a desktop and two apps. */
  const installed = async (name: string): Promise<void> => {
    places = { data: join(folder, name), run: join(folder, `${name}-run`) };
    start = await traces();
    product = await Product.start([], places);
    await using fry = await Someone.at(product, 'fry');
    await fry.hasDesktop();
    await fry.runs('terminal');
    await fry.runs('terminal', { runtime: 'pod_application' });
  };

  const nothingIsLeft = async (): Promise<void> => {
    assert.deepEqual([existsSync(places.data), existsSync(places.run)], [false, false]);
    assert.equal(await findAccount('deskpod'), null, 'the system user of the server process');
    const end = await traces();
    // Monitors of earlier containers may have been ending at the start.
    const mayEnd = (one: string): boolean => one.startsWith('process ') && !one.includes(join(folder, 'foreign'));
    const more = end.filter((one) => !start.includes(one));
    const less = start.filter((one) => !end.includes(one) && !mayEnd(one));
    assert.deepEqual({ more, less }, { more: [], less: [] });
    const { out } = await ran('iptables-save', []);
    assert.match(out, /-s 10\.137\.77\.0\/24 -j NETAVARK-/, 'firewall rules of other programs are kept');
  };

  test('the server, its engine, the container monitors and the containers are killed', async () => {
    await installed('all');
    await product?.kill();
    await killed(places, /^(podman|conmon)/);
    await killed(places, /./);
    await uninstalled(places, '--no-homes');
    await nothingIsLeft();
  });

  test('containers are killed manually, and their networks are removed before their firewall rules', async () => {
    await installed('networks');
    await killed(places, /^conmon/);
    await killed(places, /./, { engine: false });
    await product?.kill();
    await killed(places, /^podman/);
    const networks = join(places.data, 'engine/networks');
    for (const name of await readdir(networks)) {
      if (!name.endsWith('.json')) continue;
      const { network_interface: bridge } = Bridged.parse(JSON.parse(await readFile(join(networks, name), 'utf8')));
      await rm(join(networks, name));
      await ran('ip', ['link', 'delete', bridge]);
    }
    await uninstalled(places, '--no-homes');
    await nothingIsLeft();
  });

  test('an engine that does not start any more does not prevent it', async () => {
    await installed('broken');
    await product?.kill();
    await killed(places, /^podman/);
    await rm(join(places.data, 'engine/store/libpod'), { recursive: true, force: true });
    await mkdir(join(places.data, 'engine/store/libpod/bolt_state.db'), { recursive: true });
    await uninstalled(places, '--no-homes');
    await nothingIsLeft();
  });

  test('a later uninstallation finishes one that was interrupted', async () => {
    await installed('twice');
    await product?.stop();
    const args = ['src/cli/cli.ts', 'uninstall', '--yes', '--no-homes', '--data', places.data, '--run', places.run];
    const first = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'ignore'] });
    for await (const chunk of first.stdout) if (String(chunk).includes('Data')) first.kill('SIGKILL');
    if (first.exitCode === null && first.signalCode === null) await once(first, 'exit');
    // Files that the folder may still have contained.
    await mkdir(places.data, { recursive: true });
    await Promise.all(['.uninstalling', 'cli-token'].map((name) => writeFile(join(places.data, name), '')));
    await uninstalled(places, '--no-homes');
    await nothingIsLeft();
  });
});

/** Kills processes that name a folder of this installation or run in one of its containers. */
async function killed({ data, run }: Places, name: RegExp, { engine = true } = {}): Promise<void> {
  for (const pid of (await readdir('/proc')).map(Number)) {
    if (!(pid > 0) || pid === process.pid) continue;
    const read = (file: string): Promise<string> => readFile(`/proc/${pid}/${file}`, 'utf8').catch(() => '');
    const [comm, command, mounts] = await Promise.all(['comm', 'cmdline', 'mountinfo'].map(read));
    const isHelper = [`${data}/`, `${run}/`].some((folder) => command?.includes(folder));
    const isInside = mounts?.includes(`${run}/desktops/`.replace('/tmp/', '/')) ?? false;
    if (!name.test(comm ?? '') || !(isInside || (engine && isHelper) || (isHelper && comm?.startsWith('conmon'))))
      continue;
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // It ended together with another process.
    }
  }
}
