/** Routes upgrade requests: each route ends with 101 or a refusal; unknown paths get a 404. */
import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { DeskpodError } from '#domain/errors.ts';
import { refuse } from './refusal.ts';

export interface UpgradeRoute {
  /** The exact path, without the query. */
  readonly path: string;
  /** Owns the socket; an error that it throws becomes a refusal. */
  readonly handle: (request: IncomingMessage, socket: Duplex, head: Buffer) => Promise<void>;
}

export interface UpgradeRoutes {
  /** Stops routing and destroys open upgraded sockets, which a server doesn't close itself. */
  close(): void;
}

export interface UpgradeOptions {
  /** Throws if no route may have the request. */
  readonly check?: (request: IncomingMessage) => void;
  readonly failed?: (error: unknown) => void;
}

export function routeUpgrades(
  server: Pick<Server, 'on' | 'off'>,
  routes: readonly UpgradeRoute[],
  { check = () => {}, failed = () => {} }: UpgradeOptions = {},
): UpgradeRoutes {
  const handlers = new Map(routes.map((route) => [route.path, route.handle]));
  const open = new Set<Duplex>();
  const upgrade = (request: IncomingMessage, socket: Duplex, head: Buffer): void => {
    // Node removes its own listener before this event; without one, an error of the peer would end the process.
    socket.on('error', () => socket.destroy());
    open.add(socket);
    socket.once('close', () => open.delete(socket));
    const handle = async (): Promise<void> => {
      check(request);
      await (handlers.get(pathOf(request)) ?? unknownPath)(request, socket, head);
    };
    handle().catch((error: unknown) => {
      const status = refuse(socket, error);
      if (!(error instanceof DeskpodError) || (status >= 500 && error.cause !== undefined)) failed(error);
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

/** The URL of the request; `invalid_request` if it can't be parsed. */
export function urlOf(request: IncomingMessage): URL {
  const url = URL.parse(request.url ?? '', 'http://localhost');
  if (url === null) throw new DeskpodError('invalid_request', "The URL of this request can't be parsed.");
  return url;
}

function pathOf(request: IncomingMessage): string {
  return (request.url ?? '').split('?', 1)[0] ?? '';
}

async function unknownPath(request: IncomingMessage): Promise<void> {
  throw new DeskpodError('not_found', `There is no WebSocket at ${pathOf(request).slice(0, 200)}.`);
}
