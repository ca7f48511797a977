/** The containers engine for the contract suite, on a separate store: what the tests of Podman and Docker share. */
import { chmod, chown, glob, mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { once } from 'node:events';
import { z } from 'zod';
import { waitForWindowManager } from '#display/ready.ts';
import type { Engine } from '#domain/ports/engine.ts';
import { EngineApi, isStatus } from '#containers-client/api.ts';
import { createContainersEngine } from '#engines/containers/engine.ts';
import { openRemoteEngine } from '#engines/remote/client.ts';
import { serveEngine } from '#engines/remote/server.ts';
import { DebugProfile } from '#protocol/debug.ts';
import { type EngineUnderTest, SHARED, SHARED_GID } from '../contracts/engine-kit.ts';
import { buildTestImage } from '../images/build.ts';
import { classMac } from '#engines/containers/pods/class-mac.ts';
import { lockOneOf } from '../runner/lock.ts';
import { DEFAULT_EGRESS } from '../fixtures/egress.ts';
import { engineEvents } from '../fakes/engine-events.ts';

const ROOT = join(import.meta.dirname, '../..');
/** Keeps images between runs. Never the folder of a real installation. */
export const TEST_DATA = process.env['DESKPOD_TEST_DATA'] ?? '/var/lib/deskpod-test';
/** Sockets of engines that tests start themselves; each test run on a machine has its own. */
export const TEST_RUN = `${process.env['DESKPOD_TEST_RUN'] ?? '/run/deskpod-test'}-engine`;
/** Outside of the data folder, none of which can be shared. */
const SHARED_FOLDERS = `${TEST_DATA}-shared`;
/** What programs in desktops can connect to everywhere, this machine included. */
const ALLOWED_PORT = 39_998;
/** The same for app pods of one execute class. */
const CLASS_PORT = 39_997;
const PREPARE_MS = 900_000;
/** Of all containers of a desktop together. */
const SHARED_LIMITS = { memoryBytes: 768 * 1024 ** 2, cpus: 1.5, processes: 600 };
const PUBLISHED = 'localhost/deskpod-test/published:1';
const BARE = 'localhost/deskpod-test/bare:1';
const ELSEWHERE = 'localhost/deskpod-test/elsewhere:1';

export interface LocalEngine {
  readonly socket: string | null;
  readonly dataDir: string;
  readonly runDir: string;
  /** The engine's API, for checks from outside. */
  readonly apiSocket: string;
  readonly serviceIdleMs?: number;
}

export function openEngine({ socket, dataDir, runDir, serviceIdleMs }: LocalEngine): Promise<Engine> {
  return createContainersEngine({
    events: engineEvents,
    socket,
    dataDir,
    runDir,
    imagesDir: join(ROOT, 'images'),
    baseImage: null,
    wallpapers: join(dataDir, 'wallpapers'),
    shmBytes: 256 * 1024 ** 2,
    tmpBytes: 320 * 1024 ** 2,
    services: ['files', 'sound', 'printer', 'video'],
    shared: [
      { name: SHARED.writable, path: join(SHARED_FOLDERS, 'team'), readOnly: false, gid: SHARED_GID },
      { name: SHARED.readOnly, path: join(SHARED_FOLDERS, 'rules'), readOnly: true, gid: null },
    ],
    ...(serviceIdleMs === undefined ? {} : { serviceIdleMs }),
    desktopLimits: SHARED_LIMITS,
    egress: {
      ...DEFAULT_EGRESS,
      allow: [{ network: '0.0.0.0/0', port: ALLOWED_PORT }],
      classes: { files: [{ network: '0.0.0.0/0', port: CLASS_PORT }] },
    },
    windowManagerReady: waitForWindowManager,
  });
}

/** The next user of a store gives the same names other ids, and expects empty homes. */
export function clearHomes(dataDir: string): Promise<void> {
  return rm(join(dataDir, 'homes'), { recursive: true, force: true });
}

/** Gives one test file at a time the store, without homes before and after. */
export async function ownStore(): Promise<AsyncDisposable> {
  const lock = await lockOneOf([`store of ${TEST_DATA}`], PREPARE_MS);
  await clearHomes(TEST_DATA);
  return {
    async [Symbol.asyncDispose]() {
      await clearHomes(TEST_DATA);
      lock[Symbol.dispose]();
    },
  };
}

export const OUR_IMAGES = ['desktop', 'terminal', 'shm-demo', 'toolbox', 'files', 'sound', 'printer', 'video'].map(
  (name) => `localhost/deskpod/${name}:1`,
);

/** What the engine process allows in the contract: everything that it has an example of. */
const POLICY = {
  profiles: { user: [], support: [], admin: [...DebugProfile.options, 'custom' as const] },
  images: [...OUR_IMAGES, PUBLISHED, BARE, ELSEWHERE, 'localhost/deskpod/not-there:1'],
};

/** The engine as the product's server process has it: behind the socket of the engine process. */
async function behindSocket(engine: Engine, runDir: string, owned: AsyncDisposableStack): Promise<Engine> {
  const socket = join(runDir, 'engine.sock');
  const [uid, gid] = [process.getuid?.() ?? 0, process.getgid?.() ?? 0];
  owned.use(await serveEngine(engine, { socket, uid, gid, policy: POLICY, events: engineEvents }));
  return owned.use(
    await openRemoteEngine({
      socket,
      connect: (...given) => engine.connect(...given),
      windowManagerReady: waitForWindowManager,
      events: engineEvents,
    }),
  );
}

/**
 * `keep`: existing desktops belong to the test and are not left over from one that was killed. `remote`: through the
 * socket of an engine process.
 */
export async function underTest(
  local: LocalEngine,
  free: AsyncDisposable,
  { keep = false, remote = false } = {},
): Promise<EngineUnderTest> {
  await using undo = new AsyncDisposableStack();
  undo.use(free);
  const own = undo.use(await openEngine(local));
  const engine = remote ? await behindSocket(own, local.runDir, undo) : own;
  const api = new EngineApi(local.apiSocket);
  const leftovers = keep ? [] : await engine.desktops();
  for (const { id } of leftovers) await engine.removeDesktop(id, AbortSignal.timeout(60_000));
  const signal = AbortSignal.timeout(PREPARE_MS);
  for (const image of OUR_IMAGES) await engine.ensureImage({ reference: image, app: null }, () => undefined, signal);
  if (!keep) {
    await buildTestImage(api, 'contract', PUBLISHED, signal);
    await buildTestImage(api, 'bare', BARE, signal);
    await buildTestImage(api, 'elsewhere', ELSEWHERE, signal);
  }
  await makeSharedFolders();
  const owned = undo.move();
  return {
    engine,
    shared: SHARED,
    images: {
      desktop: 'localhost/deskpod/desktop:1',
      terminal: 'localhost/deskpod/terminal:1',
      shmDemo: 'localhost/deskpod/shm-demo:1',
      published: PUBLISHED,
      bare: BARE,
      elsewhere: ELSEWHERE,
      toolbox: 'localhost/deskpod/toolbox:1',
    },
    abilities: {
      limitsEverywhere: true,
      streams: true,
      walls: true,
      imageDetails: true,
      // Docker does not support this.
      sharedHostname: (await engine.info()).name === 'Podman',
      lines: true,
      sharedLimits: true,
      plainUser: 1000,
    },
    // The tests' Docker has a network of its own.
    // Without the bytes that are random.
    hardwareAddress: (executeClass) => new RegExp(`^..${classMac(executeClass).slice(2, 12)}`),
    ...(local.socket === null ? { allowedPort: ALLOWED_PORT, classPort: CLASS_PORT } : {}),
    objects: () => objects(api, local),
    foreign: (name) => foreign(api, name, { NetworkMode: 'none' }),
    picture: (name, content) => picture(join(local.dataDir, 'wallpapers'), name, content),
    joined: async (desktopId, name) => foreign(api, name, await joining(api, desktopId)),
    cgroupsOf,
    // Uses the same service, which the first engine still owns.
    another: () => openEngine({ ...local, socket: local.apiSocket }),
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

/** On the machines of the tests, where no systemd runs. */
async function cgroupsOf(desktopId: string): Promise<string[]> {
  const found: string[] = [];
  for await (const path of glob(['', '*/'].map((hierarchy) => `/sys/fs/cgroup/${hierarchy}deskpod/*/${desktopId}`)))
    found.push(path);
  return found;
}

/** Empty ones. */
async function makeSharedFolders(): Promise<void> {
  await rm(SHARED_FOLDERS, { recursive: true, force: true });
  const [team, rules] = [join(SHARED_FOLDERS, 'team'), join(SHARED_FOLDERS, 'rules')];
  await mkdir(team, { recursive: true });
  await mkdir(rules);
  await chown(team, 0, SHARED_GID);
  await chmod(team, 0o2775);
}

async function picture(folder: string, name: string, content: Buffer): Promise<AsyncDisposable> {
  await mkdir(folder, { recursive: true, mode: 0o755 });
  await writeFile(join(folder, name), content);
  return { [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }) };
}

/** Copies all images that ours are based on, so that nothing is built twice. Skips existing ones. */
export async function copyImages(from: EngineApi, to: EngineApi, signal: AbortSignal): Promise<void> {
  const names = [
    'rootfs',
    'base',
    'x11',
    'desktop',
    'terminal',
    'shm-demo',
    'toolbox',
    'files',
    'sound',
    'printer',
    'video',
  ].map((name) => `localhost/deskpod/${name}:1`);
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

/** Uses Podman's own lists, because the Docker-compatible ones fail during a removal. */
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

/** What a user would run as `run --pid=container:… --network=container:…`. */
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
