/**
 * Commands that set up or run the server in this process. Only they import more than client and protocol, and they load
 * it on demand, so that all other commands start fast.
 */
import { once } from 'node:events';
import { resolve } from 'node:path';
import type { LoadedConfig } from '#config/config.ts';
import { clusterConfig, localEngine } from '#config/engine.ts';
import type { Running, ServeMore } from '#main';
import type { SetupFolders } from '#setup/engine.ts';
import type { SetUpOptions } from '#setup/setup.ts';
import type { ImageOptions } from '#setup/images/images.ts';
import type { ExportOptions } from '#setup/own-apps.ts';
import { CliError } from './failure.ts';
import { say } from './io.ts';
import type { Io } from './io.ts';
import { askYes } from './prompt.ts';
import { serveArguments, type ServeOptions } from './serve-options.ts';

const ROOT = resolve(import.meta.dirname, '../..');

/** First for desktops and launches that are starting, then for connections. Together less than the 30 s that clusters grant. */
const DRAIN_TIMEOUT_MS = 20_000;
const STOP_TIMEOUT_MS = 5_000;

/** `deskpod serve`: runs the server until it is stopped. */
export async function serveUntilStopped(io: Io, options: ServeOptions): Promise<void> {
  await serveInProcesses(io, await load(options), options);
}

/** `deskpod engine`: sets up the machine, then runs containers for a server process until it is stopped. */
export async function runEngine(io: Io, options: ServeOptions): Promise<void> {
  const loaded = await load(options);
  if (localEngine(loaded.config) === null)
    throw new CliError('Only a machine has an engine process: --engine containers.');
  // The server process may listen already.
  await prepareMachine(io, loaded, null);
  const { engineUntilStopped } = await import('#processes/run.ts');
  await engineUntilStopped(loaded, { root: ROOT, interrupted: io.interrupted });
}

/** `deskpod start`: sets up the machine, then runs the server. */
export async function start(io: Io, options: ServeOptions): Promise<void> {
  const loaded = await load(options);
  await prepareMachine(io, loaded, loaded.config.listen);
  await serveInProcesses(io, loaded, options);
}

async function prepareMachine(io: Io, { config }: LoadedConfig, listen: SetUpOptions['listen']): Promise<void> {
  const { dataDir, runDir, desktop } = config;
  const { setUp } = await import('#setup/setup.ts');
  const { createProgress } = await import('#setup/progress.ts');
  const engine = localEngine(config);
  if (engine !== null) {
    const { baseImage, socket: engineSocket } = engine;
    const paths = {
      root: ROOT,
      dataDir,
      runDir,
      baseImage,
      engineSocket,
      languages: desktop.languages,
      fonts: desktop.fonts,
    };
    await setUp({ ...paths, listen }, createProgress(io.stdout), io.interrupted);
  }
  io.interrupted.throwIfAborted();
}

export interface ImagesOptions extends ServeOptions, ImageOptions {}

/** `deskpod images`: builds the images, and pushes or saves them. */
export async function deliverImages(io: Io, options: ImagesOptions): Promise<void> {
  const { makeImages } = await import('#setup/images/images.ts');
  const { createProgress } = await import('#setup/progress.ts');
  await makeImages(await imageFolders(options), options, createProgress(io.stdout), io.interrupted);
}

/** `deskpod images sbom`: of an image, or of the server. */
export async function sbom(io: Io, name: string | undefined, options: ServeOptions): Promise<unknown> {
  if (name === undefined) return await (await import('#setup/sbom/npm.ts')).serverBom(ROOT);
  const { imageSbom } = await import('#setup/sbom/image.ts');
  const { createProgress } = await import('#setup/progress.ts');
  return await imageSbom(await imageFolders(options), name, createProgress(io.stderr), io.interrupted);
}

async function imageFolders(options: ServeOptions): Promise<SetupFolders> {
  const { config } = await load(options);
  const engine = localEngine(config);
  if (engine === null) throw new CliError('Images need a container engine: --engine containers.');
  const { dataDir, runDir, desktop } = config;
  const { baseImage, socket: engineSocket } = engine;
  return { root: ROOT, dataDir, runDir, baseImage, engineSocket, languages: desktop.languages, fonts: desktop.fonts };
}

/** `deskpod apps export` for an app that comes with Deskpod; null for other apps. */
export async function exportOwnApp(name: string, options: ExportOptions): Promise<unknown> {
  return (await import('#setup/own-apps.ts')).exportOwnApp(ROOT, name, options);
}

/** The names of the apps that come with Deskpod. */
export async function ownAppNames(): Promise<readonly string[]> {
  return (await import('#setup/own-apps.ts')).ownAppNames(ROOT);
}

export interface UninstallOptions extends ServeOptions {
  readonly yes?: true;
  readonly dryRun?: true;
  /** True keeps homes, false deletes them, undefined asks. */
  readonly homes?: boolean;
}

