/**
 * A real desktop for tests, in the container that the product would create, so this machine needs nothing of X. Not a
 * test itself.
 */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import type { Duplex } from 'node:stream';
import { openDisplay } from '#display/open.ts';
import { waitForWindowManager } from '#display/ready.ts';
import type { Display, XClient } from '#domain/ports/display.ts';
import type { Engine } from '#domain/ports/engine.ts';
import { ephemeralName, userPodName } from '#domain/names.ts';
import { createContainersEngine } from '#engines/containers/engine.ts';
import { finished, patience, printed, run } from '../contracts/engine-kit.ts';
import { ownStore, TEST_DATA, TEST_RUN } from './engine-local.ts';
import { DEFAULT_EGRESS } from '../fixtures/egress.ts';
import { engineEvents } from '../fakes/engine-events.ts';

const ROOT = join(import.meta.dirname, '../..');
const DESKTOP = 'localhost/deskpod/desktop:1';
const TERMINAL = 'localhost/deskpod/terminal:1';
const PREPARE_MS = 900_000;
/**
 * Replaces the window manager until a test starts the real one: the script of the desktop prefers a function of that
 * name.
 */
const NO_WINDOW_MANAGER = { 'BASH_FUNC_icewm%%': '() { exec sleep infinity; }' };

/** The reason for skipping the tests, or false. */
export const missing = ((): string | false => {
  if (process.getuid?.() !== 0) return 'needs root';
  return spawnSync('podman', ['--version']).status !== 0 && 'podman is not installed';
})();

/** The engine of a test file, which has exclusive use of the store until it is disposed. */
export interface Lab extends AsyncDisposable {
  /**
   * Starts Xvnc without a window manager, because `waitForWindowManager` is tested itself. Several desktops need
   * different names.
   */
  bare(name?: string): Promise<RealDesktop>;
  managed(name?: string): Promise<RealDesktop>;
}

/** An X client from the terminal's image, in a container inside the desktop. */
export interface Program {
  readonly launchId: string;
  isRunning(): Promise<boolean>;
  stop(): Promise<void>;
  /** The contents of its log, once it has exited. */
  ended(): Promise<readonly string[]>;
}

export interface RealDesktop extends AsyncDisposable {
  readonly xCookie: string;
  readonly vncPassword: string;
  readonly connectDisplay: () => Promise<Duplex>;
  readonly connectScreen: () => Promise<Duplex>;
  launchOf(client: XClient): Promise<string | null>;
  /** By default, windows belong to the launches that the engine finds. */
  display(launchOf?: (client: XClient) => Promise<string | null>): Promise<Display>;
  start(command: readonly string[]): Promise<Program>;
  startWindowManager(): Promise<void>;
  killWindowManager(): Promise<void>;
  killServer(): Promise<void>;
}

export async function openLab(): Promise<Lab> {
  await using stack = new AsyncDisposableStack();
  stack.use(await ownStore());
  const engine = stack.use(
    await createContainersEngine({
      events: engineEvents,
      socket: null,
      dataDir: TEST_DATA,
      runDir: TEST_RUN,
      imagesDir: join(ROOT, 'images'),
      baseImage: null,
      egress: DEFAULT_EGRESS,
      shmBytes: 256 * 1024 ** 2,
      services: ['files', 'sound', 'printer'],
      tmpBytes: 512 * 1024 ** 2,
      desktopLimits: {},
      windowManagerReady: async () => {},
    }),
  );
  for (const { id } of await engine.desktops()) await engine.removeDesktop(id, patience());
  const signal = AbortSignal.timeout(PREPARE_MS);
  for (const image of [DESKTOP, TERMINAL])
    await engine.ensureImage({ reference: image, app: null }, () => undefined, signal);
  const owned = stack.move();
  return {
    bare: (name = 'lab') => bare(engine, name),
    async managed(name = 'lab') {
      const desktop = await bare(engine, name);
      await desktop.startWindowManager();
      await waitForWindowManager(desktop.connectDisplay, desktop.xCookie, patience());
      return desktop;
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

async function bare(engine: Engine, name: string): Promise<RealDesktop> {
  const account = { userId: name, displayName: name, provider: 'directory', uid: 4100, gid: 4100 };
  const { id } = await engine.makeDesktop(
    {
      id: userPodName({ id: name, provider: account.provider }),
      account,
      image: DESKTOP,
      geometry: { width: 1000, height: 700 },
      regional: { timezone: null, languages: [] },
      env: NO_WINDOW_MANAGER,
      x11Tcp: false,
      limits: {},
      shared: [],
      labels: {},
    },
    () => undefined,
    patience(),
  );
  const { xCookie, vncPassword } = await engine.credentials(id);
  const inside = (text: string) => run(engine, { desktopId: id }, text);
  const connectDisplay = () => engine.connect(id, 'display', patience());
  const launchOf = async ({ pid }: XClient) => (pid === null ? null : engine.launchOfProcess(id, pid));
  return {
    xCookie,
    vncPassword,
    connectDisplay,
    connectScreen: () => engine.connect(id, 'screen', patience()),
    launchOf,
    display: (owner = launchOf) => openDisplay({ connect: connectDisplay, xCookie, launchOf: owner }, patience()),
    start: (command) => start(engine, id, name, command),
    startWindowManager: async () => void (await inside('setsid icewm >/dev/null 2>&1 &')),
    killWindowManager: async () => void (await inside('pkill -KILL -x icewm; while pgrep -x icewm; do :; done')),
    killServer: async () => void (await inside('pkill -KILL -x Xvnc')),
    [Symbol.asyncDispose]: () => engine.removeDesktop(id, patience()),
  };
}

async function start(engine: Engine, desktopId: string, user: string, command: readonly string[]): Promise<Program> {
  const spec = {
    id: ephemeralName(user, 'test'),
    desktopId,
    appName: 'test',
    runtime: 'ephemeral_container',
    image: TERMINAL,
    command,
    env: {},
    limits: {},
    executeClass: 'default',
    labels: {},
    pod: {},
    runAs: null,
    seccomp: null,
  } as const;
  const launch = await engine.launch(spec, () => undefined, patience());
  return {
    launchId: launch.id,
    isRunning: async () =>
      (await engine.launches(desktopId)).some(({ id, status }) => id === launch.id && status.state === 'running'),
    stop: () => engine.stopLaunch(launch.id, 5_000, patience()),
    ended: async () => {
      await finished(engine, launch);
      return printed(engine, { desktopId, launchId: launch.id });
    },
  };
}

/** Resolves when `ask` accepts a value from `listen`; fails after 20 s. */
export function until<T>(
  what: string,
  listen: (tell: (value: T) => void) => () => void,
  ask: (value: T) => boolean,
): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => finish(() => reject(new Error(`in vain: ${what}`))), 60_000);
    const finish = (settle: () => void): void => {
      clearTimeout(timer);
      stop();
      settle();
    };
    const stop = listen((value) => {
      if (ask(value)) finish(() => resolve(value));
    });
  });
}
