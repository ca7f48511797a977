/**
 * What the engine contract needs to run containers: desktops and launches that end with a test, and limited waiting.
 */
import assert from 'node:assert/strict';
import type { Duplex } from 'node:stream';
import { after } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { openDisplay } from '#display/open.ts';
import type { Account, DesktopSpec, Engine, EngineDesktop, EngineEvent } from '#domain/ports/engine.ts';
import type { EngineLaunch, LaunchSpec, Target } from '#domain/ports/engine-launch.ts';
import { ephemeralName, podAppName, userPodName } from '#domain/names.ts';
import type { Window } from '#protocol/window.ts';

/** What each engine provides for the suite. */
export interface EngineUnderTest extends AsyncDisposable {
  readonly engine: Engine;
  readonly images: {
    readonly desktop: string;
    /** Has a shell and xterm. */
    readonly terminal: string;
    /** Draws with MIT-SHM, without a fallback. */
    readonly shmDemo: string;
    /** Follows the contract of published apps, with root as its user; starts the program in `APP`. */
    readonly published: string;
    /** One static program that sleeps; without a shell and libraries. */
    readonly bare: string;
    /** Lacks time zones and sets its own locale; not built by Deskpod. */
    readonly elsewhere: string;
    /** Deskpod's toolbox. */
    readonly toolbox: string;
  };
  /** Optional features of this engine; requests for a missing one are refused or ignored, as promised. */
  readonly abilities: {
    /** Limits for launches inside a desktop, and process limits. */
    readonly limitsEverywhere: boolean;
    /** Separate stdout and stderr. */
    readonly streams: boolean;
    /** Whether other users' desktops are unreachable: in a cluster that depends on its network plugin. */
    readonly walls: boolean;
    /** The labels and command of an image. */
    readonly imageDetails: boolean;
    /** Whether a toolbox shares the UTS namespace of its target, or has its own with the same host name. */
    readonly sharedHostname: boolean;
    /** The user of a plain toolbox: that of its image, unless a pod sets one. */
    readonly plainUser: number;
    /** Whether all containers of a desktop have limits together: 768 MiB of memory, 1.5 processors, 600 processes; and `/tmp` 320 MiB. */
    readonly sharedLimits: boolean;
    /** Whether the commands to copy can run on the machine of the tests. */
    readonly lines: boolean;
  };
  /** The names of two shared folders: one that the group {@link SHARED_GID}, which its users get, can write to. */
  readonly shared: { readonly writable: string; readonly readOnly: string };
  /** The names of all objects, including those of others: workloads, networks, folders with secrets. */
  objects(): Promise<readonly string[]>;
  /** A workload of others with this name. */
  foreign(name: string): Promise<AsyncDisposable & { untouched(): Promise<boolean> }>;
  /** Stores an administrator's picture where desktops find it. */
  picture(name: string, content: Buffer): Promise<AsyncDisposable>;
  /** The only port of this machine that programs can connect to; undefined if desktops run elsewhere. */
  readonly allowedPort?: number;
  /** Port of this machine that app pods of the execute class `files` reach, too. */
  readonly classPort?: number;
  /** Hardware addresses of app pods of an execute class; undefined if they say nothing about it. */
  readonly hardwareAddress?: (executeClass: string) => RegExp;
  /** A container that others add to a desktop, and that prints `hello`. */
  readonly joined?: (desktopId: string, name: string) => Promise<AsyncDisposable & { untouched(): Promise<boolean> }>;
  /** Where the kernel has a cgroup of this desktop. */
  readonly cgroupsOf?: (desktopId: string) => Promise<readonly string[]>;
  /** A second server on the same engine. */
  readonly another?: () => Promise<AsyncDisposable & Pick<Engine, 'debug'>>;
}

const ASK_AGAIN_MS = 1_000;
export const PATIENCE_MS = 60_000;
export const patience = (): AbortSignal => AbortSignal.timeout(PATIENCE_MS);

/** Of the writable shared folder. */
export const SHARED_GID = 4200;
export const SHARED = { writable: 'Team files', readOnly: 'Rules' };

export const hermes: Account = {
  userId: 'hermes',
  displayName: 'Hermes Conrad',
  provider: 'directory',
  uid: 4100,
  gid: 4100,
};
export const fry: Account = {
  userId: 'fry',
  displayName: 'Philip J. Fry',
  provider: 'directory',
  uid: 4101,
  gid: 4101,
};

