/** Connections to a desktop's sockets, for the engine and for a server process without root. */
import type { Duplex } from 'node:stream';
import { DeskpodError } from '#domain/errors.ts';
import type { DesktopPort } from '#domain/ports/engine.ts';
import { connectSocket } from '../host/connect-socket.ts';
import { desktopPaths } from '../specs/paths.ts';
import { ownerOf } from './folders.ts';

/** Rejects with `desktop_missing` when the desktop is gone. */
export async function connectDesktop(
  runDir: string,
  desktopId: string,
  port: DesktopPort,
  signal: AbortSignal,
): Promise<Duplex> {
  if (port !== 'screen' && port !== 'display')
    throw new DeskpodError('service_unavailable', `This desktop doesn't have the service “${port}”.`);
  const paths = desktopPaths(runDir, desktopId);
  const owner = await ownerOf(paths, desktopId);
  return connectSocket(port === 'screen' ? paths.rfbSocket : paths.xSocket, owner, signal);
}
