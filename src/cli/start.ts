/**
 * Commands that run the server or set it up, in this process. They alone reach beyond client and protocol, and load what
 * they need only when given: every other command stays small and quick.
 */
import { resolve } from 'node:path';
import type { LoadedConfig } from '#config/config.ts';
import type { Running } from '#main';
import type { ImageWishes } from '#setup/images/images.ts';
import { CliError } from './failure.ts';
import { say } from './io.ts';
import type { Io } from './io.ts';
import { askYes } from './prompt.ts';
import type { ServeOptions } from './serve-options.ts';

const ROOT = resolve(import.meta.dirname, '../..');

/** Desktops and launches that are being made are waited for, then open connections; the process exits 0 either way. Together less than the 30 s that clusters give. */
const DRAIN_TIMEOUT_MS = 20_000;
const STOP_TIMEOUT_MS = 5_000;

/** `deskpod serve`: listens until it is told to stop. Everything it needs is set up already. */
export async function serveUntilStopped(io: Io, options: ServeOptions): Promise<void> {
  await listenUntilStopped(io, await load(options));
}

/** `deskpod start`: makes the machine ready, then serves. */
export async function start(io: Io, options: ServeOptions): Promise<void> {
  const loaded = await load(options);
  const { dataDir, runDir, engine, listen } = loaded.config;
  // Loaded while the machine is made ready: half of a second start would be waiting for it.
  const program = import('#main');
  program.catch(() => {});
  const { setUp } = await import('#setup/setup.ts');
  const { createProgress } = await import('#setup/progress.ts');
  if (engine.kind === 'containers') {
    const places = { root: ROOT, dataDir, runDir, baseImage: engine.baseImage, engineSocket: engine.socket };
    await setUp({ ...places, listen }, createProgress(io.stdout), io.interrupted);
  }
  io.interrupted.throwIfAborted();
  await listenUntilStopped(io, loaded);
}

export interface ImagesOptions extends ServeOptions, ImageWishes {}

/** `deskpod images`: builds them, and gets them where they are asked for. */
export async function deliverImages(io: Io, options: ImagesOptions): Promise<void> {
  const { config } = await load(options);
  const { makeImages } = await import('#setup/images/images.ts');
  const { createProgress } = await import('#setup/progress.ts');
  const { dataDir, runDir, engine } = config;
  if (engine.kind !== 'containers') throw new CliError('Images are built by a container engine: --engine containers.');
  const where = { root: ROOT, dataDir, runDir, baseImage: engine.baseImage, engineSocket: engine.socket };
  await makeImages(where, options, createProgress(io.stdout), io.interrupted);
}

export interface UninstallWishes extends ServeOptions {
  readonly yes?: true;
  /** True keeps homes, false deletes them, undefined asks. */
  readonly homes?: boolean;
}

/** `deskpod uninstall`: asks whether, then asks about homes unless that was said. */
export async function removeEverything(io: Io, { yes, homes, ...options }: UninstallWishes): Promise<void> {
  const { config } = await load(options);
  const sure = yes === true || (await askYes(io, `Remove Deskpod's containers, images and data in ${config.dataDir}?`));
  if (!sure) throw new CliError('Nothing was removed.');
  const { uninstall } = await import('#setup/uninstall.ts');
  const { createProgress } = await import('#setup/progress.ts');
  const { dataDir, runDir, engine } = config;
  if (engine.kind !== 'containers') throw new CliError('In a cluster, deploy/uninstall.sh removes Deskpod.');
  const places = { dataDir, runDir, engineSocket: engine.socket, keepHomes: homes };
  await uninstall(places, async (question) => await askYes(io, question), createProgress(io.stdout));
}

/** `deskpod database-secret`: for the pods of the api, before they start. */
export async function makeDatabaseSecret(io: Io): Promise<void> {
  const { config } = await load({});
  const { databaseSecret } = await import('#setup/database-secret.ts');
  say(io, await databaseSecret(config));
}

async function load(options: ServeOptions): Promise<LoadedConfig> {
  const { loadConfig } = await import('#config/load.ts');
  return await loadConfig({ options });
}

async function listenUntilStopped(io: Io, loaded: LoadedConfig): Promise<void> {
  const { serve } = await import('#main');
  const running = await serve(loaded);
  announce(io, running, loaded.config);
  await ended(io.interrupted);
  await running.drain(AbortSignal.timeout(DRAIN_TIMEOUT_MS));
  const late = setTimeout(() => process.exit(0), STOP_TIMEOUT_MS);
  await running[Symbol.asyncDispose]();
  clearTimeout(late);
  if (loaded.config.log.format === 'json') return;
  say(io, 'Stopped. Desktops keep running and are found again at the next start.');
}

function announce(
  io: Io,
  { address, administrator, events }: Running,
  { roles, auth, dataDir, log }: LoadedConfig['config'],
): void {
  if (log.format === 'json' || !roles.includes('api')) {
    // Machines read what is written.
    if (administrator !== null) events.administratorMade(administrator.name, administrator.password);
    return;
  }
  say(io, `\n  Deskpod is at  ${address}\n`);
  if (administrator !== null) {
    say(io, `  Administrator  ${administrator.name} / ${administrator.password}   (shown only this once)`);
  }
  if (auth.demoDirectory)
    say(io, '  Demo people    Hermes Conrad / hermes, Philip J. Fry / fry, Turanga Leela / leela …');
  if (auth.ldap.length > 0) say(io, `  Directories    ${auth.ldap.map(({ displayName }) => displayName).join(', ')}`);
  if (auth.anonymous) say(io, '  Guests         may come in without a name');
  say(io, `  Data           ${dataDir}\n`);
}

async function ended(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  const { promise, resolve } = Promise.withResolvers<void>();
  signal.addEventListener('abort', () => resolve(), { once: true });
  await promise;
}
