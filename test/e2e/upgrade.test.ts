/** Data of version 0.1.0: the current version continues with the data folder of the old server. */
import assert from 'node:assert/strict';
import { mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, suite, test } from 'node:test';
import { z } from 'zod';
import { type Client, createClient } from '#client/client.ts';
import { EngineApi } from '#containers-client/api.ts';
import { PodmanService } from '#containers-client/podman-service.ts';
import { engineFolders } from '#setup/engine.ts';
import { createProgress } from '#setup/progress.ts';
import { setUp } from '#setup/setup.ts';
import { DATA, Product, RUN } from './product.ts';
import { ran, ROOT } from './tools.ts';

/** The last commit with the database, labels and API of version 0.1.0. */
const COMMIT = 'e3f2c29';
/** An image that has a shell and need not be built. */
const TOOLBOX = 'localhost/deskpod/terminal:1';
const TIMEOUT_MS = 60_000;
/** Each version builds images from its own recipes. */
const BUILD_MS = 10 * 60_000;
const known = await ran('git', ['cat-file', '-e', `${COMMIT}^{commit}`]);
const skip = known.code === 0 ? false : `commit ${COMMIT} is not in this clone: ${known.err.trim()}`;
const credentials = { provider: 'directory' as const, name: 'Turanga Leela', password: 'nibbler-1999' };
interface Made {
  readonly token: string;
  readonly desktop: string;
  readonly running: string;
  readonly finished: string;
  readonly debugSession: string;
}

const OURS = 'localhost/deskpod';
const Images = z.array(z.looseObject({ RepoTags: z.array(z.string()).nullish() }));
const Named = z.object({ id: z.string() });
const Stated = z.object({ status: z.looseObject({ state: z.string() }) });

suite('data of version 0.1.0', { skip, timeout: 16 * 60_000 }, () => {
  const owned = new AsyncDisposableStack();
  let made: Made;
  let product: Product;
  let leela: Client;

  before(async () => {
    const folder = await mkdtemp(join(tmpdir(), 'deskpod-0.1.0-'));
    owned.defer(() => rm(folder, { recursive: true }));
    for (const name of ['deskpod.db', 'deskpod.db-shm', 'deskpod.db-wal']) await rm(join(DATA, name), { force: true });
    await checkOut(COMMIT, folder);
    const config = join(folder, 'config.yaml');
    await writeFile(config, JSON.stringify({ debug: { images: [TOOLBOX] } }));
    await swapImages({ keep: 'current', use: '0.1.0' });
    try {
      const old = await Product.of(folder, ['--config', config]);
      try {
        made = await work(old);
      } finally {
        assert.equal(await old.stop(), 0);
      }
    } finally {
      await swapImages({ keep: '0.1.0', use: 'current' });
    }
    // Like `npm start`. Later test files use these images, too.
    const options = { root: ROOT, dataDir: DATA, runDir: RUN, baseImage: null, engineSocket: null, listen: null };
    await setUp(options, createProgress(process.stdout), AbortSignal.timeout(BUILD_MS));
    product = await Product.of(ROOT);
    owned.use(product);
    owned.defer(() => product.clear());
    leela = createClient({ baseUrl: product.address, token: made.token });
  });
  after(() => owned.disposeAsync());

  test('sessions and passwords are still valid', async () => {
    assert.equal((await leela.session.current()).user.name, credentials.name);
    await createClient({ baseUrl: product.address }).session.login(credentials);
  });

  test('a desktop and its apps keep running and can be used', async () => {
    const { id, status } = await leela.desktop.get();
    assert.deepEqual([id, status.state], [made.desktop, 'running']);
    assert.equal((await leela.launches.get(made.running)).status.state, 'running');
    await leela.launches.start({ app: 'terminal', runtime: 'pod_application' });
  });

  test('finished launches keep their exit status', async () => {
    const { status } = await leela.launches.get(made.finished);
    assert.partialDeepStrictEqual(status, { state: 'finished', reason: 'stopped_by_you' });
  });

  test('debug sessions are listed, and an active one can be ended', async () => {
    const [session] = await leela.debug.list();
    assert.equal(session?.id, made.debugSession);
    assert.equal(session.launchId, made.running);
    assert.equal(session.status.state, 'running');
    assert.equal((await leela.debug.end(session.id)).status.state, 'ended');
  });

  test('preferences and the login history are kept', async () => {
    assert.equal((await leela.preferences.get()).theme, 'dark');
    assert.ok((await leela.session.history()).length >= 2);
  });

  test('an app that was started by the old version can be stopped', async () => {
    await leela.launches.stop(made.running);
    await until(async () => (await leela.launches.get(made.running)).status.state === 'finished');
  });
});

