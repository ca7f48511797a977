/** Explicit answers to upgrade requests that are not granted: an HTTP status and our error body on the raw socket. */
import { STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import { DeskpodError } from '#domain/errors.ts';
import type { ErrorBody, ErrorCode } from '#protocol/errors.ts';

const LINGER_MS = 2000;

/** Codes that are about the one who asks; everything else is a fault of ours or of the engine. */
const STATUS: Partial<Record<ErrorCode, number>> = {
  invalid_request: 400,
  not_authenticated: 401,
  forbidden: 403,
  not_found: 404,
  desktop_missing: 404,
  conflict: 409,
  limit_reached: 409,
  app_unavailable: 409,
  no_such_program: 422,
  profile_refused: 422,
  too_many_attempts: 429,
  internal_error: 500,
  engine_unavailable: 503,
  store_unavailable: 503,
  timeout: 503,
};

/** Answers and closes. Returns the status for the log. */
export function refuse(socket: Duplex, error: unknown): number {
  const known =
    error instanceof DeskpodError
      ? error
      : new DeskpodError('internal_error', 'The server could not open this connection.');
  const status = STATUS[known.code] ?? 500;
  const text = refusalBody(known);
  const head = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? 'Error'}`,
    'Connection: close',
    'Content-Type: application/json; charset=utf-8',
    'Cache-Control: no-store',
    ...(status === 503 ? ['Retry-After: 2'] : []),
    `Content-Length: ${Buffer.byteLength(text)}`,
  ];
  if (!socket.writable) {
    socket.destroy();
    return status;
  }
  socket.end(`${head.join('\r\n')}\r\n\r\n${text}`);
  const late = setTimeout(() => socket.destroy(), LINGER_MS).unref();
  socket.once('finish', () => socket.destroy());
  socket.once('close', () => clearTimeout(late));
  return status;
}

/** As JSON. */
export function refusalBody({ code, message, remedy }: DeskpodError): string {
  const body: ErrorBody = { error: { code, message, ...(remedy === undefined ? {} : { remedy }) } };
  return JSON.stringify(body);
}
