/** Answers bytes that aren't an HTTP request on the socket: there is no request to reply to. */
import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import { DeskpodError } from '#domain/errors.ts';

const STATUS: Readonly<Record<string, number>> = { HPE_HEADER_OVERFLOW: 431, ERR_HTTP_REQUEST_TIMEOUT: 408 };
const MESSAGE: Readonly<Record<number, string>> = {
  400: 'This is not an HTTP/1.1 request.',
  408: 'The request did not arrive in time.',
  431: 'The headers of the request are too large.',
};

/** Connections whose request may take longer than others do. */
const unhurried = new WeakSet<Socket>();

/**
 * The request that is under way on this connection has no limit of time as a whole: its handler limits how long no bytes
 * come. Returns a function that takes this back.
 */
export function withoutRequestTimeout(socket: Socket): () => void {
  unhurried.add(socket);
  return () => void unhurried.delete(socket);
}

export function answerClientError(error: Error & { code?: string }, socket: Socket): void {
  // Node reports each request once.
  if (error.code === 'ERR_HTTP_REQUEST_TIMEOUT' && unhurried.has(socket)) return;
  if (!socket.writable || error.code === 'ECONNRESET') {
    socket.destroy();
    return;
  }
  const status = STATUS[error.code ?? ''] ?? 400;
  const body = JSON.stringify(new DeskpodError('invalid_request', MESSAGE[status] ?? '').toBody());
  const head = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? 'Error'}`,
    'Connection: close',
    'Content-Type: application/json; charset=utf-8',
    `Content-Length: ${Buffer.byteLength(body)}`,
  ];
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`, () => socket.destroy());
}
