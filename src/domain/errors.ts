import type { ErrorBody, ErrorCode } from '../protocol/errors.ts';

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

  /** Message and remedy as one text. */
  toSentence(): string {
    return this.remedy === undefined ? this.message : `${withPeriod(this.message)} ${this.remedy}`;
  }

  /** The body of the response. */
  toBody(): ErrorBody {
    const { code, message, field, remedy } = this;
    return { error: { code, message, ...(field ? { field } : {}), ...(remedy ? { remedy } : {}) } };
  }
}

/** Messages of engines and systems may or may not end with a period. */
export function withPeriod(text: string): string {
  const trimmed = text.trim();
  return /[.!?]$/.test(trimmed) ? trimmed : `${trimmed}.`;
}

/** The message of anything that was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** What people read about anything that was thrown: with the remedy if it has one. */
export function sentenceOf(error: unknown): string {
  return error instanceof DeskpodError ? error.toSentence() : messageOf(error);
}

/** Anything that was thrown, as an error. */
export function toError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(messageOf(thrown), { cause: thrown });
}
