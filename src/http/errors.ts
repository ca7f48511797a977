/** Turns every failure of a route into an HTTP response. */
import type { FastifyReply, FastifyRequest } from 'fastify';
import { hasZodFastifySchemaValidationErrors } from 'fastify-type-provider-zod';
import { DeskpodError, messageOf } from '#domain/errors.ts';
import type { Events } from '#events';
import { ERROR_STATUS, type ErrorCode, RETRY_AFTER_SECONDS } from '#protocol/errors.ts';

export const NOTHING_HERE = 'There is nothing here.';

/** The code when a plugin or the framework refused the request; any other 4xx is an invalid request. */
const BY_STATUS: Readonly<Record<number, ErrorCode>> = {
  401: 'not_authenticated',
  403: 'forbidden',
  404: 'not_found',
  405: 'not_found',
  413: 'payload_too_large',
  415: 'unsupported_media_type',
  429: 'too_many_attempts',
};

/** A failure with the status of its response. */
export interface Refusal {
  readonly status: number;
  readonly error: DeskpodError;
}

/** A 4xx of a plugin or the framework keeps its status. */
export function refusalOf(error: unknown): Refusal {
  const known = toDeskpodError(error);
  const status = error === known ? null : clientStatus(error);
  return { status: status ?? ERROR_STATUS[known.code], error: known };
}

export function toDeskpodError(error: unknown): DeskpodError {
  if (error instanceof DeskpodError) return error;
  if (hasZodFastifySchemaValidationErrors(error)) {
    const [first] = error.validation;
    const field = first?.instancePath.slice(1).replaceAll('/', '.');
    return new DeskpodError('invalid_request', first?.message ?? 'The request is not valid.', {
      cause: error,
      ...(field ? { field } : {}),
    });
  }
  const status = clientStatus(error);
  if (status !== null) {
    const message = status === 404 ? NOTHING_HERE : messageOf(error);
    return new DeskpodError(BY_STATUS[status] ?? 'invalid_request', message, { cause: error });
  }
  return new DeskpodError('internal_error', 'Something went wrong on the server.', {
    cause: error,
    remedy: 'Try again. If it keeps failing, check the server log.',
  });
}

/** The status of the error if it is a client error; otherwise null. */
function clientStatus(error: unknown): number | null {
  if (!(error instanceof Error)) return null;
  if (!('statusCode' in error) || typeof error.statusCode !== 'number') return null;
  return error.statusCode >= 400 && error.statusCode < 500 ? error.statusCode : null;
}

export type FailureEvents = Pick<Events, 'failed' | 'warn'>;

/** A state that the server knows, such as a service whose image is being built, is a warning without a stack. */
export function logFailure(events: FailureEvents, what: string, error: unknown): void {
  if (error instanceof DeskpodError && error.cause === undefined) events.warn(what, { reason: error.message });
  else events.failed(what, error);
}

export function errorHandler(events: FailureEvents) {
  return async (error: unknown, request: FastifyRequest, reply: FastifyReply): Promise<void> => {
    const { status, error: known } = refusalOf(error);
    if (status >= 500) logFailure(events, `${request.method} ${request.routeOptions.url ?? request.url}`, known);
    if (status === 503) void reply.header('retry-after', RETRY_AFTER_SECONDS);
    await reply.status(status).send(known.toBody());
  };
}
