/** A container's log, line by line: the past up to a limit, then new lines. */
import type { EngineLogLine } from '#domain/ports/engine.ts';
import { keepingUp } from '#domain/launches/log-gap.ts';
import { plainText } from '#protocol/escapes.ts';
import { followApi, tailOfApi } from './api-logs.ts';
import type { Context } from '../context.ts';
import { followFile, tailOfFile } from './log-file.ts';
import type { Container } from '../pods/describe.ts';
import { waitForEnd } from '../pods/wait-for-end.ts';
import { ignore } from '#protocol/ignore.ts';

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
  if (context.settings.flavour === 'podman' && container.LogPath !== '') {
    yield* readFile(context, container, options, signal);
    return;
  }
  const { kept, last } = await tailOfApi(context, container, options.tailBytes, signal);
  yield* kept;
  // An abort ends the log without an error.
  if (!options.follow || signal.aborted) return;
  yield* keepingUp((inner) => followApi(context, container, last, inner), signal);
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
  const done = new AbortController();
  const signal = AbortSignal.any([outer, done.signal]);
  try {
    yield* followFile(LogPath, tailBytes, waitForEnd(context, Id, signal), outer);
  } finally {
    done.abort();
  }
}

/** The last lines of a container that ended too early; empty when there are none. */
export async function lastWords(context: Context, containerId: string): Promise<string> {
  try {
    const found = await context.objects.find(containerId);
    const words: string[] = [];
    const options = { follow: false, tailBytes: LAST_WORDS_BYTES };
    if (found)
      for await (const { text } of readLogs(context, found.container, options, AbortSignal.timeout(5_000)))
        words.push(plainText(text));
    return words.slice(-5).join(' / ');
  } catch (error) {
    return ignore('the log only explains another error', '')(error);
  }
}
