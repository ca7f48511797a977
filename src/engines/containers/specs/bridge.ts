/** Names of what an installation has in the kernel's network: the bridges of its desktops, and a table of nftables. */
import { createHash } from 'node:crypto';
import { instanceId } from '../pods/labels.ts';

/** The name of every bridge of this installation starts with it. */
export function bridgePrefix(dataDir: string): string {
  return `dp-${instanceId(dataDir).slice(0, 4)}`;
}

/** Of the desktop's network: 15 characters, as many as the kernel accepts. */
export function bridgeOf(dataDir: string, desktopId: string): string {
  return bridgePrefix(dataDir) + createHash('sha256').update(`${dataDir} ${desktopId}`).digest('hex').slice(0, 8);
}

export function egressTable(dataDir: string): string {
  return `deskpod-${instanceId(dataDir)}`;
}
