/**
 * Who may use the manager API: callers with a key, from networks that the configuration permits (this machine's loopback
 * unless it says otherwise), or a logged-in administrator. It can delete desktops, so the default is no.
 */
import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { BlockList, isIP } from 'node:net';
import { ManagerError } from './errors.ts';

export interface ManagerAccess {
  /** False: nobody. */
  readonly enabled: boolean;
  /** Keys that open it in `X-API-Key`; at least 16 characters each. */
  readonly keys: readonly string[];
  /** Addresses or CIDR ranges whose callers need no key; loopback is one of them on an embedded installation. */
  readonly permitNetworks: readonly string[];
  /** Addresses or CIDR ranges that may call at all, with or without a key; all if null. */
  readonly onlyNetworks: readonly string[] | null;
  /** Addresses or CIDR ranges whose `X-Forwarded-For` is believed. */
  readonly trustedProxies: readonly string[];
}

export interface Caller {
  /** Of the socket. */
  readonly address: string | undefined;
  readonly headers: IncomingHttpHeaders;
}

/** Returns when the caller may; throws 403 with what would help. */
export type Gate = (caller: Caller) => void;

const LOOPBACK = listOf(['127.0.0.0/8', '::1']);
/** Names a browser on this machine uses; any other means that a foreign name was made to point here. */
const LOCAL_HOST = /^(localhost|127(\.\d{1,3}){3}|\[::1\])(:\d{1,5})?$/i;
const HOW = 'Send the key of this installation in the header X-API-Key';

export function managerGate({ enabled, keys, permitNetworks, onlyNetworks, trustedProxies }: ManagerAccess): Gate {
  const permitted = listOf(permitNetworks);
  const only = onlyNetworks === null ? null : listOf(onlyNetworks);
  const proxies = listOf(trustedProxies);
  return ({ address, headers }) => {
    if (!enabled) refuse('403.10 - Invalid configuration: the manager API is switched off (manager.enabled).');
    const client = clientAddress(plain(address), headers['x-forwarded-for'], proxies);
    const shown = client ?? 'a forwarded request';
    if (only !== null && !has(only, client))
      refuse(`403.6 - IP address rejected: ${shown} is not in manager.onlyNetworks.`);
    const key = headers['x-api-key'];
    if (key !== undefined) {
      if (typeof key === 'string' && isOneOf(key, keys)) return;
      refuse('403.1 - Execute access forbidden: this X-API-Key is not one of this installation.');
    }
    // A browser on this machine can be made to come here under a foreign name, with a foreign page's script.
    const local = !has(LOOPBACK, client) || LOCAL_HOST.test(headers.host ?? '');
    if (!local || !has(permitted, client)) {
      refuse(
        `403.6 - IP address rejected: ${shown} needs a key. ${HOW}, or permit its network in manager.permitNetworks.`,
      );
    }
    if (fromAnotherSite(headers)) {
      refuse(`403.1 - Execute access forbidden: a page of another site sent this. ${HOW}.`);
    }
  };
}

function refuse(message: string): never {
  throw new ManagerError(403, message);
}

/**
 * The address that counts: the socket's, or behind trusted proxies the last one of `X-Forwarded-For` that is not a proxy.
 * Null when somebody who is not trusted claims to forward: then nobody knows whom.
 */
export function clientAddress(
  peer: string | null,
  forwarded: string | string[] | undefined,
  proxies: BlockList,
): string | null {
  if (forwarded === undefined) return peer;
  if (!has(proxies, peer)) return null;
  const hops = [forwarded]
    .flat()
    .join(',')
    .split(',')
    .map((hop) => plain(hop.trim()));
  return hops.findLast((hop) => !has(proxies, hop)) ?? null;
}

/** Throws a sentence that names the entry when one is neither an address nor a range. */
export function listOf(networks: readonly string[]): BlockList {
  const list = new BlockList();
  for (const network of networks) {
    const [address = '', prefix] = network.split('/');
    const family = isIP(address);
    const bits = prefix === undefined ? (family === 6 ? 128 : 32) : Number(prefix);
    if (family === 0 || !Number.isInteger(bits) || bits < 0 || bits > (family === 6 ? 128 : 32)) {
      throw new Error(`“${network}” is neither an IP address nor a range such as 10.0.0.0/8.`);
    }
    list.addSubnet(address, bits, family === 6 ? 'ipv6' : 'ipv4');
  }
  return list;
}

function has(list: BlockList, address: string | null): boolean {
  const family = isIP(address ?? '');
  return address !== null && family !== 0 && list.check(address, family === 6 ? 'ipv6' : 'ipv4');
}

/** `::ffff:127.0.0.1` is an IPv4 caller on a socket of both families. */
function plain(address: string | undefined): string | null {
  return address?.replace(/^::ffff:(?=\d+\.)/i, '') ?? null;
}

/** Takes as long for a wrong key as for a right one, and as long for the first as for the last. */
function isOneOf(key: string, keys: readonly string[]): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  const given = digest(key);
  return keys.map((known) => timingSafeEqual(digest(known), given)).includes(true);
}

/** Browsers say where a request comes from; command lines do not. */
function fromAnotherSite({ origin, host, 'sec-fetch-site': site }: IncomingHttpHeaders): boolean {
  if (site === 'cross-site') return true;
  return origin !== undefined && URL.parse(origin)?.host !== host;
}