/**
 * Each version removes the images that it replaces. Under a second name they stay, and are not built again in each run.
 */
async function swapImages({ keep, use }: { readonly keep: string; readonly use: string }): Promise<void> {
  await using podman = await PodmanService.start(engineFolders(DATA, RUN));
  const api = new EngineApi(podman.socket);
  const images = await api.json(Images, 'GET', '/images/json');
  const names = images.flatMap(({ RepoTags }) => RepoTags ?? []);
  const tag = async (from: string, to: string): Promise<string[]> => {
    const found = names.filter((one) => one.startsWith(`${from}/`));
    for (const name of found) {
      const query = { repo: `${to}/${name.slice(from.length + 1).replace(/:1$/, '')}`, tag: '1' };
      await api.text('POST', `/images/${encodeURIComponent(name)}/tag`, { query });
    }
    return found;
  };
  await tag(OURS, `localhost/deskpod-${keep}`);
  for (const name of await tag(`localhost/deskpod-${use}`, OURS))
    await api.text('DELETE', `/images/${encodeURIComponent(name)}`);
}

/** The source tree of a commit, with the packages of this checkout. */
async function checkOut(commit: string, folder: string): Promise<void> {
  const { code, err } = await ran('sh', ['-c', 'git archive "$1" | tar -x -C "$2"', 'sh', commit, folder]);
  assert.equal(code, 0, err);
  await symlink(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
}

/** A user of version 0.1.0, through its API. */
async function work(old: Product): Promise<Made> {
  const administrator = api(old, await old.administratorToken());
  await administrator('POST', '/users', z.unknown(), { name: credentials.name, password: credentials.password });
  const { token } = await api(old)('POST', '/session', z.object({ token: z.string() }), credentials);
  const leela = api(old, token);
  const runs = async (path: string) => {
    await until(
      async () => !['asking', 'starting'].includes((await leela('GET', path, Stated)).status.state),
      BUILD_MS,
    );
    const { status } = await leela('GET', path, Stated);
    assert.equal(status.state, 'running', JSON.stringify(status));
  };
  await leela('PUT', '/preferences', z.unknown(), { theme: 'dark' });
  await leela('POST', '/desktop', z.unknown(), { width: 1280, height: 800 });
  await runs('/desktop');
  const { id: desktop } = await leela('GET', '/desktop', Named);
  const [running, finished] = [await start(), await start()];
  await leela('POST', `/launches/${finished}/stop`, z.unknown());
  await until(async () => (await leela('GET', `/launches/${finished}`, Stated)).status.state === 'finished');
  const { id: debugSession } = await leela('POST', '/debug/toolboxes', Named, {
    launch: running,
    image: TOOLBOX,
  });
  await runs(`/debug/${debugSession}`);
  return { token, desktop, running, finished, debugSession };

  async function start(): Promise<string> {
    const { id } = await leela('POST', '/launches', Named, { app: 'terminal' });
    await runs(`/launches/${id}`);
    return id;
  }
}

function api({ address }: Product, token?: string) {
  return async <T>(method: string, path: string, schema: z.ZodType<T>, body?: unknown): Promise<T> => {
    const answer = await fetch(`${address}/api/v1${path}`, {
      method,
      headers: {
        'x-deskpod': '1',
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    const text = await answer.text();
    assert.ok(answer.ok, `${method} ${path}: ${answer.status} ${text}`);
    return schema.parse(text === '' ? null : JSON.parse(text));
  };
}

/** Polls, because the old server's events are not parsed here. */
async function until(isSo: () => Promise<boolean>, timeoutMs = TIMEOUT_MS): Promise<void> {
  for (const end = Date.now() + timeoutMs; Date.now() < end;) {
    if (await isSo()) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  assert.fail(`not so after ${timeoutMs / 1000} s`);
}
