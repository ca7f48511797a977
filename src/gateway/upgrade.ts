/** Every upgrade request has an owner: a route that ends in 101 or an explicit refusal, or the 404 of this file. */
import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { DeskpodError } from '#domain/errors.ts';
import { refuse } from './refusal.ts';

export interface UpgradeRoute {
  /** Exact path, without the query. */
  readonly path: string;
  /** Owns the socket; what it throws is answered as a refusal. */
  readonly handle: (request: IncomingMessage, socket: Duplex, head: Buffer) => Promise<void>;
}

export interface UpgradeRoutes {
  /** Stops routing and destroys upgraded sockets that are still open: servers forget them when they close. */
  close(): void;
}

export function routeUpgrades(
  server: Pick<Server, 'on' | 'off'>,
  routes: readonly UpgradeRoute[],
  failed: (error: unknown) => void = () => {},
): UpgradeRoutes {
  const handlers = new Map(routes.map((route) => [route.path, route.handle]));
  const open = new Set<Duplex>();
  const upgrade = (request: IncomingMessage, socket: Duplex, head: Buffer): void => {
    // Node removes its own listener before this event: an error of the peer would end the process.
    socket.on('error', () => socket.destroy());
    open.add(socket);
    socket.once('close', () => open.delete(socket));
    const handle = handlers.get(pathOf(request)) ?? unknownPath;
    handle(request, socket, head).catch((error: unknown) => {
      if (!(error instanceof DeskpodError)) failed(error);
      refuse(socket, error);
    });
  };
  server.on('upgrade', upgrade);
  return {
    close: () => {
      server.off('upgrade', upgrade);
      for (const socket of open) socket.destroy();
    },
  };
}

/** The request's address as a URL; `invalid_request` when it is none. */
export function urlOf(request: IncomingMessage): URL {
  const url = URL.parse(request.url ?? '', 'http://localhost');
  if (url === null) throw new DeskpodError('invalid_request', 'The address of this request cannot be read.');
  return url;
}

function pathOf(request: IncomingMessage): string {
  return (request.url ?? '').split('?', 1)[0] ?? '';
}

async function unknownPath(request: IncomingMessage): Promise<void> {
  throw new DeskpodError('not_found', `There is no WebSocket at ${pathOf(request).slice(0, 200)}.`);
}
