/**
 * Connects to a desktop's screen, files, sound or video: over TCP to the address in the ticket, otherwise through this process's
 * engine.
 */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { TicketClaims } from '#domain/ports/auth.ts';
import type { Endpoint, Engine } from '#domain/ports/engine.ts';
import { DeskpodError } from '#domain/errors.ts';

/** Less than the minute after which many networks drop an idle connection. */
const KEEP_ALIVE_MS = 30_000;

type Connector = (claims: TicketClaims, signal: AbortSignal) => Promise<Duplex>;
/** Null if this process has no engine. */
type OwnEngine = Pick<Engine, 'connect'> | null;

export function screenConnector(engine: OwnEngine): Connector {
  return ({ screen, desktopId }, signal) => connectPort(engine, desktopId, 'screen', screen, signal);
}

/** For tickets that include the files. */
export function filesConnector(engine: OwnEngine): Connector {
  return ({ files, desktopId }, signal) => connectPort(engine, desktopId, 'files', files?.endpoint ?? null, signal);
}

/** For tickets that include the sound. */
export function soundConnector(engine: OwnEngine): Connector {
  return ({ sound, desktopId }, signal) => connectPort(engine, desktopId, 'sound', sound?.endpoint ?? null, signal);
}

/** For tickets that include the video. */
export function videoConnector(engine: OwnEngine): Connector {
  return ({ video, desktopId }, signal) => connectPort(engine, desktopId, 'video', video?.endpoint ?? null, signal);
}

/** Where this process has no engine, services always run. */
export function soundRuns(engine: Pick<Engine, 'serviceRuns'> | null) {
  return async ({ desktopId }: TicketClaims, signal: AbortSignal): Promise<void> =>
    await engine?.serviceRuns(desktopId, 'sound', signal);
}

async function connectPort(
  engine: OwnEngine,
  desktopId: string,
  port: 'screen' | 'files' | 'sound' | 'video',
  endpoint: Endpoint | null,
  signal: AbortSignal,
): Promise<Duplex> {
  if (endpoint !== null) return connectTcp(endpoint, signal);
  if (engine !== null) return engine.connect(desktopId, port, signal);
  throw new DeskpodError('engine_unavailable', `This gateway can't reach the desktop's ${port}.`, {
    remedy: 'Use the server that issued the ticket.',
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