/** `deskpod uninstall`: asks for confirmation, then about homes unless an option decides. */
export async function removeEverything(io: Io, { yes, homes, dryRun, ...options }: UninstallOptions): Promise<void> {
  const { config } = await load(options);
  const { uninstall, listRemovals } = await import('#setup/uninstall.ts');
  const { createProgress } = await import('#setup/progress.ts');
  const { dataDir, runDir, user } = config;
  const engine = localEngine(config);
  if (engine === null) throw new CliError('To remove Deskpod from a cluster, run deploy/uninstall.sh.');
  const paths = { dataDir, runDir, user, engineSocket: engine.socket, keepHomes: homes };
  say(io, ['This removes:', ...(await listRemovals(paths))].join('\n  '));
  if (dryRun) return;
  const confirmed = yes === true || (await askYes(io, `Remove Deskpod's containers, images and data in ${dataDir}?`));
  if (!confirmed) throw new CliError('Canceled. Nothing was removed.');
  await uninstall(paths, async (question) => await askYes(io, question), createProgress(io.stdout));
}

/** `deskpod database-secret`: an init step of the api pods. */
export async function makeDatabaseSecret(io: Io): Promise<void> {
  const { config } = await load({});
  const { databaseSecret } = await import('#setup/database-secret.ts');
  say(io, await databaseSecret(config));
}

async function load(options: ServeOptions): Promise<LoadedConfig> {
  const { loadConfig } = await import('#config/load.ts');
  return await loadConfig({ options });
}

/** In this process, or if it is root's on one machine, in a server process that this one starts. */
async function serveInProcesses(io: Io, loaded: LoadedConfig, options: ServeOptions): Promise<void> {
  const { separationOf, serveSeparately, becomeServerProcess } = await import('#processes/run.ts');
  const separation = await separationOf(loaded.config, ROOT);
  if (separation.kind === 'separate') {
    const { account } = separation;
    const args = ['serve', ...serveArguments({ ...options, engineProcess: separation.socket })];
    const exitCode = await serveSeparately(loaded, { account, args, root: ROOT, interrupted: io.interrupted });
    // It has printed the reason.
    if (exitCode !== 0) throw new CliError('', { exitCode });
    return;
  }
  const certificate = await becomeServerProcess(loaded.config, io.interrupted);
  await listenUntilStopped(io, loaded, { certificate, warnings: separation.warnings });
}

async function listenUntilStopped(io: Io, loaded: LoadedConfig, more: ServeMore): Promise<void> {
  const { serve } = await import('#main');
  const running = await serve(loaded, more);
  await announce(io, running, loaded.config);
  await ended(io.interrupted);
  await running.drain(AbortSignal.timeout(DRAIN_TIMEOUT_MS));
  await stop(running, io);
  if (loaded.config.log.format === 'json') return;
  say(io, 'Stopped. Desktops keep running; the next start finds them.');
}

/** Exits with 1 after the time limit, so that whatever supervises the server learns that it didn't stop cleanly. */
export async function stop(
  running: AsyncDisposable,
  io: Pick<Io, 'stderr'>,
  exit: (code: number) => void = (code) => process.exit(code),
  timeoutMs = STOP_TIMEOUT_MS,
): Promise<void> {
  const timer = setTimeout(() => {
    io.stderr.write(`The server didn't stop within ${timeoutMs / 1000} seconds.\n`);
    exit(1);
  }, timeoutMs);
  try {
    await running[Symbol.asyncDispose]();
  } finally {
    clearTimeout(timer);
  }
}

async function announce(io: Io, running: Running, config: LoadedConfig['config']): Promise<void> {
  const { address, administrator, events } = running;
  const { roles, auth, dataDir, log } = config;
  if (log.format === 'json' || !roles.includes('api')) {
    // Structured output only: a log collector reads it.
    if (administrator !== null) {
      const { writePasswordFile } = await import('#setup/password-file.ts');
      events.administratorAdded(administrator.name, await writePasswordFile(dataDir, administrator.password));
    }
    return;
  }
  const cluster = clusterConfig(config);
  if (cluster !== null) {
    // A pod's address is of no use; the service knows the node port.
    say(io, `\n  Deskpod runs behind the service gateway:  kubectl get service gateway -n ${cluster.namespace}\n`);
  } else {
    say(io, `\n  Deskpod is at  ${address}\n`);
  }
  if (administrator !== null) {
    say(io, `  Administrator  ${administrator.name} / ${administrator.password}   (shown only once)`);
  }
  const link = await running.loginLink();
  if (link !== null)
    say(io, `  To log in as the administrator, open this once, within ${link.minutes} minutes:\n  ${link.url}`);
  if (auth.demoDirectory)
    say(io, '  Demo users     Hermes Conrad / hermes, Philip J. Fry / fry, Turanga Leela / leela …');
  if (auth.ldap.length > 0) say(io, `  Directories    ${auth.ldap.map(({ displayName }) => displayName).join(', ')}`);
  if (auth.anonymous) say(io, '  Guests         can log in without a password');
  say(io, `  Data           ${dataDir}\n`);
}

async function ended(signal: AbortSignal): Promise<void> {
  if (!signal.aborted) await once(signal, 'abort');
}
