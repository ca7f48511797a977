/**
 * Forwarding headers and host names. Every request gets exactly one verified `X-Forwarded-For`, `-Proto` and `-Host`: the
 * caller's own headers count only from a gateway or a trusted proxy. All later handlers rely on them.
 */
import type { IncomingHttpHeaders, IncomingMessage, Server } from 'node:http';
import { TLSSocket } from 'node:tls';
import { DeskpodError } from '#domain/errors.ts';
import type { HostPolicy } from '#domain/server/hosts.ts';
import { isLoopback, networkMatcher, type NetworkMatcher, plainAddress } from '#domain/server/networks.ts';
import { sameText } from '#domain/same-text.ts';
import { GATEWAY_HEADER, LOCAL_USER_HEADER, PAGE_SCHEME_HEADER, UNKNOWN_CLIENT_HEADER } from '#protocol/forwarding.ts';
import { clientAddress, forwardedHost, forwardedScheme } from './forwarded.ts';

/** The address of all clients whose address is unknown. */
const UNKNOWN_CLIENT = 'unknown';
const LONGEST_SHOWN = 300;

export interface ProxyOptions {
  readonly trustedProxies: readonly string[];
  /** Authenticates gateways; null if none forwards requests to this process. */
  readonly gatewayToken: string | null;
  /** Path prefix of everything, with a slash at both ends. */
  readonly path: string;
  readonly hosts: HostPolicy;
}

/** A setting that makes clients known. */
export type SettingForClient = 'listen.trustedProxies' | 'listen.allowedHosts';

/** Requests that call this server by a name that it doesn't have. */
const misdirected = new WeakMap<IncomingMessage, string>();

/** Requests that a gateway of this installation passed on. */
const passedOn = new WeakSet<IncomingMessage>();

/** Changes a request in place, before any handler. */
export type TrustedProxies = (request: IncomingMessage) => void;

/** Verifies the headers of all requests and upgrades of these servers first. */
export function applyTrustedProxies(servers: readonly Server[], verify: TrustedProxies): void {
  for (const server of servers) {
    server.prependListener('request', verify);
    server.prependListener('upgrade', verify);
  }
}

export function createTrustedProxies({ trustedProxies, gatewayToken, path, hosts }: ProxyOptions): TrustedProxies {
  const isProxy = networkMatcher(trustedProxies);
  return (request) => {
    const { headers } = request;
    const token = headers[GATEWAY_HEADER];
    delete headers[GATEWAY_HEADER];
    const isGateway = gatewayToken !== null && typeof token === 'string' && sameText(token, gatewayToken);
    if (isGateway) passedOn.add(request);
    else setVerified(request, isProxy, hosts);
    headers.host = forwardedHost(headers['x-forwarded-host']) ?? headers.host;
    request.url = withoutPrefix(request.url ?? '/', path);
  };
}

/** Whether the connection is that of a gateway. */
export function isPassedOn(request: IncomingMessage): boolean {
  return passedOn.has(request);
}

/** Throws `misdirected_request` if this request calls the server by a name that it doesn't have. */
export function checkHost(request: IncomingMessage): void {
  const host = misdirected.get(request);
  if (host !== undefined) throw unknownHost(host);
}

/** The error for requests under a name that this server doesn't have. */
export function unknownHost(host: string): DeskpodError {
  return new DeskpodError('misdirected_request', `This server isn’t known as ${host.slice(0, LONGEST_SHOWN)}.`, {
    remedy: 'If this is its name, ask the administrator to add it to listen.allowedHosts (DESKPOD_ALLOWED_HOSTS).',
  });
}

function setVerified(request: IncomingMessage, isProxy: NetworkMatcher, hosts: HostPolicy): void {
  const { headers, socket } = request;
  const peer = socket.remoteAddress === undefined ? null : plainAddress(socket.remoteAddress);
  const trusted = isProxy(peer);
  const forwarded = Object.keys(headers).some(isForwarding);
  const byProxy = trusted && forwarded;
  const isNamed = hosts.accepts(headers.host);
  // A trusted proxy decides itself by which names it can be called.
  if (!isNamed && !byProxy) refuse(request, hosts);
  const client = clientOfPeer(peer, headers, isProxy);
  // A browser of this machine has the address of a proxy on this machine, and a page can add forwarding headers.
  const pretends = byProxy && !isNamed && isLoopback(peer);
  const scheme = forwardedScheme(headers['x-forwarded-proto']);
  const connected = socket instanceof TLSSocket ? 'https' : 'http';
  const named = (trusted ? forwardedHost(headers['x-forwarded-host']) : undefined) ?? headers.host;
  for (const name of Object.keys(headers)) if (isForwarding(name)) delete headers[name];
  for (const name of [UNKNOWN_CLIENT_HEADER, PAGE_SCHEME_HEADER, LOCAL_USER_HEADER]) delete headers[name];
  if (client === null) headers[UNKNOWN_CLIENT_HEADER] = 'listen.trustedProxies';
  else if (pretends) headers[UNKNOWN_CLIENT_HEADER] = 'listen.allowedHosts';
  // Clients without an address count as a single one.
  const shown = client ?? (trusted ? UNKNOWN_CLIENT : peer);
  if (shown !== null) headers['x-forwarded-for'] = shown;
  headers['x-forwarded-proto'] = (trusted ? scheme : undefined) ?? connected;
  if (named !== undefined) headers['x-forwarded-host'] = named;
  // Even a proxy that isn't trusted can tell: a page can't add headers to a WebSocket.
  const ofPages = forwarded ? scheme : connected;
  if (hosts.isRestricted && ofPages !== undefined) headers[PAGE_SCHEME_HEADER] = ofPages;
}

function refuse(request: IncomingMessage, hosts: HostPolicy): void {
  const host = request.headers.host ?? '';
  misdirected.set(request, host);
  hosts.refused(host);
}

/** `Via` and `X-Real-IP` show a proxy as well: many send nothing else by default. */
function isForwarding(name: string): boolean {
  return name.startsWith('x-forwarded-') || name === 'forwarded' || name === 'x-real-ip' || name === 'via';
}

/** Null if unknown: a proxy passed the request on that isn't trusted, or that doesn't say from where. */
function clientOfPeer(peer: string | null, headers: IncomingHttpHeaders, isProxy: NetworkMatcher): string | null {
  const from = headers['x-forwarded-for'];
  if (from === undefined && Object.keys(headers).some(isForwarding)) return null;
  return clientAddress(peer, from, isProxy);
}

/** The client's verified address; null if unknown. */
export function clientOf(headers: IncomingHttpHeaders, address: string): string | null {
  return settingForClient(headers) === null ? plainAddress(address) : null;
}

/** The setting without which the client is unknown; null if it is known. */
export function settingForClient(headers: IncomingHttpHeaders): SettingForClient | null {
  const setting = headers[UNKNOWN_CLIENT_HEADER];
  if (setting === undefined) return null;
  return setting === 'listen.allowedHosts' ? setting : 'listen.trustedProxies';
}

/** Accepts URLs with and without the prefix, which a proxy may strip. The prefix without its final slash stays. */
function withoutPrefix(url: string, path: string): string {
  return path !== '/' && url.startsWith(path) ? url.slice(path.length - 1) : url;
}
