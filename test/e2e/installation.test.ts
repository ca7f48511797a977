/** Failed starts and uninstalling: the server's messages before it runs, and what uninstalling leaves. */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { chmod, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, suite, test } from 'node:test';
import { EngineApi } from '#containers-client/api.ts';
import { openStore } from '#store/open.ts';
import { aLaunchRecord, anEnd } from '../fixtures/store-samples.ts';
import { copyImages } from '../integration/engine-local.ts';
import { Someone } from './faults-kit.ts';
import { Product } from './product.ts';
import { curl, ran, ROOT, type Ran, uninstalled } from './tools.ts';

const ANALYZE = '/usr/bin/systemd-analyze';
const PATIENCE_MS = 120_000;

suite('starting and uninstalling', { timeout: 10 * 60_000 }, () => {
  let folder: string;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'deskpod-installation-'));
    // The server process enters it.
    await chmod(folder, 0o711);
  });
  after(async () => await rm(folder, { recursive: true, force: true }));

  /** Folders for starts that must fail; they must stay empty. */
  const serve = (...options: readonly string[]): Promise<Ran> => {
    const places = ['--data', join(folder, 'never'), '--run', join(folder, 'never-run')];
    return ran(process.execPath, ['src/cli/cli.ts', 'serve', ...places, ...options]);
  };

  test('all configuration errors are reported together, with lines and fixes, and nothing is started', async () => {
    const file = join(folder, 'wrong.yaml');
    await writeFile(file, 'listen:\n  port: many\n  hots: 0.0.0.0\nauth:\n  ticketSeconds: 5000\n');
    const { code, err } = await serve('--config', file);
    assert.equal(code, 1);
    assert.match(err, /^deskpod: There are \d errors in the configuration:\n/);
    assert.match(err, /wrong\.yaml:2: listen\.port: /);
    assert.match(err, /wrong\.yaml:3: listen\.hots: .*listen\.host/);
    assert.match(err, /wrong\.yaml:5: auth\.ticketSeconds: /);
    assert.equal(existsSync(join(folder, 'never')), false);
    const keyless = await serve('--tls-cert', '/nowhere.pem');
    assert.match(
      keyless.err,
      /--tls-cert: listen\.tlsCert: its private key is missing\. Also set listen\.tlsKey \(--tls-key\)/,
    );
    const [absentCert, absentKey] = [join(folder, 'absent.crt'), join(folder, 'absent.key')];
    const unreadable = await serve('--tls-cert', absentCert, '--tls-key', absentKey);
    assert.ok(
      [absentCert, absentKey].every((path) => unreadable.err.includes(`${path} can't be read`)),
      unreadable.err,
    );
    const absent = await serve('--config', join(folder, 'absent.yaml'));
    assert.equal(absent.code, 1);
    assert.match(absent.err, /absent\.yaml: the file doesn't exist/);
  });

  test('a port that is in use is reported, with a fix', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const address = other.address();
    const port = String(typeof address === 'object' && address !== null ? address.port : 0);
    const places = ['--data', join(folder, 'taken'), '--run', join(folder, 'taken-run')];
    const args = ['src/cli/cli.ts', 'serve', '--port', port, ...places];
    const { code, err } = await ran(process.execPath, args);
    other.close();
    await uninstalled({ data: join(folder, 'taken'), run: join(folder, 'taken-run') }, '--no-homes');
    assert.equal(code, 1);
    assert.match(err, new RegExp(`deskpod: .*${port} .*is in use by another program.*--port`));
  });

  test('uninstalling leaves no container, network, mount or folder, and removes homes only on request', async () => {
    const places = { data: join(folder, 'data'), run: join(folder, 'run') };
    // The user's own certificate is served from the first start on.
    const [cert, key] = [join(folder, 'own.crt'), join(folder, 'own.key')];
    const self = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'];
    const made = await ran('openssl', [
      ...self,
      '-subj',
      '/CN=own',
      '-addext',
      'subjectAltName=DNS:localhost',
      '-keyout',
      key,
      '-out',
      cert,
    ]);
    assert.equal(made.code, 0, made.err);
    const product = await Product.start(['--tls-cert', cert, '--tls-key', key], places);
    try {
      assert.equal((await curl('--cacert', cert, product.address.replace('http:', 'https:'))).error, '');
      const api = new EngineApi(join(places.run, 'engine/podman.sock'));
      {
        await using own = await Product.start();
        const source = new EngineApi(join(own.places.run, 'engine/podman.sock'));
        await copyImages(source, api, AbortSignal.timeout(PATIENCE_MS));
      }
      await using fry = await Someone.at(product, 'fry');
      const desktop = await fry.hasDesktop();
      await fry.runs('terminal');
      await fry.runs('terminal', { runtime: 'pod_application' });
      assert.equal((await processesOf(folder)).length > 3, true);

      const engine = ['--engine-socket', join(places.run, 'engine/podman.sock')];
      const beside = { data: join(folder, 'beside'), run: join(folder, 'beside-run') };
      {
        await using other = await Product.start(engine, beside);
        await using leela = await Someone.at(other, 'leela');
        await leela.hasDesktop();
      }
      assert.match(await uninstalled(beside, '--no-homes', ...engine), /Containers .* 1 removed/);
      assert.deepEqual([existsSync(beside.data), existsSync(beside.run)], [false, false]);
      await product.stop();
      await product.run();
      const [left] = await (await product.administrator()).desktops.list();
      assert.deepEqual(
        [left?.id, left?.state],
        [desktop, 'running'],
        'another installation on the same engine keeps running',
      );
      await fry.runs('terminal');

      await product.stop();
      const said = await uninstalled(places, '--homes');
      assert.match(said, /Containers .* 4 removed/);
      assert.match(said, /homes are still in/);
      assert.deepEqual(await readdir(places.data), ['homes']);
      assert.deepEqual(await readdir(join(places.data, 'homes')), ['fry']);
      assert.equal(existsSync(places.run), false);
      assert.deepEqual(await processesOf(folder), [], `processes of ${desktop}`);
      assert.doesNotMatch(await readFile('/proc/self/mounts', 'utf8'), new RegExp(folder));
      await uninstalled(places, '--no-homes');
      assert.equal(existsSync(places.data), false);
    } finally {
      await product.stop();
      if (existsSync(places.data)) await uninstalled(places, '--no-homes');
    }
  });

  test('each start warns about values of another store key, in the log and to administrators, until the key is back', async () => {
    const places = { data: join(folder, 'keys'), run: join(folder, 'keys-run') };
    const keyFile = join(places.data, 'keys', 'store.key');
    const product = await Product.start([], places);
    /** The warnings of the start with this key, of both kinds. */
    const warned = async (key: string): Promise<boolean[]> => {
      await product.stop();
      await writeFile(keyFile, key);
      product.log.length = 0;
      await product.run();
      const warning = /encrypted with another key.*restore store\.key/;
      const reply = await fetch(`${product.address}/api/v1/warnings`, {
        headers: { authorization: `Bearer ${await product.administratorToken()}` },
      });
      return [product.log.some((line) => warning.test(line)), warning.test(await reply.text())];
    };
    try {
      const key = await readFile(keyFile, 'utf8');
      await product.stop();
      {
        await using store = await openStore(
          { kind: 'sqlite', file: join(places.data, 'deskpod.db') },
          Buffer.from(key, 'base64'),
        );
        await store.launches.add(aLaunchRecord('old', { end: anEnd({ finishedAt: new Date() }) }));
      }
      const other = randomBytes(32).toString('base64');
      assert.deepEqual(await warned(other), [true, true]);
      assert.deepEqual(await warned(other), [true, true]);
      assert.deepEqual(await warned(key), [false, false]);
    } finally {
      await product.stop();
      await uninstalled(places, '--no-homes');
    }
  });

  test('a folder that was not created by Deskpod is not removed', async () => {
    const data = join(folder, 'photos');
    await ran('mkdir', ['-p', join(data, 'holidays')]);
    await assert.rejects(
      uninstalled({ data, run: join(folder, 'no-run') }, '--no-homes'),
      /doesn't look like a data folder/,
    );
    assert.deepEqual(await readdir(data), ['holidays']);
  });

  const analyze = { skip: existsSync(ANALYZE) ? false : `${ANALYZE} is not there` };

  for (const name of ['deskpod.service', 'deskpod-engine.service']) {
    test(`the systemd unit ${name} is valid`, analyze, async (context) => {
      // Considers only the unit's own program: other units of the machine may have errors.
      const unit = (await readFile(join(ROOT, 'deploy/systemd', name), 'utf8'))
        .replaceAll('/opt/deskpod', ROOT)
        .replace('/usr/bin/node', process.execPath);
      const file = join(folder, name);
      await writeFile(file, unit);
      const { code, out, err } = await ran(ANALYZE, ['verify', '--recursive-errors=no', file]);
      if (/Failed to (connect|initialize|setup)/.test(err)) return context.skip(err.trim());
      assert.equal(code, 0, out + err);
      assert.doesNotMatch(err, new RegExp(name));
      return undefined;
    });
  }

  test('systemd gives the server process the full sandbox', analyze, async () => {
    const unit = join(ROOT, 'deploy/systemd/deskpod.service');
    const { code, out, err } = await ran(ANALYZE, ['security', '--offline=true', '--threshold=30', '--no-pager', unit]);
    assert.equal(code, 0, out + err);
    assert.match(out, /Overall exposure level for deskpod\.service: [0-2]\.\d/);
  });
});

/** Command lines of processes that use a folder: found by mounts in containers, and by arguments on the host. */
async function processesOf(folder: string): Promise<string[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name) && name !== String(process.pid));
  const found = await Promise.all(
    pids.map(async (pid) => {
      const read = (file: string) => readFile(`/proc/${pid}/${file}`, 'utf8').catch(() => '');
      const [command, mounts] = await Promise.all([read('cmdline'), read('mountinfo')]);
      const inside = mounts.includes(`${folder}/run/desktops/`.replace('/tmp/', '/'));
      return inside || command.includes(`${folder}/`) ? [command.replaceAll('\0', ' ')] : [];
    }),
  );
  return found.flat();
}
