/** The containers engine as the contract suite wants it, on a store for tests alone: what Podman's and Docker's test share. */
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { once } from 'node:events';
import { createServer, type Server } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import { waitForWindowManager } from '#display/ready.ts';
import type { Engine } from '#domain/engine.ts';
import { EngineApi, isStatus } from '#engines/containers/api.ts';
import { createContainersEngine } from '#engines/containers/engine.ts';
import type { EngineUnderTest } from '../contracts/engine-kit.ts';
import { buildTestImage } from '../images/build.ts';

const ROOT = join(import.meta.dirname, '../..');
/** Images are kept here from one run to the next. Never the folder of a real installation. */
export const TEST_DATA = process.env['DESKPOD_TEST_DATA'] ?? '/var/lib/deskpod-engine';
const PREPARE_MS = 900_000;
const PUBLISHED = 'localhost/deskpod-test/published:1';
const BARE = 'localhost/deskpod-test/bare:1';

export interface LocalEngine {
  readonly socket: string | null;
  readonly dataDir: string;
  readonly runDir: string;
  /** The engine's API, for looking at it from outside. */
  readonly apiSocket: string;
}

export function openEngine({ socket, dataDir, runDir }: LocalEngine): Promise<Engine> {
  return createContainersEngine({
    socket,
    dataDir,
    runDir,
    imagesDir: join(ROOT, 'images'),
    baseImage: null,
    shmBytes: 256 * 1024 ** 2,
    windowManagerReady: waitForWindowManager,
  });
}

/** One test file at a time has the store; a name in the kernel, so that it is free again when its owner is killed. */
export async function ownStore(): Promise<AsyncDisposable> {
  const until = Date.now() + PREPARE_MS;
  for (;;) {
    const lock = createServer();
    const taken = await new Promise<boolean>((resolve) => {
      lock.once('error', () => resolve(true));
      lock.listen({ path: `\0deskpod-test ${TEST_DATA}` }, () => resolve(false));
    });
    if (!taken) return storeOf(lock);
    if (Date.now() > until) throw new Error(`another test run has had ${TEST_DATA} for too long`);
    await delay(250);
  }
}

/** Homes are gone before and after: whoever has the store next gives the same names other numbers. */
async function storeOf(lock: Server): Promise<AsyncDisposable> {
  const clear = (): Promise<void> => rm(join(TEST_DATA, 'homes'), { recursive: true, force: true });
  await clear();
  return {
    async [Symbol.asyncDispose]() {
      await clear();
      lock.close();
    },
  };
}

export const OUR_IMAGES = ['desktop', 'terminal', 'shm-demo', 'toolbox'].map((name) => `localhost/deskpod/${name}:1`);

/** `keep`: desktops that are there already are part of the test, not left by one that was killed. */
export async function underTest(
  local: LocalEngine,
  free: AsyncDisposable,
  { keep } = { keep: false },
): Promise<EngineUnderTest> {
  const engine = await openEngine(local);
  const api = new EngineApi(local.apiSocket);
  const leftovers = keep ? [] : await engine.desktops();
  for (const { id } of leftovers) await engine.removeDesktop(id, AbortSignal.timeout(30_000));
  const signal = AbortSignal.timeout(PREPARE_MS);
  for (const image of OUR_IMAGES) await engine.ensureImage({ reference: image, app: null }, () => undefined, signal);
  if (!keep) {
    await buildTestImage(api, 'contract', PUBLISHED, signal);
    await buildTestImage(api, 'bare', BARE, signal);
  }
  return {
    engine,
    images: {
      desktop: 'localhost/deskpod/desktop:1',
      terminal: 'localhost/deskpod/terminal:1',
      shmDemo: 'localhost/deskpod/shm-demo:1',
      published: PUBLISHED,
      bare: BARE,
      toolbox: 'localhost/deskpod/toolbox:1',
    },
    abilities: {
      limitsEverywhere: true,
      streams: true,
      walls: true,
      imageDetails: true,
      // Docker refuses to be asked for it.
      sharedHostname: (await engine.info()).name === 'Podman',
      lines: true,
      plainUser: 1000,
    },
    objects: () => objects(api, local),
    foreign: (name) => foreign(api, name, { NetworkMode: 'none' }),
    joined: async (desktopId, name) => foreign(api, name, await joining(api, desktopId)),
    // On the same service, which stays its first owner's.
    another: () => openEngine({ ...local, socket: local.apiSocket }),
    [Symbol.asyncDispose]: async () => {
      await engine[Symbol.asyncDispose]();
      await free[Symbol.asyncDispose]();
    },
  };
}

