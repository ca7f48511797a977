/** The three ways a call can fail: the server said no, nobody answered, or the answer was not one we understand. */
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

/** Whether trying again by itself makes sense: nobody answered, or whoever answers was just being replaced. */
export function isPassing(error: unknown): boolean {
  return error instanceof ConnectionError || (error instanceof ApiError && error.status >= 502);
}
