/**
 * The door of a server. Every request gets exactly one `X-Forwarded-For`, `-Proto` and `-Host`, and they are true: what
 * the caller says counts only from a gateway of ours or a trusted proxy. Whoever stands behind the door believes them.
 */
import type { IncomingHttpHeaders, IncomingMessage, Server } from 'node:http';
import { TLSSocket } from 'node:tls';
import { networkMatcher, type NetworkMatcher, plainAddress } from '#domain/networks.ts';
import { GATEWAY_HEADER, UNKNOWN_CLIENT_HEADER } from '#protocol/forwarding.ts';
import { sameText } from './session.ts';

export interface DoorOptions {
  readonly trustedProxies: readonly string[];
  /** What gateways prove themselves with; null where none passes anything on. */
  readonly gatewayToken: string | null;
  /** Below which everything is published, with a slash at both ends. */
  readonly path: string;
}

/** Changes a request in place, before anybody else sees it. */
export type Door = (request: IncomingMessage) => void;

/** Lets everything that arrives at these servers through the door first. */
export function placeDoor(servers: readonly Server[], door: Door): void {
  for (const server of servers) {
    server.prependListener('request', door);
    server.prependListener('upgrade', door);
  }
}

export function createDoor({ trustedProxies, gatewayToken, path }: DoorOptions): Door {
  const isProxy = networkMatcher(trustedProxies);
  return (request) => {
    const { headers } = request;
    const token = headers[GATEWAY_HEADER];
    delete headers[GATEWAY_HEADER];
    if (gatewayToken === null || typeof token !== 'string' || !sameText(token, gatewayToken)) judge(request, isProxy);
    headers.host = one(headers['x-forwarded-host']) ?? headers.host;
    request.url = withoutPrefix(request.url ?? '/', path);
  };
}

function judge({ headers, socket }: IncomingMessage, isProxy: NetworkMatcher): void {
  const peer = socket.remoteAddress === undefined ? null : plainAddress(socket.remoteAddress);
  const trusted = isProxy(peer);
  const client = clientAddress(peer, headers['x-forwarded-for'], isProxy);
  const said = trusted ? { host: one(headers['x-forwarded-host']), proto: one(headers['x-forwarded-proto']) } : {};
  for (const name of Object.keys(headers)) if (name.startsWith('x-forwarded-')) delete headers[name];
  delete headers.forwarded;
  delete headers['x-real-ip'];
  delete headers[UNKNOWN_CLIENT_HEADER];
  if (client === null) headers[UNKNOWN_CLIENT_HEADER] = '1';
  const shown = client ?? peer;
  if (shown !== null) headers['x-forwarded-for'] = shown;
  headers['x-forwarded-proto'] = said.proto ?? (socket instanceof TLSSocket ? 'https' : 'http');
  const host = said.host ?? headers.host;
  if (host !== undefined) headers['x-forwarded-host'] = host;
}

/**
 * The address that counts: the socket's, or behind trusted proxies the last one of `X-Forwarded-For` that is not a proxy.
 * Null when somebody who is not trusted claims to forward: then nobody knows whom.
 */
export function clientAddress(
  peer: string | null,
  forwarded: string | string[] | undefined,
  isProxy: NetworkMatcher,
): string | null {
  if (forwarded === undefined) return peer;
  if (!isProxy(peer)) return null;
  const hops = [forwarded]
    .flat()
    .join(',')
    .split(',')
    .map((hop) => plainAddress(hop.trim()));
  return hops.findLast((hop) => !isProxy(hop)) ?? null;
}

/** Whom the door let in, for those behind it; null when nobody knows. */
export function clientOf(headers: IncomingHttpHeaders, address: string): string | null {
  return headers[UNKNOWN_CLIENT_HEADER] === undefined ? plainAddress(address) : null;
}

/** With and without the prefix is understood: whoever publishes below it may strip it. Without its slash it stays. */
function withoutPrefix(url: string, path: string): string {
  return path !== '/' && url.startsWith(path) ? url.slice(path.length - 1) : url;
}

/** The last one said: by whoever stands nearest. */
function one(value: string | string[] | undefined): string | undefined {
  const last = [value ?? []].flat().join(',').split(',').at(-1)?.trim();
  return last === '' ? undefined : last;
}