export function desktopSpec(under: EngineUnderTest, account: Account, more: Partial<DesktopSpec> = {}): DesktopSpec {
  return {
    id: userPodName({ id: account.userId, provider: account.provider }),
    account,
    image: under.images.desktop,
    geometry: { width: 1000, height: 700 },
    regional: { timezone: null, languages: [] },
    env: { TZ: 'Europe/Vienna' },
    x11Tcp: true,
    limits: { memoryBytes: 1024 ** 3, processes: 400 },
    labels: {},
    shared: [],
    ...more,
  };
}

export type DisposableDesktop = AsyncDisposable & { readonly desktop: EngineDesktop; readonly id: string };

export async function aDesktop(
  under: EngineUnderTest,
  account: Account,
  more: Partial<DesktopSpec> = {},
): Promise<DisposableDesktop> {
  const desktop = await under.engine.makeDesktop(desktopSpec(under, account, more), () => undefined, patience());
  return {
    desktop,
    id: desktop.id,
    [Symbol.asyncDispose]: () => under.engine.removeDesktop(desktop.id, patience()),
  };
}

/**
 * One desktop for all tests of a suite: they leave it as it was, and none makes another one for the same user, of whom a
 * cluster has only one. What a test starts in it ends with the test.
 */
export function shareDesktop(under: () => EngineUnderTest): () => Promise<DisposableDesktop> {
  let shared: DisposableDesktop | null = null;
  after(async () => await shared?.[Symbol.asyncDispose]());
  return async () => {
    shared ??= await aDesktop(under(), hermes);
    const { desktop, id } = shared;
    return { desktop, id, [Symbol.asyncDispose]: () => clear(under().engine, id) };
  };
}

async function clear(engine: Engine, desktopId: string): Promise<void> {
  const toolboxes = await engine.debug.toolboxes(desktopId);
  const running = toolboxes.filter(({ status }) => status.state === 'running');
  await Promise.all(running.map(({ name }) => engine.debug.stopToolbox(desktopId, name, patience())));
  // Toolboxes end with their launch, so these come last.
  const launches = await engine.launches(desktopId);
  await Promise.all(launches.map(({ id }) => engine.removeLaunch(id)));
}

export type LaunchOptions = Partial<
  Pick<
    LaunchSpec,
    'image' | 'command' | 'env' | 'limits' | 'labels' | 'executeClass' | 'runtime' | 'id' | 'pod' | 'seccomp'
  >
>;

export function launchSpec(under: EngineUnderTest, desktop: EngineDesktop, options: LaunchOptions): LaunchSpec {
  const runtime = options.runtime ?? 'ephemeral_container';
  const limited = runtime === 'pod_application' || under.abilities.limitsEverywhere;
  const id = runtime === 'pod_application' ? podAppName(desktop.userId, 'test') : ephemeralName(desktop.userId, 'test');
  return {
    id,
    desktopId: desktop.id,
    appName: 'test',
    runtime,
    image: under.images.terminal,
    command: [],
    env: {},
    limits: limited ? { memoryBytes: 256 * 1024 ** 2, cpus: 1, processes: 100 } : {},
    labels: {},
    executeClass: 'default',
    pod: {},
    runAs: null,
    seccomp: null,
    ...options,
  };
}

export function start(under: EngineUnderTest, desktop: EngineDesktop, options: LaunchOptions): Promise<EngineLaunch> {
  return under.engine.launch(launchSpec(under, desktop, options), () => undefined, patience());
}

/** Starts a launch that runs a shell script. */
export function script(
  under: EngineUnderTest,
  desktop: EngineDesktop,
  text: string,
  options: LaunchOptions = {},
): Promise<EngineLaunch> {
  return start(under, desktop, { command: ['bash', '-c', text], ...options });
}

/** Resolves to the launch when it has ended. */
export async function finished(
  engine: Engine,
  launch: EngineLaunch,
): Promise<Extract<EngineLaunch['status'], { state: 'finished' }>> {
  return eventually(`${launch.id} ends`, async () => {
    const found = (await engine.launches(launch.desktopId)).find(({ id }) => id === launch.id);
    assert.ok(found, `${launch.id} is listed`);
    return found.status.state === 'finished' ? found.status : null;
  });
}

