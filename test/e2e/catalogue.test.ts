/**
 * Imports and exports catalogue files with the real product: files from another installation start in the right
 * runtime.
 */
import assert from 'node:assert/strict';
import { globSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, suite, test } from 'node:test';
import { z } from 'zod';
import type { Runtime } from '#protocol/app.ts';
import { CatalogueByCurl, documents } from './catalogue-kit.ts';
import { Someone } from './faults-kit.ts';
import { engineApi } from './machine.ts';
import { DATA, Product } from './product.ts';
import { ROOT, Terminal } from './tools.ts';
import { buildTestImage } from '../images/build.ts';

const CONTRACT = 'localhost/deskpod-test/contract:1';
const RUNTIMES: readonly Runtime[] = ['ephemeral_container', 'pod_application'];
const Entry = z.tuple([z.looseObject({ RepoTags: z.tuple([z.string()]) })]);

suite('catalogue files', { timeout: 10 * 60_000 }, () => {
  let product: Product;
  let catalogue: CatalogueByCurl;
  let fry: Someone;
  let terminal: Terminal;

  before(async () => {
    product = await Product.start();
    catalogue = await CatalogueByCurl.of(product);
    terminal = await Terminal.open();
    fry = await Someone.at(product, 'fry');
    await fry.hasDesktop();
  });
  after(async () => {
    await fry?.client.session.logout();
    await fry?.[Symbol.asyncDispose]();
    await terminal?.[Symbol.asyncDispose]();
    await catalogue?.[Symbol.asyncDispose]();
    await product?.[Symbol.asyncDispose]();
  });

  /** The words printed by a shell in a launch, without a terminal. */
  async function inside(launch: string, words: string): Promise<string> {
    const args = ['exec', '--data', DATA, '--reason', 'a test', launch, '--', 'sh', '-c', words];
    const { code, out, err } = await terminal.deskpod(args);
    assert.equal(code, 0, err);
    return out;
  }

  test('every file in catalogue/ is accepted and shows whether its image is present or has to be built', async () => {
    const files = globSync('catalogue/*.json', { cwd: ROOT }).toSorted();
    assert.ok(files.length >= 10);
    for (const file of files) {
      const [entry] = Entry.parse(JSON.parse(await readFile(join(ROOT, file), 'utf8')));
      const [stored] = documents(await catalogue.send('POST', [entry]));
      assert.equal(stored?.id, entry.RepoTags[0], file);
    }
  });

  for (const { name, runtime } of [
    { name: '2048-alpine', runtime: 'ephemeral_container' },
    { name: '2048-ubuntu', runtime: 'pod_application' },
  ] as const) {
    test(`${name}.d.3.0.json, uploaded with curl, starts as ${runtime} and opens a window`, async () => {
      const file = await readFile(join(ROOT, `catalogue/${name}.d.3.0.json`), 'utf8');
      const [stored] = documents(await catalogue.send('PUT', file));
      assert.equal((await catalogue.settles(stored?.id ?? '')).availability.state, 'ready');
      const launch = await fry.runs(name);
      assert.equal(launch.runtime, runtime);
      assert.ok(launch.id.includes(name), `${launch.id} contains the name of the app`);
      await fry.client.launches.stop(launch.id);
    });
  }

  test('an entry exported under another name and registry can be imported and started', async () => {
    const wishes = ['--as', 'exported.d:3.0', '--registry', 'localhost/deskpod'];
    const { code, out, err } = await terminal.deskpod(['apps', 'export', '2048-gtk', ...wishes, '--data', DATA]);
    assert.equal(code, 0, err);
    const [stored] = documents(await catalogue.send('PUT', out));
    assert.deepEqual([stored?.id, stored?.name], ['localhost/deskpod/exported.d:3.0', 'exported']);
    assert.equal((await catalogue.settles('localhost/deskpod/exported.d:3.0')).availability.state, 'ready');
    const launch = await fry.runs('exported');
    await fry.client.launches.stop(launch.id);
  });

  test("an image that follows the contract of published apps runs as the desktop's user in both runtimes", async () => {
    await buildTestImage(engineApi, 'contract', CONTRACT, AbortSignal.timeout(60_000));
    const inspected = await engineApi.text('GET', `/images/${encodeURIComponent(CONTRACT)}/json`);
    documents(await catalogue.send('PUT', `[${inspected}]`));
    assert.equal((await catalogue.settles(CONTRACT)).availability.state, 'ready');
    for (const runtime of RUNTIMES) {
      const { id } = await fry.runs('contract', { runtime });
      const said = await inside(id, 'id -u; id -un; echo "$HOME"; stat -c %U "$HOME"; whoami');
      const [uid = '', ...names] = said.trim().split('\n');
      assert.ok(Number(uid) >= 1000, `${runtime}: ${uid}`);
      assert.deepEqual(names, ['fry', '/home/fry', 'fry', 'fry'], runtime);
      const owner = 'for p in /proc/[0-9]*; do [ "$(cat $p/comm)" = xterm ] && stat -c %u $p; done; true';
      assert.deepEqual(
        [...new Set((await inside(id, owner)).trim().split('\n'))],
        [uid],
        `${runtime}: owner of the process`,
      );
      assert.match(await inside(id, 'cat /etc/localaccount/passwd'), new RegExp(`^fry:.*:${uid}:`, 'm'));
    }
  });
});
