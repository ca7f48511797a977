/** Errors on their way from the engine process to the server process. */
import { z } from 'zod';
import { DeskpodError, messageOf } from '#domain/errors.ts';
import { ErrorCode } from '#protocol/errors.ts';

const LONGEST_CAUSE = 4_096;

/** Everything that a {@link DeskpodError} has; of its cause the message alone, for logs. */
export const WireError = z.object({
  code: ErrorCode,
  message: z.string(),
  field: z.string().exactOptional(),
  remedy: z.string().exactOptional(),
  cause: z.string().exactOptional(),
  /** The work ended because the client aborted it; the client knows why. */
  aborted: z.literal(true).exactOptional(),
});
export type WireError = z.infer<typeof WireError>;

/** An error without a code says nothing to the other process: its message may have paths and secrets of this one. */
export function toWire(error: unknown): WireError {
  if (!(error instanceof DeskpodError))
    return {
      code: 'internal_error',
      message: 'The engine process failed.',
      remedy: 'Its log has the reason.',
    };
  const { code, message, field, remedy, cause } = error;
  return {
    code,
    message,
    ...(field === undefined ? {} : { field }),
    ...(remedy === undefined ? {} : { remedy }),
    ...(cause === undefined ? {} : { cause: messageOf(cause).slice(0, LONGEST_CAUSE) }),
  };
}

export function fromWire({ code, message, field, remedy, cause }: WireError): DeskpodError {
  return new DeskpodError(code, message, {
    ...(field === undefined ? {} : { field }),
    ...(remedy === undefined ? {} : { remedy }),
    ...(cause === undefined ? {} : { cause: new Error(cause) }),
  });
}
