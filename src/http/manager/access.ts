/**
 * Who may use the manager API: callers with a key, callers from permitted networks (by default root and the owner on this
 * machine), and logged-in administrators. It can delete desktops, so the default is to refuse.
 */
import type { IncomingHttpHeaders } from 'node:http';
import { isFromOwnPage, parseAuthority } from '#domain/server/authority.ts';
import { sameText } from '#domain/same-text.ts';
import { isLoopback, isLoopbackHost, networkMatcher } from '#domain/server/networks.ts';
import { ManagerError } from './errors.ts';

export interface ManagerAccess {
  /** False refuses all callers. */
  readonly enabled: boolean;
  /** Keys accepted in `X-API-Key`; at least 16 characters each. */
  readonly keys: readonly string[];
  /** Addresses or CIDR ranges whose callers need no key; on a single machine, loopback is one. */
  readonly permitNetworks: readonly string[];
  /** User ids that need no key on loopback; null if each user of this machine is permitted. */
  readonly owners: readonly number[] | null;
  /** Addresses or CIDR ranges that may call at all, even with a key; null for all. */
  readonly onlyNetworks: readonly string[] | null;
  /** Whether the address is a pod's: desktops and apps need a key wherever their network is permitted. */
  readonly isPod: (address: string | null) => Promise<boolean>;
  /** The command that prints the key, if there is one. */
  readonly keyCommand: string | null;
}

export interface Caller {
  /** The client's address; null if unknown. */
  readonly address: string | null;
  readonly headers: IncomingHttpHeaders;
  /** The id of the user of this machine who calls; null if unknown. */
  readonly localUser: () => Promise<number | null>;
}

/** Resolves if the caller may; throws 403 with a remedy otherwise. */
export type Gate = (caller: Caller) => Promise<void>;

export function managerGate(access: ManagerAccess): Gate {
  const { enabled, keys } = access;
  const isPermitted = networkMatcher(access.permitNetworks);
  const mayCall = access.onlyNetworks === null ? () => true : networkMatcher(access.onlyNetworks);
  const remedy = `Send the key of this installation in the header X-API-Key${
    access.keyCommand === null ? '' : `; to print it: ${access.keyCommand}`
  }`;
  return async ({ address, headers, localUser }) => {
    if (!enabled) refuse('403.10 - Invalid configuration: the manager API is disabled (manager.enabled).');
    const shown = address ?? 'a forwarded request';
    if (!mayCall(address)) refuse(`403.6 - IP address rejected: ${shown} is not in manager.onlyNetworks.`);
    const key = headers['x-api-key'];
    if (key !== undefined) {
      if (typeof key === 'string' && isOneOf(key, keys)) return;
      refuse(`403.1 - Execute access forbidden: this X-API-Key is not valid here. ${remedy}.`);
    }
    // DNS rebinding: a foreign page's script can reach this server through a local browser, under a foreign host name.
    const local = !isLoopback(address) || isLocalName(headers.host);
    if (!local || !isPermitted(address)) {
      refuse(
        `403.6 - IP address rejected: ${shown} needs a key. ${remedy}, or permit its network in manager.permitNetworks.`,
      );
    }
    if (access.owners !== null && isLoopback(address)) {
      const user = await localUser();
      if (user === null || !access.owners.includes(user)) refuse(`${notAnOwner(user)} ${remedy}.`);
    }
    if (await access.isPod(address))
      refuse(`403.6 - IP address rejected: ${shown} is a pod, which needs a key. ${remedy}.`);
    if (fromAnotherSite(headers)) {
      refuse(`403.1 - Execute access forbidden: a page of another site sent this. ${remedy}.`);
    }
  };
}

function notAnOwner(user: number | null): string {
  const who = user === null ? 'This program' : `The user ${user} of this machine`;
  return `403.6 - IP address rejected: ${who} needs a key; root and the owner of the installation don’t. An administrator can set keys in manager.apiKeys.`;
}

/** A host name for local use; any other may be a foreign name that points here. */
function isLocalName(host: string | undefined): boolean {
  return isLoopbackHost(parseAuthority(host ?? '')?.host ?? '');
}

function refuse(message: string): never {
  throw new ManagerError(403, message);
}

/** In constant time, for wrong and right keys and for each position. */
function isOneOf(key: string, keys: readonly string[]): boolean {
  return keys.map((known) => sameText(known, key)).includes(true);
}

/** Browsers send the origin of a request; command lines don't. */
function fromAnotherSite(headers: IncomingHttpHeaders): boolean {
  return headers['sec-fetch-site'] === 'cross-site' || !isFromOwnPage(headers);
}
