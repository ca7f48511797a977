/** The three ways a call can fail: the server refused, it did not answer, or its reply was invalid. */
import type { ErrorBody, ErrorCode } from '#protocol/errors.ts';

/** The server refused; `code` is from its closed list, `message` and `remedy` are for people. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly status: number;
  readonly code: ErrorCode;
  readonly field: string | undefined;
  readonly remedy: string | undefined;

  constructor(status: number, { error }: ErrorBody) {
    super(error.message);
    this.status = status;
    this.code = error.code;
    this.field = error.field;
    this.remedy = error.remedy;
  }
}

/** No answer, or one that broke off. The request may or may not have been carried out. */
export class ConnectionError extends Error {
  override readonly name = 'ConnectionError';
}

/** An answer that does not fit the protocol: most often another version of the server. */
export class ReplyError extends Error {
  override readonly name = 'ReplyError';
}

/** Answers that say "not now": the same request may be granted later. */
const LATER: ReadonlySet<number> = new Set([408, 425, 429]);

/** Whether the server said no in a way that trying again does not change. */
export function isPermanent(error: unknown): error is ApiError {
  return error instanceof ApiError && error.status >= 400 && error.status < 500 && !LATER.has(error.status);
}

/** Whether an automatic retry makes sense: the server did not answer, or is being replaced. */
export function isPassing(error: unknown): boolean {
  return error instanceof ConnectionError || (error instanceof ApiError && error.status >= 502);
}
