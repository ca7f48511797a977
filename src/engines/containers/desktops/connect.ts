/** Connections to a desktop's sockets, for the engine and for a server process without root. */
import { join } from 'node:path';
import type { Duplex } from 'node:stream';
import type { DesktopPort } from '#domain/ports/engine.ts';
import { connectSocket } from '../host/connect-socket.ts';
import { type DesktopPaths, desktopPaths } from '../specs/paths.ts';
import { servicePaths } from '../specs/service-mounts.ts';
import { ownerOf } from './folders.ts';

/** Rejects with `desktop_missing` when the desktop is gone, or the service doesn't run. */
export async function connectDesktop(
  runDir: string,
  desktopId: string,
  port: DesktopPort,
  signal: AbortSignal,
): Promise<Duplex> {
  const paths = desktopPaths(runDir, desktopId);
  const owner = await ownerOf(paths, desktopId);
  return connectSocket(socketOf(paths, port), owner, signal);
}

function socketOf(paths: DesktopPaths, port: DesktopPort): string {
  if (port === 'screen') return paths.rfbSocket;
  if (port === 'display') return paths.xSocket;
  const { folder, own } = servicePaths(paths, port);
  return join(folder, own);
}
