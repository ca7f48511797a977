/**
 * The engine process: runs containers as root for a server process without privileges, which reaches it through a unix
 * socket (`engines/remote`).
 */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Config } from '#config/config.ts';
import { DeskpodError, messageOf } from '#domain/errors.ts';
import { openEngine } from '#engines/open.ts';
import { DisplayReports } from '#engines/remote/display-reports.ts';
import { serveEngine } from '#engines/remote/server.ts';
import type { Events } from '#events';
import { lockFolder } from '#store/folder-lock.ts';
import type { SystemAccount } from './account.ts';

const run = promisify(execFile);
const NOTIFY_TIMEOUT_MS = 10_000;

/** Where the engine process listens unless `engine.process` names another socket. */
export function engineSocketOf({ runDir }: Pick<Config, 'runDir'>): string {
  return join(runDir, 'engine.sock');
}

/** Only this user can connect. Rejects with `conflict` if another engine process uses the data folder. */
export async function openEngineProcess(
  config: Config,
  account: SystemAccount,
  { root, events }: { readonly root: string; readonly events: Events },
): Promise<AsyncDisposable> {
  await using stack = new AsyncDisposableStack();
  stack.use(await lockFolder(config.dataDir));
  // The server process is the X client that knows when a desktop has a window manager.
  const displays = new DisplayReports();
  const engine = stack.use(
    await openEngine(config, {
      imagesDir: join(root, 'images'),
      windowManagerReady: displays.waitForReport,
      serverGid: account.gid,
      events,
    }),
  );
  const socket = engineSocketOf(config);
  const policy = { profiles: config.debug.profiles, custom: config.debug.custom };
  stack.use(await serveEngine(engine, { socket, uid: account.uid, gid: account.gid, policy, displays, events }));
  return stack.move();
}

/** Tells systemd that the service is up, if it asked for that (`Type=notify`): `socket` is `NOTIFY_SOCKET`. */
export async function notifyReady(socket: string | null): Promise<void> {
  if (socket === null) return;
  await run('systemd-notify', ['--ready'], { timeout: NOTIFY_TIMEOUT_MS }).catch((cause: unknown) => {
    throw new DeskpodError('internal_error', `systemd can't be told that the engine is ready: ${messageOf(cause)}`, {
      cause,
    });
  });
}