/** All that our images stand on, so that nothing is built again; those that are there already are left out. */
export async function copyImages(from: EngineApi, to: EngineApi, signal: AbortSignal): Promise<void> {
  const names = ['rootfs', 'base', 'x11', 'desktop', 'terminal', 'shm-demo', 'toolbox'].map(
    (name) => `localhost/deskpod/${name}:1`,
  );
  const digests = await Promise.all(
    names.map(async (name) => [await digest(from, name), await digest(to, name)] as const),
  );
  const wanted = names.filter((_name, index) => digests[index]?.[0] !== digests[index]?.[1]);
  if (wanted.length === 0) return;
  const query = wanted.map((name) => `names=${encodeURIComponent(name)}`).join('&');
  const archive = await from.stream('GET', `/images/get?${query}`, { signal });
  const reply = await to.stream('POST', '/images/load', { query: { quiet: true }, body: archive, signal });
  await once(reply.resume(), 'end', { signal });
}

async function digest(api: EngineApi, name: string): Promise<string | null> {
  try {
    const { Id } = await api.json(Created, 'GET', `/images/${encodeURIComponent(name)}/json`);
    return Id.replace('sha256:', '');
  } catch (error) {
    if (isStatus(error, 404)) return null;
    throw error;
  }
}

const Containers = z.array(z.looseObject({ Names: z.array(z.string()) }));
const Networks = z.array(
  z.union([
    z.looseObject({ Name: z.string() }).transform(({ Name }) => Name),
    z.looseObject({ name: z.string() }).transform(({ name }) => name),
  ]),
);

/** Of Podman its own lists: the compatible ones fail while something is being removed. */
async function objects(api: EngineApi, { socket, runDir }: LocalEngine): Promise<string[]> {
  const [base, list] = socket === null ? ['/v4.0.0/libpod', '/json'] : ['', ''];
  const containers = await api.json(Containers, 'GET', `${base}/containers/json`, { query: { all: true } });
  const networks = await api.json(Networks, 'GET', `${base}/networks${list}`);
  const folders = await readdir(join(runDir, 'desktops')).catch(() => []);
  return [
    ...containers.flatMap(({ Names }) => Names.map((name) => `container ${name.replace('/', '')}`)),
    ...networks.map((name) => `network ${name}`),
    ...folders.map((name) => `folder ${name}`),
  ].sort();
}

const Created = z.looseObject({ Id: z.string() });
const State = z.looseObject({ Id: z.string(), State: z.looseObject({ Running: z.boolean() }) });

/** By hand, as `run --pid=container:… --network=container:…`. */
async function joining(api: EngineApi, desktopId: string): Promise<object> {
  const { Id } = await api.json(Created, 'GET', `/containers/${desktopId}/json`);
  return { NetworkMode: `container:${Id}`, PidMode: `container:${Id}` };
}

async function foreign(
  api: EngineApi,
  name: string,
  HostConfig: object,
): Promise<AsyncDisposable & { untouched(): Promise<boolean> }> {
  const Cmd = ['bash', '-c', 'echo hello; exec sleep 600'];
  const body = { Image: 'localhost/deskpod/terminal:1', Cmd, HostConfig };
  const { Id } = await api.json(Created, 'POST', '/containers/create', { query: { name }, body });
  await api.text('POST', `/containers/${Id}/start`);
  return {
    untouched: async () => {
      try {
        const now = await api.json(State, 'GET', `/containers/${name}/json`);
        return now.Id === Id && now.State.Running;
      } catch (error) {
        if (isStatus(error, 404)) return false;
        throw error;
      }
    },
    [Symbol.asyncDispose]: async () => {
      await api.text('DELETE', `/containers/${Id}`, { query: { force: true } }).catch((error: unknown) => {
        if (!isStatus(error, 404)) throw error;
      });
    },
  };
}
