/** A cluster for the tests of `test/e2e`: the server runs locally and creates desktops in a namespace of its own. */
import assert from 'node:assert/strict';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import type { Places } from '../e2e/product.ts';
import { type Ran, Terminal } from '../e2e/tools.ts';
import { KUBECONFIG, ownNamespace, REGISTRY } from './cluster.ts';

/** Contains the pid, because the namespace of the previous test file may still be terminating. */
const NAMESPACE = `deskpod-journeys-${process.pid}`;
/** The names under which `npm run test:kubernetes` pushes their images; null: the name in the catalogue. */
const APPS = {
  terminal: 'terminal:1',
  '2048-gtk': '2048-gtk:1',
  '2048-qt': '2048-qt:1',
  'shm-demo': 'shm-demo:1',
  'shm-demo-with-error': null,
} as const;
const Settings = z.looseObject({ debug: z.record(z.string(), z.unknown()).default({}) });

export interface Stage extends AsyncDisposable {
  readonly options: readonly string[];
  readonly places: Places;
  /** Adds the apps to the running server. */
  addApps(): Promise<void>;
}

/** `keys` is a folder with the keys of a server; `options` may name a configuration, whose settings are kept. */
export async function clusterStage(options: readonly string[], keys: string): Promise<Stage> {
  await using undo = new AsyncDisposableStack();
  undo.use(await ownNamespace(NAMESPACE, 'restricted', 'leave it going'));
  const folder = await mkdtemp(join(tmpdir(), 'deskpod-journeys-'));
  undo.defer(() => rm(folder, { recursive: true, force: true }));
  const places = { data: join(folder, 'data'), run: join(folder, 'run') };
  // A server on a cluster does not create keys.
  await cp(keys, join(places.data, 'keys'), { recursive: true });
  const at = options.indexOf('--config');
  const given = at < 0 ? Settings.parse({}) : Settings.parse(JSON.parse(await readFile(options[at + 1] ?? '', 'utf8')));
  const config = {
    ...given,
    debug: { own: true, ...given.debug },
    engine: { kind: 'kubernetes' },
    kubernetes: { namespace: NAMESPACE, kubeconfig: KUBECONFIG, registry: REGISTRY, homes: { kind: 'none' } },
  };
  // JSON is YAML.
  await writeFile(join(folder, 'config.yaml'), JSON.stringify(config));
  const others = at < 0 ? options : options.toSpliced(at, 2);
  const demo = others.includes('--demo') ? [] : ['--demo'];
  const terminal = undo.use(await Terminal.open());
  const owned = undo.move();
  return {
    options: ['--config', join(folder, 'config.yaml'), ...demo, ...others],
    places,
    addApps: async () => {
      const files = await Promise.all(
        Object.entries(APPS).map(async ([app, image]) => {
          const file = join(folder, `${app}.json`);
          const as = image === null ? [] : ['--as', image];
          done(await terminal.deskpod(['apps', 'export', app, '--registry', REGISTRY, ...as, '-o', file]));
          return file;
        }),
      );
      for (const file of files) done(await terminal.deskpod(['apps', 'add', '--data', places.data, file]));
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

function done({ code, err }: Ran): void {
  assert.equal(code, 0, err);
}
