import type { ErrorCode } from '../protocol/errors.ts';

/** A failure with a name. Adapters translate their vendor's errors into these where they happen and keep the `cause`. */
export class DeskpodError extends Error {
  override readonly name = 'DeskpodError';
  readonly code: ErrorCode;
  readonly field: string | undefined;
  readonly remedy: string | undefined;

  constructor(code: ErrorCode, message: string, more: { field?: string; remedy?: string; cause?: unknown } = {}) {
    super(message, { cause: more.cause });
    this.code = code;
    this.field = more.field;
    this.remedy = more.remedy;
  }
}
