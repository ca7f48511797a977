/** Connects to a desktop's screen or sound: over TCP to the address in the ticket, otherwise through this process's engine. */
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
  return ({ screen, desktopId }: TicketClaims, signal: AbortSignal): Promise<Duplex> =>
    connectPort(engine, desktopId, { port: 'screen', endpoint: screen }, signal);
}

/** As {@link screenConnector}, for tickets that include the sound. */
export function soundConnector(engine: Pick<Engine, 'connect'> | null) {
  return ({ sound, desktopId }: TicketClaims, signal: AbortSignal): Promise<Duplex> =>
    connectPort(engine, desktopId, { port: 'sound', endpoint: sound?.endpoint ?? null }, signal);
}

async function connectPort(
  engine: Pick<Engine, 'connect'> | null,
  desktopId: string,
  { port, endpoint }: { readonly port: 'screen' | 'sound'; readonly endpoint: Endpoint | null },
  signal: AbortSignal,
): Promise<Duplex> {
  if (endpoint !== null) return connectTcp(endpoint, signal);
  if (engine !== null) return engine.connect(desktopId, port, signal);
  throw new DeskpodError('engine_unavailable', `This gateway can't reach the desktop's ${port}.`, {
    remedy: 'Open it through the server that issued the ticket.',
  });
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