/** Runs a script until it exits; returns its output as lines. */
export async function output(
  under: EngineUnderTest,
  desktop: EngineDesktop,
  text: string,
  options: LaunchOptions = {},
): Promise<string[]> {
  const launch = await script(under, desktop, text, options);
  await finished(under.engine, launch);
  return printed(under.engine, { desktopId: desktop.id, launchId: launch.id });
}

export async function printed(engine: Engine, target: Target, tailBytes = 65_536): Promise<string[]> {
  const lines: string[] = [];
  for await (const line of engine.logs(target, { follow: false, tailBytes }, patience())) lines.push(line.text);
  return lines;
}

/** The engine's events until this is disposed, so that a failed test leaves no open watch. */
export function watching(engine: Pick<Engine, 'watch'>): AsyncDisposable & { readonly events: EngineEvent[] } {
  const stop = new AbortController();
  const events: EngineEvent[] = [];
  const over = (async () => {
    for await (const event of engine.watch(stop.signal)) events.push(event);
  })();
  return {
    events,
    async [Symbol.asyncDispose]() {
      stop.abort();
      await over;
    },
  };
}

/** Runs a command without a terminal in a desktop or launch. */
export async function run(
  engine: Engine,
  target: Target,
  text: string,
): Promise<{ exitCode: number | null; output: string }> {
  const session = await engine.exec(target, { command: ['bash', '-c', text], tty: null }, patience());
  session.stream.end();
  let all = '';
  session.stream.setEncoding('utf8');
  session.stderr?.setEncoding('utf8').on('data', (chunk: string) => (all += chunk));
  for await (const chunk of session.stream) all += String(chunk);
  return { exitCode: await session.exitCode, output: all.trim() };
}

/** Resolves to the launch's first window as seen by the X server, with the owner found by the engine. */
export async function firstWindow(engine: Engine, launch: EngineLaunch): Promise<Window> {
  const signal = patience();
  const source = {
    connect: () => engine.connect(launch.desktopId, 'display', signal),
    xCookie: (await engine.credentials(launch.desktopId)).xCookie,
    launchOf: async ({ pid, machine }: { pid: number | null; machine: string | null }) => {
      if (pid !== null) return engine.launchOfProcess(launch.desktopId, pid);
      const all = await engine.launches(launch.desktopId);
      return all.find(({ hostname, runtime }) => runtime === 'pod_application' && hostname === machine)?.id ?? null;
    },
  };
  await using display = await openDisplay(source, signal);
  return await eventually(
    `${launch.id} shows a window`,
    async () => display.windows.find(({ launchId }) => launchId === launch.id) ?? null,
  );
}

/** Polls until there is a result; fails after a timeout with the name of the condition. */
export async function eventually<T>(what: string | (() => string), ask: () => Promise<T | null>): Promise<T> {
  const until = Date.now() + PATIENCE_MS;
  for (;;) {
    const answer = await ask();
    if (answer !== null) return answer;
    assert.ok(Date.now() < until, `timeout: ${typeof what === 'string' ? what : what()}`);
    await delay(50);
  }
}

/** The text that a stream has shown. */
export interface Screen {
  shows(pattern: RegExp): Promise<true>;
  finds(pattern: RegExp): Promise<RegExpExecArray>;
  /** Repeats the request when an earlier input took effect too late for it. */
  answers(pattern: RegExp, ask: () => void): Promise<true>;
}

export function reader(stream: Duplex): Screen {
  let all = '';
  const decoder = new TextDecoder();
  stream.on('data', (chunk: Buffer) => (all += decoder.decode(chunk, { stream: true })));
  stream.on('error', () => undefined);
  const finds = (pattern: RegExp): Promise<RegExpExecArray> =>
    eventually(
      () => `${String(pattern)} in ${JSON.stringify(all)}`,
      async () => pattern.exec(all),
    );
  const shows = async (pattern: RegExp): Promise<true> => {
    await finds(pattern);
    return true;
  };
  const answers = async (pattern: RegExp, ask: () => void): Promise<true> => {
    ask();
    const again = setInterval(ask, ASK_AGAIN_MS);
    try {
      return await shows(pattern);
    } finally {
      clearInterval(again);
    }
  };
  return { finds, shows, answers };
}
