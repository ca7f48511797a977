/** Streams of the API: one that reconnects by itself (events, usage) and one that does not (a launch's log). */
import { parseJson } from '#protocol/json.ts';
import { LogLine } from '#protocol/launch.ts';
import type { z } from 'zod';
import { ConnectionError, isPermanent, ReplyError } from './errors.ts';
import type { Send } from './request.ts';
import { readSse } from './sse.ts';

export interface StreamOptions {
  readonly signal: AbortSignal;
  /** Called when the stream is open and when it is lost. */
  readonly onState?: (state: 'open' | 'lost') => void;
  /** Ends a pause between two attempts early, for example when the browser is online again. */
  readonly wake?: EventTarget;
  /** The stream is reopened after this time without data. */
  readonly idleMs?: number;
}

const FIRST_PAUSES_MS = [0, 100, 250];
const LONGEST_PAUSE_MS = 10_000;
/** After a stream that lasted this long, the next attempt is immediate. */
const GOOD_MS = 5_000;
/** Timeout for the start of the response. */
const OPEN_MS = 10_000;

/** Milliseconds before attempt `n` (from 0): at once, then 100, 250, 500 … at most 10,000, each shortened by up to a quarter. */
export function retryDelay(attempt: number, random: () => number = Math.random): number {
  const later = 250 * 2 ** Math.min(attempt - 2, 10);
  const full = FIRST_PAUSES_MS[Math.max(0, attempt)] ?? Math.min(LONGEST_PAUSE_MS, later);
  return Math.round(full * (1 - random() / 4));
}

/**
 * Yields parsed messages until the signal aborts. A lost connection is opened again; the server starts each with a
 * snapshot, so nothing is missed. A message of an unknown kind is skipped: a newer server may send some.
 * Throws ApiError when the server refuses for good (4xx, except "later" and "too many").
 */
export async function* lasting<Schema extends z.ZodType>(
  send: Send,
  path: string,
  schema: Schema,
  options: StreamOptions,
): AsyncGenerator<z.infer<Schema>> {
  const { signal, onState } = options;
  for (let attempt = 0; !signal.aborted; attempt += 1) {
    await pause(retryDelay(attempt), options);
    let since: number | null = null;
    try {
      const response = await opened(send, path, signal);
      if (!response.body) throw new ConnectionError('The stream has no body.');
      onState?.('open');
      since = performance.now();
      for await (const { data } of readSse(
        response.body,
        options.idleMs === undefined ? {} : { idleMs: options.idleMs },
      )) {
        const message = schema.safeParse(parseJson(data));
        if (message.success) yield message.data;
      }
    } catch (error) {
      if (signal.aborted) return;
      if (isPermanent(error)) throw error;
      if (error instanceof ReplyError) throw error;
    }
    if (since !== null) attempt = performance.now() - since >= GOOD_MS ? -1 : Math.min(attempt, 1);
    onState?.('lost');
  }
}

/** The answer's body may last for ever, its beginning may not be long in coming. */
async function opened(send: Send, path: string, signal: AbortSignal): Promise<Response> {
  const slow = new AbortController();
  const timer = setTimeout(() => slow.abort(new ConnectionError('The server does not answer.')), OPEN_MS);
  try {
    return await send(path, { accept: 'text/event-stream', signal: AbortSignal.any([signal, slow.signal]) });
  } finally {
    clearTimeout(timer);
  }
}

/** Yields a log from its beginning; returns when the launch is over, throws ConnectionError when the stream breaks. */
export async function* logLines(send: Send, path: string, signal: AbortSignal): AsyncGenerator<LogLine> {
  const response = await send(path, { accept: 'text/event-stream', signal });
  if (!response.body) throw new ConnectionError('The log has no body.');
  try {
    for await (const { event, data } of readSse(response.body)) {
      if (event === 'end') return;
      const line = LogLine.safeParse(parseJson(data));
      if (line.success) yield line.data;
    }
  } catch (cause) {
    signal.throwIfAborted();
    throw new ConnectionError('The log broke off.', { cause });
  }
  signal.throwIfAborted();
  throw new ConnectionError('The log broke off.');
}

function pause(ms: number, { signal, wake }: StreamOptions): Promise<void> {
  if (ms === 0 || signal.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      wake?.removeEventListener('wake', done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal.addEventListener('abort', done);
    wake?.addEventListener('wake', done);
  });
}
