/**
 * Authorities (`desk.example.org:8443`, as in `Host`) and web origins (`https://desk.example.org`, as in `Origin`):
 * parsed by the rules of the WHATWG URL standard, never compared as text.
 */
import { isUtf8 } from 'node:buffer';
import { isIPv6 } from 'node:net';
import { PAGE_SCHEME_HEADER } from '#protocol/forwarding.ts';

export interface Authority {
  /** Lower case, in punycode, without a final dot; IPv6 in brackets, compressed, without a zone. */
  readonly host: string;
  /** Null when none is given. */
  readonly port: number | null;
}

export interface WebOrigin extends Authority {
  readonly scheme: 'http' | 'https';
}

/** The ports that browsers leave out and that proxies add, whatever the scheme on their other side. */
const DEFAULT_PORTS: ReadonlySet<number | null> = new Set([null, 80, 443]);
/** Invalid in an authority: the URL parser would read it as the start of something else, or drop it. */
const FOREIGN = /[\s/\\?#@]|^$/;

/** Null if the text isn't an authority: with user information, a path, blanks or an invalid port. */
export function parseAuthority(text: string): Authority | null {
  const bare = unicode(text.trim());
  if (FOREIGN.test(bare)) return null;
  const bracketed = isIPv6(bare) ? `[${bare}]` : bare;
  // Parsed here: the URL parser drops the default port of its scheme.
  const port = /:(\d+)$/.exec(bracketed)?.[1];
  // Zones (RFC 6874) only matter on one machine; the URL standard doesn't support them.
  const url = URL.parse(`http://${bracketed.replace(/%[^\]]*(?=\])/, '')}`);
  if (url === null) return null;
  const host = withoutFinalDot(url.hostname);
  return host === '' ? null : { host, port: port === undefined ? null : Number(port) };
}

/** Null for anything but scheme, host and port, such as `null`, `https://user@host` or `ftp://host`. */
export function parseOrigin(text: string): WebOrigin | null {
  const [, scheme, rest] = /^(https?):\/\/([^/]*)\/?$/i.exec(text.trim()) ?? [];
  const authority = rest === undefined ? null : parseAuthority(rest);
  if (authority === null) return null;
  const lower = scheme?.toLowerCase() === 'https' ? 'https' : 'http';
  const isDefault = authority.port === (lower === 'https' ? 443 : 80);
  return { ...authority, port: isDefault ? null : authority.port, scheme: lower };
}

/** Whether a page of this origin was served under this authority, whatever its scheme. */
export function isServedAs(origin: WebOrigin, authority: Authority): boolean {
  if (origin.host !== authority.host) return false;
  return origin.port === null ? DEFAULT_PORTS.has(authority.port) : origin.port === authority.port;
}

/** The same for the values of `Origin` and `Host`: false if either is invalid. */
export function isFromHost(origin: string, host: string | undefined): boolean {
  const from = parseOrigin(origin);
  const at = parseAuthority(host ?? '');
  return from !== null && at !== null && isServedAs(from, at);
}

/** The headers that say which page sent a request, and as what it was called. */
export interface PageHeaders {
  readonly origin?: string | undefined;
  readonly host?: string | undefined;
  readonly [PAGE_SCHEME_HEADER]?: string | string[] | undefined;
}

/** Whether a page of this server sent it, or no page: without `Origin`, its credential alone decides. */
export function isFromOwnPage({ origin, host, [PAGE_SCHEME_HEADER]: scheme }: PageHeaders): boolean {
  if (origin === undefined) return true;
  return isFromHost(origin, host) && (scheme === undefined || parseOrigin(origin)?.scheme === scheme);
}

/** As in headers. */
export function authorityText({ host, port }: Authority): string {
  return port === null ? host : `${host}:${port}`;
}

export function originText(origin: WebOrigin): string {
  return `${origin.scheme}://${authorityText(origin)}`;
}

/** The host as in a URL: an IPv6 address in brackets. */
export function hostInUrl(host: string): string {
  return isIPv6(host) ? `[${host.replace(/%.*$/, '')}]` : host;
}

/** Header values arrive as Latin-1; a host name in Unicode was UTF-8. */
function unicode(text: string): string {
  if (!/[\u0080-\u00FF]/.test(text) || /[\u0100-\uFFFF]/.test(text)) return text;
  const bytes = Buffer.from(text, 'latin1');
  return isUtf8(bytes) ? bytes.toString('utf8') : text;
}

function withoutFinalDot(host: string): string {
  return host.replace(/\.$/, '');
}
