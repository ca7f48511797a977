/** Logs of containers, as the kubelet keeps them: with times, both streams as one (Kubernetes does not tell them apart). */
import { PassThrough } from 'node:stream';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { Log, type LogOptions as ApiLogOptions } from '@kubernetes/client-node';
import { z } from 'zod';
import type { EngineLogLine } from '#domain/engine.ts';
import { DeskpodError } from '#domain/errors.ts';
import type { ClusterApi } from './api.ts';

export interface LogOptions {
  readonly follow: boolean;
  readonly tailBytes: number;
}

/** The API can be asked for lines, not for bytes: of lines this short there are enough for any number of bytes. */
const SHORT_LINE = 8;
const FEWEST_LINES = 100;
const MOST_LINES = 50_000;
const FIRST_PAUSE_MS = 50;
const LAST_PAUSE_MS = 2_000;

export interface LogPlace {
  readonly api: ClusterApi;
  readonly namespace: string;
  readonly pod: string;
  readonly container: string;
  /** Whether more may come: a stream that is cut is then taken up again. */
  runs(): boolean;
}

export async function* readLogs(
  place: LogPlace,
  { follow, tailBytes }: LogOptions,
  signal: AbortSignal,
): AsyncGenerator<EngineLogLine> {
  const tailLines = Math.min(Math.max(Math.ceil(tailBytes / SHORT_LINE), FEWEST_LINES), MOST_LINES);
  if (!follow) {
    const body = await begin(place, { tailLines, timestamps: true }, signal);
    if (body) yield* await lastBytes(body, tailBytes);
    return;
  }
  let last: Date | null = null;
  for (let pauseMs = FIRST_PAUSE_MS; !signal.aborted; pauseMs = Math.min(pauseMs * 2, LAST_PAUSE_MS)) {
    const from = last === null ? { tailLines } : { sinceTime: last.toISOString() };
    const running = place.runs();
    const body = await begin(place, { ...from, follow: true, timestamps: true }, signal);
    try {
      for await (const line of body ? linesOf(body) : []) {
        // The time to go on from has only milliseconds, so the last lines come again.
        if (last !== null && line.at !== null && line.at <= last) continue;
        last = line.at ?? last;
        pauseMs = FIRST_PAUSE_MS;
        yield line;
      }
    } catch {
      // Cut: what follows decides whether it goes on.
    }
    if (!running) return;
    await delay(pauseMs, undefined, { signal }).catch(() => undefined);
  }
}

/** Null when there is no log yet, or it is not wanted any more. Ends with the signal. */
async function begin(place: LogPlace, options: ApiLogOptions, signal: AbortSignal): Promise<PassThrough | null> {
  if (signal.aborted) return null;
  const body = new PassThrough();
  body.on('error', () => {});
  try {
    const request = await new Log(place.api.config).log(place.namespace, place.pod, place.container, body, options);
    const stop = (): void => {
      request.abort();
      body.destroy();
    };
    body.once('close', () => {
      signal.removeEventListener('abort', stop);
      request.abort();
    });
    if (signal.aborted) stop();
    else signal.addEventListener('abort', stop, { once: true });
    return body;
  } catch (cause) {
    const code = z.looseObject({ code: z.int() }).safeParse(cause).data?.code;
    // The container, or its pod, waits to start.
    if (code === 400) return null;
    if (code === 404) throw new DeskpodError('not_found', `There is no ${place.pod}.`, { cause });
    throw new DeskpodError('engine_unavailable', `The log of ${place.container} cannot be read.`, { cause });
  }
}

async function* linesOf(body: PassThrough): AsyncGenerator<EngineLogLine> {
  for await (const line of createInterface({ input: body, crlfDelay: Infinity })) yield parseLine(line);
}

/** Whole lines, together at most this many bytes. */
async function lastBytes(body: PassThrough, most: number): Promise<EngineLogLine[]> {
  const kept: EngineLogLine[] = [];
  let bytes = 0;
  for await (const line of linesOf(body)) {
    kept.push(line);
    bytes += size(line);
    while (bytes > most && kept.length > 0) {
      const first = kept.shift();
      if (first) bytes -= size(first);
    }
  }
  return kept;
}

function size({ text }: EngineLogLine): number {
  return Buffer.byteLength(text) + 1;
}

/** `2026-11-26T03:11:14.123456789Z text` */
function parseLine(line: string): EngineLogLine {
  const space = line.indexOf(' ');
  const at = new Date(line.slice(0, space));
  if (space < 0 || Number.isNaN(at.getTime())) return { at: null, stream: 'stdout', text: line };
  return { at, stream: 'stdout', text: line.slice(space + 1) };
}
