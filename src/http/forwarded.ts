/** Parses `X-Forwarded-*`: lists with blanks, empty elements, quotes, ports and brackets. */
import { isIPv6 } from 'node:net';
import { authorityText, parseAuthority } from '#domain/server/authority.ts';
import { type NetworkMatcher, parseAddress } from '#domain/server/networks.ts';

type HeaderValue = string | string[] | undefined;

/**
 * The client's address: the socket's, or behind trusted proxies the last one of `X-Forwarded-For` that isn't a proxy. Null
 * if unknown: an untrusted caller sends the header, or a proxy gives no address.
 */
export function clientAddress(peer: string | null, forwarded: HeaderValue, isProxy: NetworkMatcher): string | null {
  if (forwarded === undefined) return peer;
  if (!isProxy(peer)) return null;
  const hops = elements(forwarded);
  if (hops.length === 0) return peer;
  return hops.map(addressOf).findLast((hop) => !isProxy(hop)) ?? null;
}

/** `203.0.113.5`, `203.0.113.5:40000`, `2001:db8::1`, `[2001:db8::1]:40000`; null for `unknown`, `_hidden` and the like. */
function addressOf(hop: string): string | null {
  if (isIPv6(hop)) return parseAddress(hop);
  const [, bracketed, plain] = /^(?:\[([^\]]*)\]|([^:]*))(?::(?:\d{1,5}|_[\w.-]+))?$/.exec(hop) ?? [];
  if (bracketed !== undefined) return isIPv6(bracketed) ? parseAddress(bracketed) : null;
  return parseAddress(plain ?? '');
}

/** The last value, set by the nearest proxy, as an authority; undefined if there is none. */
export function forwardedHost(value: HeaderValue): string | undefined {
  const parsed = parseAuthority(elements(value).at(-1) ?? '');
  return parsed === null ? undefined : authorityText(parsed);
}

/** The last value; `ws` and `wss`, which some proxies send for a WebSocket, count as `http` and `https`. */
export function forwardedScheme(value: HeaderValue): 'http' | 'https' | undefined {
  const last = elements(value).at(-1)?.toLowerCase();
  if (last === 'https' || last === 'wss') return 'https';
  return last === 'http' || last === 'ws' ? 'http' : undefined;
}

/** RFC 9110, section 5.6.1: empty elements don't count. */
function elements(value: HeaderValue): string[] {
  const text = [value ?? []].flat().join(',');
  const parts = text.match(/(?:"(?:[^"\\]|\\.)*"|[^,"])+/g) ?? [];
  return parts.map((part) => unquoted(part.trim())).filter((part) => part !== '');
}

function unquoted(part: string): string {
  const inner = /^"((?:[^"\\]|\\.)*)"$/.exec(part)?.[1];
  return inner === undefined ? part : inner.replace(/\\(.)/g, '$1').trim();
}
