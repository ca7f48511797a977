/**
 * Where a desktop's files are on the host and in its containers. Folders that launches may mount are separate from
 * others; only root has access to the folder above them.
 */
import { join } from 'node:path';
import { loginName } from '#domain/names.ts';
import { DeskpodError } from '#domain/errors.ts';

export interface DesktopPaths {
  /** Root's: other users of the host have no access to anything below, except a server process to the sockets. */
  readonly root: string;
  /** Both credentials, for this server only. */
  readonly credentials: string;
  /** Mounted into the desktop only. */
  readonly secret: string;
  readonly xauthority: string;
  readonly vncPassword: string;
  readonly rfb: string;
  readonly rfbSocket: string;
  /** Mounted into the desktop and containers that share its IPC namespace. */
  readonly x11: string;
  readonly xSocket: string;
  /** passwd, group, shadow, gshadow. */
  readonly accounts: string;
}

/** The same paths in containers. */
export const INSIDE = {
  secret: '/run/deskpod/secret',
  rfb: '/run/deskpod/rfb',
  xauthority: '/run/deskpod/Xauthority',
  x11: '/tmp/.X11-unix',
  accounts: '/etc/localaccount',
  wallpapers: '/etc/deskpod/wallpapers',
} as const;

/** `sockaddr_un` has room for this many bytes and a zero. */
const MAX_SOCKET_PATH = 107;

/** Rejects a run folder whose path is too long for sockets below it. */
export function desktopPaths(runDir: string, desktopId: string): DesktopPaths {
  const root = join(runDir, 'desktops', desktopId);
  const secret = join(root, 'secret');
  const rfb = join(root, 'rfb');
  const x11 = join(root, 'x11');
  const rfbSocket = join(rfb, 'rfb.sock');
  if (Buffer.byteLength(rfbSocket) > MAX_SOCKET_PATH) {
    throw new DeskpodError('invalid_request', `The socket path ${rfbSocket} is longer than ${MAX_SOCKET_PATH} bytes.`, {
      remedy: 'Choose a shorter run folder, for example /run/deskpod.',
    });
  }
  return {
    root,
    credentials: join(root, 'credentials.json'),
    secret,
    xauthority: join(secret, 'Xauthority'),
    vncPassword: join(secret, 'vncpasswd'),
    rfb,
    rfbSocket,
    x11,
    xSocket: join(x11, 'X0'),
    accounts: join(root, 'accounts'),
  };
}

/** Homes that are deleted with their desktop are in another folder, by the id of the desktop. */
export function homeOf(
  dataDir: string,
  userId: string,
  lostWith: string | null,
): { readonly outside: string; readonly inside: string } {
  const name = loginName(userId);
  const outside = lostWith === null ? join(dataDir, 'homes', name) : join(lostHomes(dataDir), lostWith);
  return { outside, inside: `/home/${name}` };
}

export function lostHomes(dataDir: string): string {
  return join(dataDir, 'guests');
}
