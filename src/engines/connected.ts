/** A socket once it is connected. */
import type { Socket } from 'node:net';
import { DeskpodError } from '#domain/errors.ts';

/**
 * Resolves when `socket` is connected, which ends when `signal` does. `place` is where it goes to, for the error.
 * @throws DeskpodError `desktop_missing` when nobody answers there.
 */
export function connected(socket: Socket, place: string, signal: AbortSignal): Promise<Socket> {
  const { promise, resolve, reject } = Promise.withResolvers<Socket>();
  const abort = (): void => {
    socket.destroy();
    reject(signal.reason);
  };
  signal.addEventListener('abort', abort, { once: true });
  socket.once('connect', () => resolve(socket));
  socket.once('error', (cause) => {
    reject(new DeskpodError('desktop_missing', `The desktop does not answer at ${place}.`, { cause }));
  });
  return promise.finally(() => signal.removeEventListener('abort', abort));
}
