/** Logs of containers, as the kubelet keeps them: with times, both streams as one (Kubernetes does not tell them apart). */
import { stringify } from 'node:querystring';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import type { EngineLogLine } from '#domain/engine.ts';
import { DeskpodError } from '#domain/errors.ts';
import { type ClusterApi, hasStatus } from './api.ts';

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
  /** What it prints is for a terminal, where a return alone ends no line. */
  readonly terminal: boolean;
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
    const body = await begin(place, { tailLines }, signal);
    if (body) yield* await lastBytes(linesOf(body, place.terminal), tailBytes);
    return;
  }
  let last: Stamped | null = null;
  for (let pauseMs = FIRST_PAUSE_MS; !signal.aborted; pauseMs = Math.min(pauseMs * 2, LAST_PAUSE_MS)) {
    const running = place.runs();
    const from = last?.line.at ? { sinceTime: last.line.at.toISOString() } : { tailLines };
    const body = await begin(place, { ...from, follow: true }, signal);
    const before = last?.stamp ?? '';
    try {
      for await (const one of body ? linesOf(body, place.terminal) : []) {
        // What it goes on from has only milliseconds: some lines come again.
        if (one.stamp !== '' && one.stamp <= before) continue;
        last = one;
        pauseMs = FIRST_PAUSE_MS;
        yield one.line;
      }
    } catch {
      // Cut: what follows decides whether it goes on.
    } finally {
      body?.destroy();
    }
    if (!running) return;
    await delay(pauseMs, undefined, { signal }).catch(() => undefined);
  }
}

interface Stamped {
  readonly line: EngineLogLine;
  /** Of equal length, so that they sort; empty when there is none. */
  readonly stamp: string;
}

/** Null when there is no log yet, or it is not wanted any more. Ends with the signal. */
async function begin(
  { api, namespace, pod, container }: LogPlace,
  options: Readonly<Record<string, string | number | boolean>>,
  signal: AbortSignal,
): Promise<Readable | null> {
  if (signal.aborted) return null;
  const query = stringify({ container, timestamps: true, ...options });
  try {
    return await api.stream(`/api/v1/namespaces/${namespace}/pods/${pod}/log?${query}`, signal);
  } catch (cause) {
    // 400: the container, or its pod, waits to start.
    if (signal.aborted || hasStatus(cause, 400)) return null;
    if (hasStatus(cause, 404)) throw new DeskpodError('not_found', `There is no ${pod}.`, { cause });
    throw new DeskpodError('engine_unavailable', `The log of ${container} cannot be read.`, { cause });
  }
}

async function* linesOf(body: Readable, terminal: boolean): AsyncGenerator<Stamped> {
  body.on('error', () => {});
  const lines = terminal ? fed(body) : createInterface({ input: body, crlfDelay: Infinity });
  for await (const line of lines) yield parseLine(line);
}

/** Lines that end with a line feed and nothing else. */
async function* fed(body: Readable): AsyncGenerator<string> {
  let rest = '';
  body.setEncoding('utf8');
  for await (const chunk of body) {
    const lines = `${rest}${String(chunk)}`.split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) yield line.replace(/\r$/, '');
  }
  if (rest !== '') yield rest;
}

/** Whole lines, together at most this many bytes. */
async function lastBytes(lines: AsyncIterable<Stamped>, most: number): Promise<EngineLogLine[]> {
  const kept: EngineLogLine[] = [];
  let bytes = 0;
  for await (const { line } of lines) {
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

/** `2026-11-26T03:11:14.123456789Z text`; zeros at the end of a fraction are left out. */
function parseLine(text: string): Stamped {
  const [, seconds = '', fraction = '', rest = ''] = /^(\S+T[\d:]+)(?:\.(\d+))?Z (.*)$/s.exec(text) ?? [];
  if (seconds === '') return { line: { at: null, stream: 'stdout', text }, stamp: '' };
  const at = new Date(`${seconds}.${fraction.padEnd(3, '0').slice(0, 3)}Z`);
  return { line: { at, stream: 'stdout', text: rest }, stamp: `${seconds}.${fraction.padEnd(9, '0')}` };
}
