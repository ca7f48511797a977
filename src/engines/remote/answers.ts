/** What the engine process sent, in the server process: values, errors, and no answer at all. */
import { z } from 'zod';
import { DeskpodError } from '#domain/errors.ts';
import { parseJson } from '#protocol/json.ts';
import { fromWire, WireError } from './errors.ts';

const Value = z.object({ value: z.unknown().optional() });

/** The body of a report, item or result. */
export function valueIn<T>(name: string, schema: z.ZodType<T>, body: Buffer): T {
  return parsed(name, schema, jsonIn(name, Value, body).value);
}

/** A body that is a JSON object of its own. */
export function jsonIn<T>(name: string, schema: z.ZodType<T>, body: Buffer): T {
  return parsed(name, schema, parseJson(body.toString('utf8')));
}

/** @throws DeskpodError `engine_unavailable` for what is not an answer to `name`. */
export function parsed<T>(name: string, schema: z.ZodType<T>, value: unknown): T {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  throw new DeskpodError('engine_unavailable', `The engine process answered ${name} with something unexpected.`, {
    remedy: 'Restart it: it may be of another version.',
    cause: result.error,
  });
}

/** The signal's reason, if the work ended because of it. */
export function errorIn(name: string, body: Buffer, signal: AbortSignal): unknown {
  const error = jsonIn(name, WireError, body);
  return error.aborted && signal.aborted ? signal.reason : fromWire(error);
}

/** The engine process does not answer, or ended during the answer. */
export function gone(name: string, cause?: unknown): DeskpodError {
  return new DeskpodError('engine_unavailable', `The engine process is gone: ${name} was not answered.`, {
    remedy: 'Check that it runs; its log says why it ended.',
    cause,
  });
}
