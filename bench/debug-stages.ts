/** Where the bench looks inside: an app of a desktop on this machine, and a desktop in the cluster of `KUBECONFIG`. */
import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeImages } from '#setup/images/images.ts';
import type { Progress } from '#setup/progress.ts';
import { Product, DATA, RUN } from '../test/e2e/product.ts';
import { KUBECONFIG, ownNamespace, REGISTRY } from '../test/kubernetes/cluster.ts';
import { refreshNode } from '../test/kubernetes/refresh.ts';
import type { DebugStage } from './debug.ts';
import { desktopFacts } from './desktop-facts.ts';
import { Peer } from './peer.ts';
import { desktopRuns, loggedIn, type Stage } from './stage.ts';

const ROOT = new URL('..', import.meta.url).pathname;
const NAMESPACE = 'deskpod-bench';

export async function onThisMachine(stage: Stage): Promise<DebugStage> {
  await desktopRuns(stage.client);
  const { id } = await stage.client.launches.start({ app: 'terminal', runtime: 'ephemeral_container' });
  const joined = ['pid', 'network'].map((space) => `--${space}=container:${id}`);
  const { environment } = new Peer(await desktopFacts(stage.product));
  return {
    ...stage,
    where: 'one machine',
    target: { launch: id },
    settleMs: 0,
    peer: {
      name: 'podman run -it',
      line: ['podman', 'run', '-it', '--rm', ...joined, 'localhost/deskpod/toolbox:1'],
      env: environment,
    },
  };
}

/** The server runs here and speaks to the cluster; `owned` takes namespace, server and files away again. */
export async function inTheCluster(owned: AsyncDisposableStack, progress: Progress): Promise<DebugStage> {
  const never = new AbortController().signal;
  const places = { root: ROOT, dataDir: DATA, runDir: RUN, baseImage: null, engineSocket: null };
  await makeImages(places, { push: REGISTRY, only: ['desktop', 'toolbox'] }, progress, never);
  await progress.step('Images on the node', () => refreshNode(never));
  owned.use(await ownNamespace(NAMESPACE));
  const folder = await mkdtemp(join(tmpdir(), 'deskpod-bench-'));
  owned.defer(() => rm(folder, { recursive: true }));
  const config = join(folder, 'config.yaml');
  await writeFile(config, JSON.stringify(settings()));
  // Those that were made for the server of this machine will do.
  await cp(join(DATA, 'keys'), join(folder, 'data/keys'), { recursive: true });
  const product = owned.use(
    await Product.start(['--config', config, '--demo'], { data: join(folder, 'data'), run: join(folder, 'run') }),
  );
  const stage = await loggedIn(product);
  owned.defer(() => stage.client.session.logout());
  await desktopRuns(stage.client);
  const { id } = await stage.client.desktop.get();
  if (id === null) throw new Error('there is no desktop');
  const options = ['-n', NAMESPACE, '--image', `${REGISTRY}/toolbox:1`, '--target', 'x-graphical'];
  return {
    ...stage,
    where: 'cluster',
    target: { desktop: id },
    settleMs: 2_500,
    peer: {
      name: 'kubectl debug -it',
      line: ['kubectl', 'debug', '-it', id, ...options, '--profile', 'restricted', '--quiet'],
      env: process.env,
    },
  };
}

function settings(): object {
  const kubernetes = {
    namespace: NAMESPACE,
    kubeconfig: KUBECONFIG,
    registry: REGISTRY,
    services: [],
    homes: { kind: 'none' },
  };
  return { engine: { kind: 'kubernetes' }, kubernetes, debug: { own: true } };
}
