/** What a container printed, line by line: the past up to a bound, then what comes. */
import { once } from 'node:events';
import { StringDecoder } from 'node:string_decoder';
import type { EngineLogLine } from '#domain/engine.ts';
import type { Context } from './context.ts';
import { FrameReader } from './frames.ts';
import { followFile, tailOfFile } from './log-file.ts';
import type { Container } from './objects.ts';

/** A line without end is cut here. */
const MAX_LINE = 64 * 1024;
/** Engines count lines, we count bytes: this many bytes of past are asked for as one line. */
const SHORT_LINE = 16;
const LAST_WORDS_BYTES = 2_048;

export interface LogOptions {
  readonly follow: boolean;
  readonly tailBytes: number;
}

export async function* readLogs(
  context: Context,
  container: Container,
  options: LogOptions,
  signal: AbortSignal,
): AsyncGenerator<EngineLogLine> {
  if (context.around.flavour === 'podman' && container.LogPath !== '') {
    yield* readFile(context, container, options, signal);
    return;
  }
  const { kept, latest } = await tail(context, container, options.tailBytes, signal);
  yield* kept;
  // Whoever aborts has heard enough.
  if (!options.follow || signal.aborted) return;
  // From the second of the last line on, once more; what is new in it comes after all that was seen of it.
  const seen = [...latest];
  const since = latest[0] ? secondOf(latest[0]) : null;
  for await (const line of lines(context, container, { follow: true, since }, signal)) {
    if (seen[0] === undefined || secondOf(line) !== since) yield line;
    else if (isSame(seen[0], line)) seen.shift();
  }
}

/** Since 1970: finer than that, not every engine takes it. */
function secondOf({ at }: EngineLogLine): number {
  return Math.floor((at?.getTime() ?? 0) / 1000);
}

function isSame(one: EngineLogLine, other: EngineLogLine): boolean {
  return one.at?.getTime() === other.at?.getTime() && one.stream === other.stream && one.text === other.text;
}

async function* readFile(
  context: Context,
  { Id, LogPath }: Container,
  { follow, tailBytes }: LogOptions,
  outer: AbortSignal,
): AsyncGenerator<EngineLogLine> {
  if (!follow) {
    yield* await tailOfFile(LogPath, tailBytes);
    return;
  }
  const over = new AbortController();
  const signal = AbortSignal.any([outer, over.signal]);
  try {
    const ended = context.api.stream('POST', `/containers/${Id}/wait`, { query: { condition: 'not-running' }, signal });
    yield* followFile(
      LogPath,
      tailBytes,
      ended.then((reply) => once(reply.resume(), 'end', { signal })),
      outer,
    );
  } finally {
    over.abort();
  }
}

/** The last lines of a container that ended before it should have; empty when there are none. */
export async function lastWords(context: Context, containerId: string): Promise<string> {
  try {
    const found = await context.objects.find(containerId);
    const words: string[] = [];
    const options = { follow: false, tailBytes: LAST_WORDS_BYTES };
    if (found)
      for await (const { text } of readLogs(context, found.container, options, AbortSignal.timeout(5_000)))
        words.push(text);
    return words.slice(-5).join(' / ');
  } catch {
    return '';
  }
}

/** `latest`: those of the last second, whether they fitted or not. */
async function tail(
  context: Context,
  container: Container,
  bytes: number,
  signal: AbortSignal,
): Promise<{ kept: EngineLogLine[]; latest: EngineLogLine[] }> {
  const kept: EngineLogLine[] = [];
  let latest: EngineLogLine[] = [];
  let size = 0;
  for await (const line of lines(context, container, { follow: false, tail: Math.ceil(bytes / SHORT_LINE) }, signal)) {
    kept.push(line);
    if (latest[0] && secondOf(latest[0]) === secondOf(line)) latest.push(line);
    else latest = [line];
    size += Buffer.byteLength(line.text) + 1;
    while (size > bytes) size -= Buffer.byteLength(kept.shift()?.text ?? '') + 1;
  }
  return { kept, latest };
}

async function* lines(
  context: Context,
  { Id: containerId, Config }: Container,
  { follow, tail = 'all', since = null }: { follow: boolean; tail?: number | 'all'; since?: number | null },
  signal: AbortSignal,
): AsyncGenerator<EngineLogLine> {
  const query = { stdout: true, stderr: true, timestamps: true, follow, tail, ...(since === null ? {} : { since }) };
  const reply = await context.api.stream('GET', `/containers/${containerId}/logs`, { query, signal });
  const frames = new FrameReader();
  const cutters = { stdout: new LineCutter('stdout'), stderr: new LineCutter('stderr') };
  try {
    for await (const chunk of reply) {
      if (!Buffer.isBuffer(chunk)) continue;
      if (Config.Tty) yield* cutters.stdout.push(chunk);
      else for (const { stream, data } of frames.push(chunk)) yield* cutters[stream].push(data);
    }
    yield* cutters.stdout.end();
    yield* cutters.stderr.end();
  } catch (error) {
    // Whoever aborts has heard enough.
    if (!signal.aborted) throw error;
  } finally {
    reply.destroy();
  }
}

/** Joins what the engine split and splits what it joined; takes the time off the front of each line. */
export class LineCutter {
  readonly #stream: 'stdout' | 'stderr';
  readonly #decoder = new StringDecoder('utf8');
  #rest = '';

  constructor(stream: 'stdout' | 'stderr') {
    this.#stream = stream;
  }

  push(data: Buffer): EngineLogLine[] {
    const parts = (this.#rest + this.#decoder.write(data)).split('\n');
    this.#rest = parts.pop() ?? '';
    const complete = parts.map((part) => this.#line(part));
    if (this.#rest.length > MAX_LINE) complete.push(...this.end());
    return complete;
  }

  /** What was printed after the last line break. */
  end(): EngineLogLine[] {
    const rest = this.#rest;
    this.#rest = '';
    return rest === '' ? [] : [this.#line(rest)];
  }

  #line(raw: string): EngineLogLine {
    const [, time, text] = /^(\d{4}-\d\d-\d\dT\S+) (.*)$/s.exec(raw) ?? [];
    const at = time === undefined ? null : new Date(time);
    if (at === null || Number.isNaN(at.getTime()))
      return { at: null, stream: this.#stream, text: raw.replace(/\r$/, '') };
    return { at, stream: this.#stream, text: (text ?? '').replace(/\r$/, '') };
  }
}
