/** JSON columns: parsed by their schema whenever they are read. */
import type { z } from 'zod';
import { DeskpodError } from '#domain/errors.ts';

/** `what` names the row for the administrator, for example `app x:latest`. */
export function readJson<T extends z.ZodType>(schema: T, text: string, what: string): z.output<T> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw damaged(what, 'it is not JSON', cause);
  }
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  throw damaged(what, `${issue?.path.join('.') || 'value'}: ${issue?.message ?? 'invalid'}`, result.error);
}

/** For columns that hold one word of a closed list. */
export function readWord<T extends z.ZodType>(schema: T, word: string, what: string): z.output<T> {
  const result = schema.safeParse(word);
  if (result.success) return result.data;
  throw damaged(what, `“${word}” is not a value it can have`, result.error);
}

function damaged(what: string, why: string, cause: unknown): DeskpodError {
  return new DeskpodError('internal_error', `The stored ${what} cannot be read: ${why}.`, {
    remedy: 'Restore the database from a copy, or remove this row and enter it again.',
    cause,
  });
}
