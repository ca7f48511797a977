/**
 * The engine process: runs containers as root for a server process without privileges, which reaches it through a unix
 * socket (`engines/remote`).
 */
import { join } from 'node:path';
import type { Config } from '#config/config.ts';
import { localEngine } from '#config/engine.ts';
import { openEngine } from '#engines/open.ts';
import { DisplayReports } from '#engines/remote/display-reports.ts';
import { serveEngine } from '#engines/remote/server.ts';
import type { Events } from '#events';
import { lockFolder } from '#store/folder-lock.ts';
import type { SystemAccount } from './account.ts';

/** Where the engine process listens. */
export function engineSocketOf({ engine, runDir }: Pick<Config, 'engine' | 'runDir'>): string {
  return localEngine({ engine })?.process ?? join(runDir, 'engine.sock');
}

/** The configuration as this process uses it: both processes may read one file, which names the socket. */
function ofEngine(config: Config): Config {
  const { engine } = config;
  return engine.kind === 'containers' ? { ...config, engine: { ...engine, process: null } } : config;
}

/** Only this user can connect. Rejects with `conflict` if another engine process uses the data folder. */
export async function openEngineProcess(
  config: Config,
  account: SystemAccount,
  { root, events }: { readonly root: string; readonly events: Events },
): Promise<AsyncDisposable> {
  await using stack = new AsyncDisposableStack();
  stack.use(await lockFolder(config.dataDir));
  const displays = new DisplayReports();
  const engine = stack.use(
    await openEngine(ofEngine(config), {
      imagesDir: join(root, 'images'),
      windowManagerReady: displays.waitForReport,
      serverGid: account.gid,
      events,
    }),
  );
  const socket = engineSocketOf(config);
  const { uid, gid } = account;
  stack.use(await serveEngine(engine, { socket, uid, gid, policy: config.debug, displays, events }));
  return stack.move();
}
