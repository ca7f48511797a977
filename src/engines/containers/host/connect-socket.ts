/**
 * Connections to sockets of desktops. A listener's queue is short, and when it is full, connect fails with EAGAIN
 * instead of waiting. So callers of one socket connect one after the other, in order.
 */
import { connect, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { withDeadline } from '#domain/deadlines.ts';
import { DeskpodError } from '#domain/errors.ts';
import { connected } from '../../shared/connected.ts';
import { withOwnSocket } from './own-socket.ts';

/** Programs accept waiting connections within milliseconds, unless they are busy. */
const FIRST_PAUSE_MS = 1;
const LONGEST_PAUSE_MS = 50;
/** A program that accepts no connection for this long hangs. */
const PATIENCE_MS = 8_000;

/** By socket: settles when all callers so far have connected or given up. */
const lines = new Map<string, Promise<void>>();

/**
 * `owner` is the user id of the desktop. Rejects with `desktop_missing` when no server listens, with `engine_unavailable`
 * when it accepts no connection or isn't the desktop's, and with the reason of `signal` as soon as that aborts.
 */
export async function connectSocket(path: string, owner: number, signal: AbortSignal): Promise<Socket> {
  const before = lines.get(path) ?? Promise.resolve();
  const turn = withDeadline(before, signal).then(() => connectInTurn(path, owner, signal));
  const released = Promise.allSettled([before, turn]).then(() => {});
  lines.set(path, released);
  void released.then(() => lines.get(path) === released && lines.delete(path));
  return await turn;
}

async function connectInTurn(path: string, owner: number, signal: AbortSignal): Promise<Socket> {
  const until = performance.now() + PATIENCE_MS;
  for (let pause = FIRST_PAUSE_MS; ; pause = Math.min(2 * pause, LONGEST_PAUSE_MS)) {
    try {
      return await withOwnSocket(path, owner, (found) => connected(connect(found), path, signal));
    } catch (error) {
      if (!isQueueFull(error)) throw error;
      if (performance.now() >= until) {
        throw new DeskpodError('engine_unavailable', 'The desktop accepts no more connections at the moment.', {
          remedy: 'Try again in a moment.',
          cause: error,
        });
      }
    }
    // Node's own functions reject with an AbortError whatever the reason; callers need the reason.
    await withDeadline(delay(pause), signal);
  }
}

function isQueueFull(error: unknown): boolean {
  const cause: unknown = error instanceof DeskpodError ? error.cause : null;
  return cause instanceof Error && 'code' in cause && cause.code === 'EAGAIN';
}
