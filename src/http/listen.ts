/**
 * One port for TLS and plain HTTP: the first byte decides (a TLS record starts with 0x16, RFC 8446 section 5.1). Plain
 * requests from other machines are redirected to HTTPS, under the names of this server; those from this machine are served.
 */
import { createServer, type Server as HttpServer, type RequestListener } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { createServer as createTcpServer, type Server, type Socket } from 'node:net';
import { authorityText, parseAuthority } from '#domain/server/authority.ts';
import type { HostPolicy } from '#domain/server/hosts.ts';
import { isLoopback } from '#domain/server/networks.ts';
import { ERROR_STATUS } from '#protocol/errors.ts';
import { unknownHost } from './trusted-proxies.ts';

const TLS_HANDSHAKE = 0x16;
/** Timeouts of a connection, in milliseconds; at the end of each the server answers 408 or closes the connection. */
export interface Timeouts {
  /** First byte, and then the TLS handshake (RFC 8446). */
  readonly handshake: number;
  /** Request line and header fields. */
  readonly headers: number;
  /** The whole request with its body. */
  readonly request: number;
  /** Between two requests. */
  readonly idle: number;
  /** How often the server looks for requests that take too long. */
  readonly check: number;
}

export const TIMEOUTS: Timeouts = {
  handshake: 15_000,
  headers: 20_000,
  request: 300_000,
  // Longer than the keep-alive timeouts of proxies, so that the server doesn't close a connection while it gets a request.
  idle: 75_000,
  check: 5_000,
};

export interface Listening {
  /** The servers with Fastify's handler and the upgrade routes. */
  readonly servers: readonly HttpServer[];
  readonly socket: Server;
  /** Closes all connections: idle ones would keep the process running. */
  endConnections(): void;
}

export function plainServer(handler: RequestListener, timeouts = TIMEOUTS): Listening {
  const server = createServer(optionsOf(timeouts), handler);
  return { servers: [server], socket: server, endConnections: () => server.closeAllConnections() };
}

export function tlsAndPlainServer(
  handler: RequestListener,
  files: { cert: string | Buffer; key: string | Buffer },
  hosts: HostPolicy,
  timeouts = TIMEOUTS,
): Listening {
  const options = optionsOf(timeouts);
  const secure = createTlsServer({ ...files, ...options, handshakeTimeout: timeouts.handshake }, handler);
  const plain = createServer(options, handler);
  // Doesn't handle upgrades: a WebSocket from another machine is redirected, too.
  const redirecting = createServer(options, redirectTo(hosts));
  // A server starts its checks for timeouts when it listens; these get their connections from `socket`.
  for (const server of [secure, plain, redirecting]) server.emit('listening');
  const open = new Set<Socket>();
  const socket = createTcpServer((connection) => {
    open.add(connection);
    connection.once('close', () => open.delete(connection));
    const unsecured = isLoopback(connection.remoteAddress ?? null) ? plain : redirecting;
    dispatch(connection, timeouts.handshake, (first) => (first === TLS_HANDSHAKE ? secure : unsecured));
  });
  const endConnections = (): void => {
    for (const connection of open) connection.destroy();
  };
  return { servers: [secure, plain], socket, endConnections };
}

/** Handles requests without reading their bodies. */
function redirectTo(hosts: HostPolicy): RequestListener {
  return (request, response) => {
    const { host = '' } = request.headers;
    const named = parseAuthority(host);
    if (named === null) response.writeHead(400, { connection: 'close' }).end();
    else if (hosts.accepts(host))
      response.writeHead(308, { location: `https://${authorityText(named)}${request.url ?? '/'}` }).end();
    else {
      hosts.refused(host);
      const { code, message, remedy } = unknownHost(host);
      const headers = { connection: 'close', 'cache-control': 'no-store', 'content-type': 'text/plain; charset=utf-8' };
      response.writeHead(ERROR_STATUS[code], headers).end(`${message} ${remedy}\n`);
    }
  };
}

function optionsOf({ headers, request, idle, check }: Timeouts) {
  return {
    headersTimeout: headers,
    requestTimeout: request,
    keepAliveTimeout: idle,
    connectionsCheckingInterval: check,
  };
}

function dispatch(
  connection: Socket,
  timeoutMs: number,
  choose: (first: number) => HttpServer | ReturnType<typeof createTlsServer>,
): void {
  connection.on('error', () => connection.destroy());
  connection.setTimeout(timeoutMs, () => connection.destroy());
  connection.once('readable', () => {
    const head: unknown = connection.read(1);
    if (!Buffer.isBuffer(head)) {
      connection.destroy();
      return;
    }
    connection.setTimeout(0);
    connection.unshift(head);
    choose(head[0] ?? 0).emit('connection', connection);
  });
}
