/**
 * Connects to a desktop's screen or files: over TCP to the address in the ticket, otherwise through this process's engine.
 */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { TicketClaims } from '#domain/ports/auth.ts';
import type { Endpoint, Engine } from '#domain/ports/engine.ts';
import { DeskpodError } from '#domain/errors.ts';

/** Less than the minute after which many networks drop an idle connection. */
const KEEP_ALIVE_MS = 30_000;

/** Null if this process has no engine. */
export function screenConnector(engine: Pick<Engine, 'connect'> | null) {
  return async ({ screen, desktopId }: TicketClaims, signal: AbortSignal): Promise<Duplex> => {
    if (screen !== null) return connectTcp(screen, signal);
    if (engine !== null) return engine.connect(desktopId, 'screen', signal);
    throw new DeskpodError('engine_unavailable', "This gateway can't reach the desktop's screen.", {
      remedy: 'Open it through the server that issued the ticket.',
    });
  };
}

/** The same for the files service. */
export function filesConnector(engine: Pick<Engine, 'connect'> | null) {
  return async ({ files, desktopId }: TicketClaims, signal: AbortSignal): Promise<Duplex> => {
    if (files?.endpoint) return connectTcp(files.endpoint, signal);
    if (engine !== null) return engine.connect(desktopId, 'files', signal);
    throw new DeskpodError('engine_unavailable', "This gateway can't reach the desktop's files.", {
      remedy: 'Open them through the server that issued the ticket.',
    });
  };
}

/** Rejects if the signal aborts first. */
export async function connectTcp({ host, port }: Endpoint, signal: AbortSignal): Promise<Socket> {
  signal.throwIfAborted();
  const socket = connect({ host, port, noDelay: true, keepAlive: true, keepAliveInitialDelay: KEEP_ALIVE_MS });
  try {
    await once(socket, 'connect', { signal });
    return socket;
  } catch (error) {
    socket.on('error', () => {});
    socket.destroy();
    throw error;
  }
}
