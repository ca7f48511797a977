/**
 * Which user of this machine is at the other end of a loopback connection, by the kernel's tables of TCP sockets. On
 * loopback, the address alone says nothing about who calls.
 */
import { readFile } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { endianness } from 'node:os';
import { ignore } from '#protocol/ignore.ts';
import { isLoopback, parseAddress } from '#domain/server/networks.ts';
import { LOCAL_USER_HEADER } from '#protocol/forwarding.ts';
import { isPassedOn } from './trusted-proxies.ts';

const TABLES = ['/proc/net/tcp', '/proc/net/tcp6'];
const ROW =
  /^\s*\d+: ([\dA-F]{8}|[\dA-F]{32}):([\dA-F]{4}) ([\dA-F]{8}|[\dA-F]{32}):([\dA-F]{4}) ([\dA-F]{2}) \S+ \S+ \S+\s+(\d+)\s+\d+\s+(\d+)/;
const ESTABLISHED = '01';
const NO_INODE = '0';

export interface Endpoint {
  readonly address: string | undefined;
  readonly port: number | undefined;
}

/** The user id; null if the caller isn't on this machine, or has closed its socket already. */
export async function localUserOf(request: IncomingMessage): Promise<number | null> {
  if (isPassedOn(request)) return parseId(request.headers[LOCAL_USER_HEADER]);
  const { remoteAddress, remotePort, localAddress, localPort } = request.socket;
  if (!isLoopback(remoteAddress ?? null)) return null;
  const from = { address: remoteAddress, port: remotePort };
  const to = { address: localAddress, port: localPort };
  for (const file of TABLES) {
    const table = await readFile(file, 'latin1').catch(ignore('without IPv6, or on another system', ''));
    const user = userOfSocket(table, from, to);
    // After a disconnect, another program could use the port.
    if (user !== null) return request.socket.destroyed ? null : user;
  }
  return null;
}

/** In a gateway: adds the user id for the API, which doesn't see the connection. */
export async function forwardLocalUser(request: IncomingMessage): Promise<void> {
  const user = await localUserOf(request);
  if (user !== null) request.headers[LOCAL_USER_HEADER] = String(user);
}

/** The owner of the socket at `from` that is connected to `to`, in a table like `/proc/net/tcp`. */
export function userOfSocket(table: string, from: Endpoint, to: Endpoint, order = endianness()): number | null {
  for (const line of table.split('\n')) {
    const [, local = '', localPort, remote = '', remotePort, state, user, inode] = ROW.exec(line) ?? [];
    // The kernel shows root as the owner of a closed socket.
    if (state !== ESTABLISHED || inode === NO_INODE) continue;
    if (hex(from.port) !== localPort || hex(to.port) !== remotePort) continue;
    if (isSame(from.address, addressOf(local, order)) && isSame(to.address, addressOf(remote, order)))
      return Number(user);
  }
  return null;
}

function hex(port: number | undefined): string {
  return (port ?? 0).toString(16).toUpperCase().padStart(4, '0');
}

/** The kernel prints addresses as 32-bit numbers in the byte order of the machine. */
function addressOf(text: string, order: 'LE' | 'BE'): string {
  const bytes = Buffer.from(text, 'hex');
  if (order === 'LE') bytes.swap32();
  if (bytes.length === 4) return bytes.join('.');
  const groups = Array.from({ length: 8 }, (_, index) => bytes.readUInt16BE(index * 2).toString(16));
  return groups.join(':');
}

function isSame(one: string | undefined, other: string): boolean {
  const canonical = parseAddress(one ?? '');
  return canonical !== null && canonical === parseAddress(other);
}

function parseId(text: string | string[] | undefined): number | null {
  return typeof text === 'string' && /^\d{1,10}$/.test(text) ? Number(text) : null;
}
