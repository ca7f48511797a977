/** How a call of the cluster's API fails. */
import { ApiException } from '@kubernetes/client-node';
import { z } from 'zod';
import { messageOf } from '#domain/errors.ts';
import { parseJson } from '#protocol/json.ts';

/** The body of an API server's refusal. */
const Status = z.looseObject({ reason: z.string().nullish(), message: z.string().nullish() });

/** A call that failed: `status` is the HTTP status, 0 when the API server was not reached. */
export class ApiFault extends Error {
  override readonly name = 'ApiFault';
  readonly status: number;
  /** The reason that Kubernetes gives, for example `AlreadyExists`. */
  readonly reason: string;

  constructor(message: string, status: number, reason: string, cause: unknown) {
    super(message, { cause });
    this.status = status;
    this.reason = reason;
  }
}

export function hasStatus(error: unknown, ...statuses: number[]): boolean {
  return error instanceof ApiFault && statuses.includes(error.status);
}

/** Of the body of a refusal. */
export function refusedBy(status: number, body: string): ApiFault {
  const words = Status.safeParse(parseJson(body)).data;
  return new ApiFault(words?.message ?? 'It was refused.', status, words?.reason ?? '', null);
}

export function toFault(error: unknown, server: string): ApiFault {
  if (error instanceof ApiException) {
    const status = Status.safeParse(typeof error.body === 'string' ? parseJson(error.body) : error.body);
    const { message, reason } = status.success ? status.data : {};
    return new ApiFault(message ?? error.message, error.code, reason ?? '', error);
  }
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  return new ApiFault(`The cluster's API server ${server} does not answer: ${messageOf(cause)}`, 0, '', error);
}

/** Runs a removal. It is no error when the object is already gone. */
export async function ifThere(remove: () => Promise<unknown>): Promise<void> {
  try {
    await remove();
  } catch (error) {
    if (!hasStatus(error, 404)) throw error;
  }
}

/** Null when there is no such object. */
export async function readIfThere<T>(read: () => Promise<T>): Promise<T | null> {
  try {
    return await read();
  } catch (error) {
    if (hasStatus(error, 404)) return null;
    throw error;
  }
}
