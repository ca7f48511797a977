/**
 * Who may use the manager API: callers with a key, from networks that the configuration permits (this machine's loopback
 * unless it says otherwise), or a logged-in administrator. It can delete desktops, so the default is no.
 */
import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { networkMatcher } from '#domain/networks.ts';
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
  /** Whether the address is a pod's: desktops and apps need a key wherever their network is permitted. */
  readonly isPod: (address: string | null) => Promise<boolean>;
  /** The command that reads the key, where there is one. */
  readonly keyCommand: string | null;
}

export interface Caller {
  /** Who really calls; null when nobody knows. */
  readonly address: string | null;
  readonly headers: IncomingHttpHeaders;
}

/** Resolves when the caller may; fails with 403 and what would help. */
export type Gate = (caller: Caller) => Promise<void>;

const isLoopback = networkMatcher(['127.0.0.0/8', '::1']);
/** Names a browser on this machine uses; any other means that a foreign name was made to point here. */
const LOCAL_HOST = /^(localhost|127(\.\d{1,3}){3}|\[::1\])(:\d{1,5})?$/i;

export function managerGate(access: ManagerAccess): Gate {
  const { enabled, keys } = access;
  const isPermitted = networkMatcher(access.permitNetworks);
  const mayCall = access.onlyNetworks === null ? () => true : networkMatcher(access.onlyNetworks);
  const how = `Send the key of this installation in the header X-API-Key${
    access.keyCommand === null ? '' : `; this prints it: ${access.keyCommand}`
  }`;
  return async ({ address, headers }) => {
    if (!enabled) refuse('403.10 - Invalid configuration: the manager API is switched off (manager.enabled).');
    const shown = address ?? 'a forwarded request';
    if (!mayCall(address)) refuse(`403.6 - IP address rejected: ${shown} is not in manager.onlyNetworks.`);
    const key = headers['x-api-key'];
    if (key !== undefined) {
      if (typeof key === 'string' && isOneOf(key, keys)) return;
      refuse(`403.1 - Execute access forbidden: this X-API-Key is not one of this installation. ${how}.`);
    }
    // A browser on this machine can be made to come here under a foreign name, with a foreign page's script.
    const local = !isLoopback(address) || LOCAL_HOST.test(headers.host ?? '');
    if (!local || !isPermitted(address)) {
      refuse(
        `403.6 - IP address rejected: ${shown} needs a key. ${how}, or permit its network in manager.permitNetworks.`,
      );
    }
    if (await access.isPod(address))
      refuse(`403.6 - IP address rejected: ${shown} is a pod, which needs a key. ${how}.`);
    if (fromAnotherSite(headers)) {
      refuse(`403.1 - Execute access forbidden: a page of another site sent this. ${how}.`);
    }
  };
}

function refuse(message: string): never {
  throw new ManagerError(403, message);
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
