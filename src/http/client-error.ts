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

export function answerClientError(error: Error & { code?: string }, socket: Socket): void {
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
