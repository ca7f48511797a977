/** The one place where a failure becomes an HTTP answer. */
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import { hasZodFastifySchemaValidationErrors } from 'fastify-type-provider-zod';
import { DeskpodError } from '#domain/errors.ts';
import type { ErrorBody, ErrorCode } from '#protocol/errors.ts';

export const STATUS: Readonly<Record<ErrorCode, number>> = {
  invalid_request: 400,
  not_authenticated: 401,
  login_refused: 401,
  too_many_attempts: 429,
  forbidden: 403,
  not_found: 404,
  conflict: 409,
  desktop_missing: 409,
  app_unavailable: 409,
  runtime_refused: 422,
  profile_refused: 422,
  no_such_program: 422,
  limit_reached: 409,
  name_taken: 409,
  engine_unavailable: 503,
  directory_unavailable: 503,
  store_unavailable: 503,
  timeout: 504,
  unsupported_media_type: 415,
  payload_too_large: 413,
  internal_error: 500,
};

const RETRY_AFTER_SECONDS = 2;

const BY_STATUS: Readonly<Record<number, ErrorCode>> = {
  400: 'invalid_request',
  404: 'not_found',
  413: 'payload_too_large',
  415: 'unsupported_media_type',
  429: 'too_many_attempts',
};

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
  const { statusCode, message } = describe(error);
  const code = statusCode === undefined ? undefined : BY_STATUS[statusCode];
  if (code) return new DeskpodError(code, message, { cause: error });
  return new DeskpodError('internal_error', 'Something went wrong on the server.', {
    cause: error,
    remedy: 'Try again; if it stays, the server log says more.',
  });
}

function describe(error: unknown): Partial<FastifyError> & { message: string } {
  if (!(error instanceof Error)) return { message: String(error) };
  return 'statusCode' in error && typeof error.statusCode === 'number'
    ? { statusCode: error.statusCode, message: error.message }
    : { message: error.message };
}

export function errorBody({ code, message, field, remedy }: DeskpodError): ErrorBody {
  return { error: { code, message, ...(field ? { field } : {}), ...(remedy ? { remedy } : {}) } };
}

export function errorHandler(failed: (what: string, error: unknown) => void) {
  return async (error: unknown, request: FastifyRequest, reply: FastifyReply): Promise<void> => {
    const known = toDeskpodError(error);
    if (STATUS[known.code] >= 500)
      failed(`${request.method} ${request.routeOptions.url ?? request.url}`, known.cause ?? known);
    if (STATUS[known.code] === 503) void reply.header('retry-after', RETRY_AFTER_SECONDS);
    await reply.status(STATUS[known.code]).send(errorBody(known));
  };
}
