/** Logs through the engine's API: for Docker, and for Podman's logs that are not in a file. */
import { setTimeout as delay } from 'node:timers/promises';
import { isStatus } from '#containers-client/api.ts';
import { DeskpodError } from '#domain/errors.ts';
import type { EngineLogLine } from '#domain/ports/engine.ts';
import { LastLines } from '#domain/launches/last-lines.ts';
import { gapLine } from '#domain/launches/log-gap.ts';
import { type StampedLine, StampedLines } from '#domain/launches/log-line.ts';
import type { Context } from '../context.ts';
import { FrameReader } from '#containers-client/frames.ts';
import { type Container, isRunning } from '../pods/describe.ts';
import { ignore } from '#protocol/ignore.ts';

/** Engines count lines, the port counts bytes: one line is requested for this many bytes. */
const SHORT_LINE = 16;
/** Docker splits long lines into pieces of this size; a shorter piece is the last, with or without a line break. */
const DOCKER_PIECE = 16 * 1024;
const PAUSE_MS = 200;

interface ApiLine {
  readonly stamp: string;
  readonly line: EngineLogLine;
}

/** `last`: all lines with the last time stamp. */
export async function tailOfApi(
  context: Context,
  container: Container,
  bytes: number,
  signal: AbortSignal,
): Promise<{ kept: readonly EngineLogLine[]; last: readonly ApiLine[] }> {
  const kept = new LastLines(bytes);
  let last: ApiLine[] = [];
  for await (const one of apiLines(
    context,
    container,
    { follow: false, tail: Math.ceil(bytes / SHORT_LINE) },
    signal,
  )) {
    kept.add(one.line);
    last = withNext(last, one);
  }
  return { kept: kept.lines(), last };
}

/** The lines after these. Docker ends a stream when it rotates the log file; then it is resumed. */
export async function* followApi(
  context: Context,
  container: Container,
  after: readonly ApiLine[],
  signal: AbortSignal,
): AsyncGenerator<EngineLogLine> {
  let last = [...after];
  while (!signal.aborted) {
    const found = await context.objects.find(container.Id);
    const seen = [...last];
    const from = seen[0] ?? null;
    for await (const one of apiLines(context, container, { follow: true, since: from }, signal)) {
      if (from !== null && isSame(seen[0], one)) {
        seen.shift();
        continue;
      }
      // Earlier in the same second, or with the same time and already reported.
      if (from !== null && seen.length > 0 && one.stamp <= from.stamp) continue;
      // They are gone, and so are the lines in between.
      if (seen.splice(0).length > 0) yield gapLine({ lines: null, bytes: null });
      last = withNext(last, one);
      yield one.line;
    }
    if (found === null || !isRunning(found.container)) return;
    await delay(PAUSE_MS, undefined, { signal }).catch(ignore('the reader of the log left'));
  }
}

/** The last lines that have the same time. */
function withNext(last: ApiLine[], next: ApiLine): ApiLine[] {
  if (last[0]?.stamp !== next.stamp) return [next];
  last.push(next);
  return last;
}

function isSame(one: ApiLine | undefined, other: ApiLine): boolean {
  return one?.stamp === other.stamp && one.line.stream === other.line.stream && one.line.text === other.line.text;
}

async function* apiLines(
  context: Context,
  { Id: containerId, Name, Config }: Container,
  { follow, tail = 'all', since = null }: { follow: boolean; tail?: number | 'all'; since?: ApiLine | null },
  signal: AbortSignal,
): AsyncGenerator<ApiLine> {
  const isDocker = context.settings.flavour === 'docker';
  const from = since?.line.at ? { since: secondsOf(since.stamp, isDocker) } : {};
  const query = { stdout: true, stderr: true, timestamps: true, follow, tail, ...from };
  const reply = await context.api
    .stream('GET', `/containers/${containerId}/logs`, { query, signal })
    .catch((cause: unknown) => {
      if (!isStatus(cause, 404)) throw cause;
      throw new DeskpodError('not_found', `${Name.replace(/^\//, '')} is gone.`, { cause });
    });
  const frames = new FrameReader();
  const streams = { stdout: new StampedLines(), stderr: new StampedLines() };
  const named = (stream: 'stdout' | 'stderr', all: readonly StampedLine[]) => all.map((line) => apiLine(stream, line));
  try {
    for await (const chunk of reply) {
      if (!Buffer.isBuffer(chunk)) continue;
      if (Config.Tty) yield* named('stdout', streams.stdout.push(chunk));
      // Each frame is one piece of a line, with its own time.
      else
        for (const { stream, data } of frames.push(chunk)) {
          yield* named(stream, streams[stream].pushStamped(data));
          if (isDocker && data.length < DOCKER_PIECE) yield* named(stream, streams[stream].end());
        }
    }
    yield* named('stdout', streams.stdout.end());
    yield* named('stderr', streams.stderr.end());
  } catch (error) {
    // An abort ends the log without an error.
    if (!signal.aborted) throw error;
  } finally {
    reply.destroy();
  }
}

/** Since 1970; Podman supports whole seconds only. */
function secondsOf(stamp: string, exactly: boolean): string {
  const seconds = String(Math.floor(Date.parse(stamp) / 1000));
  const fraction = /\.(\d+)/.exec(stamp)?.[1];
  return exactly && fraction !== undefined ? `${seconds}.${fraction.padEnd(9, '0')}` : seconds;
}

function apiLine(stream: 'stdout' | 'stderr', { stamp, ...line }: StampedLine): ApiLine {
  return { stamp, line: { at: stamp === '' ? null : new Date(stamp), stream, ...line } };
}
