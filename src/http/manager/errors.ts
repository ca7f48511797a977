/** Failures as the compatible API answers them: `{status, status_message, message}`, with a list where there are many. */
import { STATUS_CODES } from 'node:http';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { DeskpodError } from '#domain/errors.ts';
import { STATUS, toDeskpodError } from '../errors.ts';

/** A refusal whose words clients of the compatible API look for. */
export class ManagerError extends Error {
  override readonly name = 'ManagerError';
  readonly status: number;
  /** One per complaint when there are several. */
  readonly errors: readonly { field: string; message: string }[] | undefined;

  constructor(status: number, message: string, errors?: readonly { field: string; message: string }[]) {
    super(message);
    this.status = status;
    this.errors = errors;
  }
}

/** Answered as the bare text `"Not found"`, which clients compare. */
export class NotFoundText extends Error {}

export function managerErrorHandler(failed: (what: string, error: unknown) => void) {
  return async (error: unknown, request: FastifyRequest, reply: FastifyReply): Promise<void> => {
    if (error instanceof NotFoundText) {
      await reply.status(404).type('application/json; charset=utf-8').send(JSON.stringify('Not found'));
      return;
    }
    const known = error instanceof ManagerError ? error : fromDomain(toDeskpodError(error));
    if (known.status >= 500) failed(`${request.method} ${request.url.slice(0, 200)}`, error);
    const { status, message, errors } = known;
    const body = { status, status_message: `${status} ${STATUS_CODES[status] ?? 'Error'}`, message };
    await reply.status(status).send(errors === undefined ? body : { ...body, errors });
  };
}

function fromDomain({ code, message, remedy }: DeskpodError): ManagerError {
  return new ManagerError(STATUS[code], remedy === undefined ? message : `${message} ${remedy}`);
}
