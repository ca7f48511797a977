/**
 * Which processes run the server, and running them. On one machine, root's `deskpod serve` is the engine process, and starts
 * the server process as another user. Elsewhere there is one process.
 */
import { once } from 'node:events';
import { mkdir, readdir, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { STORE_KEY_FILE } from '#auth/store-key.ts';
import type { Config, LoadedConfig } from '#config/config.ts';
import { localEngine } from '#config/engine.ts';
import { isTimeout } from '#domain/deadlines.ts';
import { DeskpodError, sentenceOf } from '#domain/errors.ts';
import { createEvents } from '#events';
import { readCertificate, type TlsFiles } from '#http/certificate.ts';
import { ignore } from '#protocol/ignore.ts';
import type { SystemWarning } from '#protocol/system.ts';
import { ensureAccount, type SystemAccount } from './account.ts';
import { dropRoot, identityOfProcess } from './drop-root.ts';
import { engineSocketOf, openEngineProcess } from './engine-process.ts';
import { giveFiles } from './ownership.ts';
import { engineReported, hasParent } from './parent.ts';
import { type Access, missingAccess, withMount } from './reach.ts';
import { ServerProcess } from './server-process.ts';

const ENTRY = 'src/cli/cli.ts';
/** The first start of an engine process builds images. */
const ENGINE_TIMEOUT_MS = 20 * 60_000;
const LOOK_PAUSE_MS = 200;

export type Separation =
  | {
      readonly kind: 'separate';
      readonly account: SystemAccount;
      /** Of the engine process that this process becomes. */
      readonly socket: string;
    }
  | { readonly kind: 'together'; readonly warnings: readonly SystemWarning[] };

/** Prepares the files of the server process. If that fails, everything runs in this process, with a warning. */
export async function separationOf(config: Config, root: string): Promise<Separation> {
  const engine = localEngine(config);
  const possible = engine !== null && engine.process === null && config.roles.includes('api');
  if (!possible || config.user === 'root' || process.getuid?.() !== 0) return { kind: 'together', warnings: [] };
  try {
    const account = await ensureAccount(config.user);
    await giveFiles(config, account);
    const mount = { from: root, to: programFolder(config) };
    await mkdir(mount.to, { recursive: true, mode: 0o755 });
    const [missing] = await missingAccess(account, mount, await accessesOf(config, mount.to));
    if (missing === undefined) return { kind: 'separate', account, socket: engineSocketOf(config) };
    return { kind: 'together', warnings: [unreachable(account, missing, { root, mounted: mount.to })] };
  } catch (error) {
    const text = `The server runs as root: no process of its own could be prepared for it. ${sentenceOf(error)}`;
    return { kind: 'together', warnings: [{ text, commands: [] }] };
  }
}

interface Run {
  readonly root: string;
  readonly interrupted: AbortSignal;
}

/** Runs both processes until the server process ends or the signal aborts; returns the exit code of the server process. */
export async function serveSeparately(
  { config }: LoadedConfig,
  { root, interrupted, account, args }: Run & { readonly account: SystemAccount; readonly args: readonly string[] },
): Promise<number> {
  const folder = programFolder(config);
  const node = [process.execPath, ...process.execArgv, join(folder, ENTRY), ...args];
  const events = createEvents(config.log);
  // It loads its code while the engine starts.
  await using server = new ServerProcess(...withMount(root, folder, node));
  await using engine = new AsyncDisposableStack();
  engine.use(await openEngineProcess(config, account, { root, events }));
  server.engineIsReady();
  await Promise.race([server.ended, aborted(interrupted)]);
  // While it still has an engine.
  await server[Symbol.asyncDispose]();
  return await server.ended;
}

/** Runs an engine process until the signal aborts. */
export async function engineUntilStopped({ config }: LoadedConfig, { root, interrupted }: Run): Promise<void> {
  const events = createEvents(config.log);
  const account = await ensureAccount(config.user);
  await giveFiles(config, account);
  await using engine = new AsyncDisposableStack();
  engine.use(await openEngineProcess(config, account, { root, events }));
  events.engineServed(engineSocketOf(config));
  await aborted(interrupted);
}

/**
 * For a process that runs the server: if its engine is in another process, reads what only root may read, gives up root's
 * privileges if it has them, and waits for the engine process. Returns the certificate from the configured files. Rejects
 * with the reason of `interrupted` when that aborts.
 */
export async function becomeServerProcess(config: Config, interrupted: AbortSignal): Promise<TlsFiles | null> {
  const { tls } = config.listen;
  const certificate = tls.kind === 'files' ? await readCertificate(tls.cert, tls.key) : null;
  const socket = localEngine(config)?.process ?? null;
  if (socket === null) return certificate;
  const identity = identityOfProcess();
  if (identity?.getuid() === 0) dropRoot(await ensureAccount(config.user), identity);
  const signal = AbortSignal.any([interrupted, AbortSignal.timeout(ENGINE_TIMEOUT_MS)]);
  await (hasParent() ? engineReported(signal) : socketExists(socket, signal));
  return certificate;
}

function programFolder({ runDir }: Config): string {
  return join(runDir, 'program');
}

async function accessesOf({ dataDir, runDir, keysDir, store, auth }: Config, program: string): Promise<Access[]> {
  // The key of the store is added to the others if it's missing.
  const keys = await readdir(keysDir).catch(ignore<string[]>('there are no keys yet', []));
  return [
    { path: dataDir, mode: 'w' },
    { path: runDir, mode: 'x' },
    { path: join(program, ENTRY), mode: 'r' },
    { path: keysDir, mode: keys.includes(STORE_KEY_FILE) ? 'r' : 'w' },
    ...keys.map((name) => ({ path: join(keysDir, name), mode: 'r' }) as const),
    ...(store.kind === 'sqlite' ? [{ path: dirname(store.file), mode: 'w' } as const] : []),
    ...auth.ldap.flatMap(({ ca }) => (ca === null ? [] : [{ path: ca, mode: 'r' } as const])),
  ];
}

const VERBS = { r: 'read', w: 'write to', x: 'enter' } as const;

function unreachable(
  { name }: SystemAccount,
  { path, mode }: Access,
  { root, mounted }: { readonly root: string; readonly mounted: string },
): SystemWarning {
  const shown = path.replace(mounted, root);
  return {
    text: `The server runs as root, because its user ${name} can’t ${VERBS[mode]} ${shown}. Choose another place, or change the permissions of it and the folders above, then restart.`,
    commands: [`namei -l ${shown}`],
  };
}

/** Looks again and again: no event tells of a folder that isn't there yet, or can't be listed. */
async function socketExists(socket: string, signal: AbortSignal): Promise<void> {
  const found = async (): Promise<boolean> =>
    (await stat(socket).catch(ignore('the engine process has not made it yet', null)))?.isSocket() ?? false;
  try {
    while (!(await found())) await delay(LOOK_PAUSE_MS, undefined, { signal });
  } catch (cause) {
    if (!isTimeout(signal.reason)) throw signal.reason;
    throw new DeskpodError('engine_unavailable', `There is no engine process at ${socket}.`, {
      remedy: 'Start it with deskpod engine.',
      cause,
    });
  }
}

async function aborted(signal: AbortSignal): Promise<void> {
  if (!signal.aborted) await once(signal, 'abort');
}
