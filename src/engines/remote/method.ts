/**
 * How a method of the engine port becomes a message and an answer. `serve…` is the engine process's half: it parses what
 * came in, calls the engine, and has the answer in the form of JSON. The client encodes and decodes with the same schemas.
 */
import { z } from 'zod';
import { DeskpodError } from '#domain/errors.ts';
import type { Engine } from '#domain/ports/engine.ts';
import type { ExecSession } from '#domain/ports/engine-launch.ts';
import type { DisplayReports } from './display-reports.ts';
import type { Rules } from './policy.ts';

/** What a method works with in the engine process. */
export interface Serving {
  readonly engine: Engine;
  readonly rules: Rules;
  readonly displays: DisplayReports;
  readonly signal: AbortSignal;
}

interface Named<Params> {
  readonly name: string;
  readonly params: z.ZodType<Params>;
}

/** One answer, after any number of reports. */
export interface CallMethod<Params, Report, Result> extends Named<Params> {
  readonly kind: 'call';
  readonly report: z.ZodType<Report>;
  readonly result: z.ZodType<Result>;
  serveCall(params: unknown, serving: Serving, report: (value: unknown) => void): Promise<unknown>;
}

/** Any number of items. */
export interface ItemsMethod<Params, Item> extends Named<Params> {
  readonly kind: 'items';
  readonly item: z.ZodType<Item>;
  serveItems(params: unknown, serving: Serving): AsyncIterable<unknown>;
}

/** A running command. */
export interface SessionMethod<Params> extends Named<Params> {
  readonly kind: 'session';
  serveSession(params: unknown, serving: Serving): Promise<ExecSession>;
}

/** A method as the engine process sees it: without its types, which are behind its schemas. */
export type ServedMethod =
  | Pick<CallMethod<unknown, unknown, unknown>, 'kind' | 'name' | 'serveCall'>
  | Pick<ItemsMethod<unknown, unknown>, 'kind' | 'name' | 'serveItems'>
  | Pick<SessionMethod<unknown>, 'kind' | 'name' | 'serveSession'>;

export function call<Params, Result>(
  name: string,
  params: z.ZodType<Params>,
  result: z.ZodType<Result>,
  run: (serving: Serving, params: Params) => Promise<Result>,
): CallMethod<Params, never, Result> {
  return reportingCall(name, params, z.never(), result, run);
}

export function reportingCall<Params, Report, Result>(
  name: string,
  params: z.ZodType<Params>,
  report: z.ZodType<Report>,
  result: z.ZodType<Result>,
  run: (serving: Serving, params: Params, report: (value: Report) => void) => Promise<Result>,
): CallMethod<Params, Report, Result> {
  return {
    kind: 'call',
    name,
    params,
    report,
    result,
    serveCall: async (raw, serving, send) => {
      const parsed = parseParams({ name, params }, raw);
      return encode(result, await run(serving, parsed, (value) => send(encode(report, value))));
    },
  };
}

export function items<Params, Item>(
  name: string,
  params: z.ZodType<Params>,
  item: z.ZodType<Item>,
  run: (serving: Serving, params: Params) => AsyncIterable<Item>,
): ItemsMethod<Params, Item> {
  return {
    kind: 'items',
    name,
    params,
    item,
    serveItems: async function* (raw, serving) {
      const parsed = parseParams({ name, params }, raw);
      for await (const value of run(serving, parsed)) yield encode(item, value);
    },
  };
}

export function session<Params>(
  name: string,
  params: z.ZodType<Params>,
  run: (serving: Serving, params: Params) => Promise<ExecSession>,
): SessionMethod<Params> {
  return {
    kind: 'session',
    name,
    params,
    serveSession: async (raw, serving) => await run(serving, parseParams({ name, params }, raw)),
  };
}

/** A value in the form of JSON. */
export function encode<T>(schema: z.ZodType<T>, value: T): unknown {
  return z.encode(schema, value);
}

function parseParams<Params>({ name, params }: Named<Params>, raw: unknown): Params {
  const parsed = params.safeParse(raw);
  if (parsed.success) return parsed.data;
  throw invalid(name, parsed.error);
}

/** @throws DeskpodError `invalid_request` for what the engine process would refuse, before it is sent. */
export function encodeParams<Params>({ name, params }: Named<Params>, value: Params): unknown {
  const encoded = z.safeEncode(params, value);
  if (encoded.success) return encoded.data;
  throw invalid(name, encoded.error);
}

function invalid(name: string, error: z.ZodError): DeskpodError {
  const [issue] = error.issues;
  const field = issue?.path.join('.') ?? '';
  return new DeskpodError('invalid_request', `The engine does not accept this ${name}: ${field} ${issue?.message}.`, {
    ...(field === '' ? {} : { field }),
    cause: error,
  });
}
