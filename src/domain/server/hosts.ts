/**
 * The names under which browsers may call this server. An attacker can point their own host name to this server's address:
 * a page of that name could then call the server through a user's browser (DNS rebinding).
 */
import { isIP } from 'node:net';
import { parseAuthority } from './authority.ts';
import { logThrottle } from './log-throttle.ts';

/** Names that no DNS server outside this machine and its containers answers for. */
const LOCAL_NAMES = ['localhost', '*.localhost', 'host.containers.internal', 'host.docker.internal'];
const LONGEST_SHOWN = 300;

export interface HostPolicy {
  /** Whether the server may be called by the name in this `Host` header. Only browsers matter, and they always send it. */
  readonly accepts: (host: string | undefined) => boolean;
  /** Reports a name that was refused. */
  readonly refused: (host: string) => void;
  /** False if every name is accepted. */
  readonly isRestricted: boolean;
}

export const ANY_HOST: HostPolicy = { accepts: () => true, refused: () => {}, isRestricted: false };

/**
 * IP addresses and local names are always accepted: only this machine's administrator decides what they mean. `names` are
 * host names, `*.example.org` for all names below one.
 */
export function hostPolicy(
  names: readonly string[],
  warn: (message: string, fields: { readonly host: string; readonly setting: string }) => void,
): HostPolicy {
  const known = new Set([...LOCAL_NAMES, ...names].flatMap((name) => canonicalName(name) ?? []));
  const isDue = logThrottle();
  return {
    accepts(host) {
      if (host === undefined) return true;
      const name = parseAuthority(host)?.host;
      if (name === undefined) return false;
      return isAddress(name) || known.has(name) || parentsOf(name).some((parent) => known.has(`*.${parent}`));
    },
    refused(host) {
      const shown = host.slice(0, LONGEST_SHOWN);
      if (isDue(shown)) {
        warn('refused a request: its host name is not in listen.allowedHosts', {
          host: shown,
          setting: 'listen.allowedHosts',
        });
      }
    },
    isRestricted: true,
  };
}

/** The name as in a parsed authority, with its `*.` if there is one; null if it isn't a host name. */
export function canonicalName(name: string): string | null {
  const [, wildcard = '', rest = ''] = /^(\*\.)?(.*)$/.exec(name.trim()) ?? [];
  const parsed = parseAuthority(rest);
  return parsed === null || parsed.port !== null ? null : `${wildcard}${parsed.host}`;
}

function isAddress(host: string): boolean {
  return isIP(host.replace(/^\[(.*)\]$/, '$1')) > 0;
}

/** `a.b.c` → `b.c`, `c`. */
function parentsOf(name: string): string[] {
  const labels = name.split('.');
  return labels.slice(1).map((_, index) => labels.slice(index + 1).join('.'));
}
