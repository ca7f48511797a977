/** Streams between processes through the command line, on a cluster with a local server. */
import assert from 'node:assert/strict';
import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Product } from '../e2e/product.ts';
import { Terminal } from '../e2e/tools.ts';
import { streamPromises } from '../e2e/streams-kit.ts';
import { KUBECONFIG, ownNamespace, reasonToSkip, REGISTRY } from './cluster.ts';

const NAMESPACE = 'deskpod-streams-test';

streamPromises('Kubernetes', reasonToSkip(), async () => {
  await using undo = new AsyncDisposableStack();
  undo.use(await ownNamespace(NAMESPACE));
  const data = await mkdtemp(join(tmpdir(), 'deskpod-streams-'));
  undo.defer(() => rm(data, { recursive: true, force: true }));
  const app = await exported(data);
  const config = {
    engine: { kind: 'kubernetes' },
    debug: { own: true },
    kubernetes: { namespace: NAMESPACE, kubeconfig: KUBECONFIG, registry: REGISTRY, homes: { kind: 'none' } },
  };
  // JSON is YAML.
  await writeFile(join(data, 'config.yaml'), JSON.stringify(config));
  const places = { data: join(data, 'data'), run: join(data, 'run') };
  const product = undo.use(await Product.start(['--config', join(data, 'config.yaml'), '--demo'], places));
  const terminal = undo.use(await Terminal.open());
  const added = await terminal.deskpod(['apps', 'add', '--data', places.data, app]);
  assert.equal(added.code, 0, added.err);
  const owned = undo.move();
  return { product, [Symbol.asyncDispose]: () => owned.disposeAsync() };
});

/** The terminal's catalogue file, exported as for an installation with its own images. */
async function exported(folder: string): Promise<string> {
  const file = join(folder, 'terminal.json');
  await using product = await Product.start();
  // A server on a cluster does not create keys.
  await cp(join(product.places.data, 'keys'), join(folder, 'data/keys'), { recursive: true });
  await using terminal = await Terminal.open();
  const args = [
    'apps',
    'export',
    '--data',
    product.places.data,
    'terminal',
    '--registry',
    REGISTRY,
    '--as',
    'terminal:1',
  ];
  const { code, err } = await terminal.deskpod([...args, '-o', file]);
  assert.equal(code, 0, err);
  return file;
}
