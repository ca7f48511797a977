/** Errors in the form of the compatible API: `{status, status_message, message}`, with a list of several. */
import { STATUS_CODES } from 'node:http';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { type FailureEvents, logFailure, type Refusal, refusalOf } from '../errors.ts';

/** A refusal with the wording that clients of the compatible API expect. */
export class ManagerError extends Error {
  override readonly name = 'ManagerError';
  readonly status: number;
  /** One per problem, if there are several. */
  readonly errors: readonly { field: string; message: string }[] | undefined;

  constructor(status: number, message: string, errors?: readonly { field: string; message: string }[]) {
    super(message);
    this.status = status;
    this.errors = errors;
  }
}

/** Sent as the bare text `"Not found"`, which clients compare. */
export class NotFoundText extends Error {}

export function managerErrorHandler(events: FailureEvents) {
  return async (error: unknown, request: FastifyRequest, reply: FastifyReply): Promise<void> => {
    if (error instanceof NotFoundText) {
      await reply.status(404).type('application/json; charset=utf-8').send(JSON.stringify('Not found'));
      return;
    }
    const known = error instanceof ManagerError ? error : fromDomain(refusalOf(error));
    if (known.status >= 500) logFailure(events, `${request.method} ${request.url.slice(0, 200)}`, error);
    const { status, message, errors } = known;
    const body = { status, status_message: `${status} ${STATUS_CODES[status] ?? 'Error'}`, message };
    await reply.status(status).send(errors === undefined ? body : { ...body, errors });
  };
}

function fromDomain({ status, error: { message, remedy } }: Refusal): ManagerError {
  return new ManagerError(status, remedy === undefined ? message : `${message} ${remedy}`);
}
