/**
 * One port for TLS and plain HTTP: the first byte tells (a TLS record begins with 0x16, RFC 8446 section 5.1). Plain
 * requests from other machines are sent to HTTPS, those from this machine are served.
 */
import { createServer, type Server as HttpServer, type RequestListener } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { createServer as createTcpServer, type Server, type Socket } from 'node:net';

const TLS_HANDSHAKE = 0x16;
const FIRST_BYTE_TIMEOUT_MS = 10_000;
/** Longer than proxies before us keep idle connections: whoever ends one first must not be the one who is asked. */
const KEEP_ALIVE_MS = 75_000;

export interface Listening {
  /** Where Fastify puts its handler, and upgrades are routed. */
  readonly servers: readonly HttpServer[];
  readonly socket: Server;
  /** Ends what is still connected: idle connections would keep the program alive. */
  endConnections(): void;
}

export function plainServer(handler: RequestListener): Listening {
  const server = createServer({ keepAliveTimeout: KEEP_ALIVE_MS }, handler);
  return { servers: [server], socket: server, endConnections: () => server.closeAllConnections() };
}

export function tlsAndPlainServer(
  handler: RequestListener,
  files: { cert: string | Buffer; key: string | Buffer },
): Listening {
  const secure = createTlsServer({ ...files, keepAliveTimeout: KEEP_ALIVE_MS }, handler);
  const plain = createServer({ keepAliveTimeout: KEEP_ALIVE_MS }, handler);
  // Takes no upgrades: a WebSocket from another machine is redirected, too.
  const redirecting = createServer((request, response) => {
    const host = request.headers.host ?? 'localhost';
    response.writeHead(308, { location: `https://${host}${request.url ?? '/'}` }).end();
  });
  const open = new Set<Socket>();
  const socket = createTcpServer((connection) => {
    open.add(connection);
    connection.once('close', () => open.delete(connection));
    const unsecured = isLoopback(connection.remoteAddress) ? plain : redirecting;
    dispatch(connection, (first) => (first === TLS_HANDSHAKE ? secure : unsecured));
  });
  const endConnections = (): void => {
    for (const connection of open) connection.destroy();
  };
  return { servers: [secure, plain], socket, endConnections };
}

function dispatch(
  connection: Socket,
  choose: (first: number) => HttpServer | ReturnType<typeof createTlsServer>,
): void {
  connection.on('error', () => connection.destroy());
  connection.setTimeout(FIRST_BYTE_TIMEOUT_MS, () => connection.destroy());
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

export function isLoopback(address: string | undefined): boolean {
  return address !== undefined && /^(::1|(::ffff:)?127\.)/.test(address);
}
