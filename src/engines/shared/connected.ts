/** Waiting until a socket is connected. */
import type { Socket } from 'node:net';
import { DeskpodError } from '#domain/errors.ts';

/**
 * Resolves when `socket` is connected; destroys it when `signal` aborts. `address` is for the error message.
 * @throws DeskpodError `desktop_missing` when the connection fails.
 */
export function connected(socket: Socket, address: string, signal: AbortSignal): Promise<Socket> {
  const { promise, resolve, reject } = Promise.withResolvers<Socket>();
  const abort = (): void => {
    socket.destroy();
    reject(signal.reason);
  };
  signal.addEventListener('abort', abort, { once: true });
  socket.once('connect', () => resolve(socket));
  socket.once('error', (cause) => {
    reject(new DeskpodError('desktop_missing', `The desktop does not answer at ${address}.`, { cause }));
  });
  return promise.finally(() => signal.removeEventListener('abort', abort));
}
