/** Logs of containers, from the kubelet: with times, both streams as one, because Kubernetes does not separate them. */
import { stringify } from 'node:querystring';
import type { Readable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import type { EngineLogLine } from '#domain/ports/engine.ts';
import { DeskpodError } from '#domain/errors.ts';
import { ignore } from '#protocol/ignore.ts';
import { LastLines } from '#domain/launches/last-lines.ts';
import { gapLine, keepingUp } from '#domain/launches/log-gap.ts';
import { type StampedLine, StampedLines } from '#domain/launches/log-line.ts';
import type { ClusterApi } from '../cluster/api.ts';
import { hasStatus } from '../cluster/api-fault.ts';

export interface LogOptions {
  readonly follow: boolean;
  readonly tailBytes: number;
}

/** The API counts lines, not bytes: enough lines of this length are requested for the number of bytes. */
const SHORT_LINE = 8;
const FEWEST_LINES = 100;
const MOST_LINES = 50_000;
const FIRST_PAUSE_MS = 50;
const LAST_PAUSE_MS = 2_000;

export interface LogTarget {
  readonly api: ClusterApi;
  readonly namespace: string;
  readonly pod: string;
  readonly container: string;
  /** Whether more may come: then an interrupted stream is resumed. */
  runs(): boolean;
}

export async function* readLogs(
  ref: LogTarget,
  { follow, tailBytes }: LogOptions,
  signal: AbortSignal,
): AsyncGenerator<EngineLogLine> {
  const tailLines = Math.min(Math.max(Math.ceil(tailBytes / SHORT_LINE), FEWEST_LINES), MOST_LINES);
  if (!follow) {
    const body = await begin(ref, { tailLines }, signal);
    if (body) yield* await lastBytes(linesOf(body), tailBytes);
    return;
  }
  // The kubelet deletes a log file when it has rotated twice.
  yield* keepingUp((inner) => followed(ref, tailLines, inner), signal);
}

async function* followed(ref: LogTarget, tailLines: number, signal: AbortSignal): AsyncGenerator<EngineLogLine> {
  let last: Stamped | null = null;
  for (let pauseMs = FIRST_PAUSE_MS; !signal.aborted; pauseMs = Math.min(pauseMs * 2, LAST_PAUSE_MS)) {
    const running = ref.runs();
    const from = last?.line.at ? { sinceTime: last.line.at.toISOString() } : { tailLines };
    const body = await begin(ref, { ...from, follow: true }, signal);
    const before = last?.stamp ?? '';
    let isAfterGap = before !== '';
    try {
      for await (const one of body ? linesOf(body) : []) {
        // `sinceTime` has milliseconds only: some lines come again, at least the last one.
        const isKnown = one.stamp !== '' && one.stamp <= before;
        if (isAfterGap && !isKnown) yield gapLine({ lines: null, bytes: null });
        isAfterGap = false;
        if (isKnown) continue;
        if (one.stamp !== '') last = one;
        pauseMs = FIRST_PAUSE_MS;
        yield one.line;
      }
    } catch (error) {
      ignore('the log was cut; it goes on if its container does')(error);
    } finally {
      body?.destroy();
    }
    if (!running) return;
    await delay(pauseMs, undefined, { signal }).catch(ignore('the reader of the log left'));
  }
}

interface Stamped {
  readonly line: EngineLogLine;
  /** Of equal length, so that they sort; empty when there is none. */
  readonly stamp: string;
}

/** Null when there is no log yet, or after an abort. Ends with the signal. */
async function begin(
  { api, namespace, pod, container }: LogTarget,
  options: Readonly<Record<string, string | number | boolean>>,
  signal: AbortSignal,
): Promise<Readable | null> {
  if (signal.aborted) return null;
  const query = stringify({ container, timestamps: true, ...options });
  try {
    return await api.stream(`/api/v1/namespaces/${namespace}/pods/${pod}/log?${query}`, signal);
  } catch (cause) {
    // 400: the container or its pod has not started.
    if (signal.aborted || hasStatus(cause, 400)) return null;
    if (hasStatus(cause, 404)) throw new DeskpodError('not_found', `There is no ${pod}.`, { cause });
    throw new DeskpodError('engine_unavailable', `The log of ${container} cannot be read.`, { cause });
  }
}

async function* linesOf(body: Readable): AsyncGenerator<Stamped> {
  body.on('error', () => {});
  const lines = new StampedLines();
  for await (const chunk of body) if (Buffer.isBuffer(chunk)) yield* lines.push(chunk).map(stamped);
  yield* lines.end().map(stamped);
}

async function lastBytes(lines: AsyncIterable<Stamped>, most: number): Promise<readonly EngineLogLine[]> {
  const kept = new LastLines(most);
  for await (const { line } of lines) kept.add(line);
  return kept.lines();
}

/** Kubernetes omits zeros at the end of a fraction: `2026-11-26T03:11:14.12Z`. */
function stamped({ stamp, ...line }: StampedLine): Stamped {
  const [, seconds = '', fraction = ''] = /^(.*T[\d:]+)(?:\.(\d+))?Z$/.exec(stamp) ?? [];
  const at = stamp === '' ? null : new Date(stamp);
  return { line: { at, stream: 'stdout', ...line }, stamp: seconds && `${seconds}.${fraction.padEnd(9, '0')}` };
}
