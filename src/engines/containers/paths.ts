/**
 * Where a desktop's files lie on the host and inside its containers. What may be mounted into launches and what may not
 * lies in different folders; the folder above them is root's alone.
 */
import { join } from 'node:path';
import { loginName } from '#domain/names.ts';
import { DeskpodError } from '#domain/errors.ts';

export interface DesktopPaths {
  /** 0700, root: nothing below can be reached by another user of the host. */
  readonly root: string;
  /** Both credentials, for this program alone. */
  readonly credentials: string;
  /** Mounted into the desktop alone. */
  readonly secret: string;
  readonly xauthority: string;
  readonly vncPassword: string;
  readonly rfb: string;
  readonly rfbSocket: string;
  /** Mounted into the desktop and what shares its IPC namespace. */
  readonly x11: string;
  readonly xSocket: string;
  /** passwd, group, shadow, gshadow. */
  readonly accounts: string;
}

/** The same places as containers see them. */
export const INSIDE = {
  secret: '/run/deskpod/secret',
  rfb: '/run/deskpod/rfb',
  xauthority: '/run/deskpod/Xauthority',
  x11: '/tmp/.X11-unix',
  accounts: '/etc/localaccount',
} as const;

/** `sockaddr_un` has room for this many bytes and a zero. */
const MAX_SOCKET_PATH = 107;

/** Rejects a run folder so deep that sockets below it could not be reached. */
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

export function homeOf(dataDir: string, userId: string): { readonly outside: string; readonly inside: string } {
  const name = loginName(userId);
  return { outside: join(dataDir, 'homes', name), inside: `/home/${name}` };
}
