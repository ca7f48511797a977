/** Refuses an upgrade request: writes an HTTP status and the error body to the raw socket. */
import { STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import { DeskpodError } from '#domain/errors.ts';
import { ERROR_STATUS, RETRY_AFTER_SECONDS } from '#protocol/errors.ts';

const LINGER_MS = 2000;

/** Answers and closes the socket. Returns the status. */
export function refuse(socket: Duplex, error: unknown): number {
  const known =
    error instanceof DeskpodError
      ? error
      : new DeskpodError('internal_error', 'The server could not open this connection.', { cause: error });
  const status = ERROR_STATUS[known.code];
  const text = JSON.stringify(known.toBody());
  const head = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? 'Error'}`,
    'Connection: close',
    'Content-Type: application/json; charset=utf-8',
    'Cache-Control: no-store',
    ...(status === 503 || status === 429 ? [`Retry-After: ${RETRY_AFTER_SECONDS}`] : []),
    `Content-Length: ${Buffer.byteLength(text)}`,
  ];
  if (!socket.writable) {
    socket.destroy();
    return status;
  }
  socket.end(`${head.join('\r\n')}\r\n\r\n${text}`);
  const linger = setTimeout(() => socket.destroy(), LINGER_MS).unref();
  socket.once('finish', () => socket.destroy());
  socket.once('close', () => clearTimeout(linger));
  return status;
}
