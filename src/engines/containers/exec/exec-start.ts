/** The start of a command: its process, or why the engine could not start it. */
import { once } from 'node:events';
import type { Duplex, Readable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import type { ExecSpec } from '#domain/ports/engine-launch.ts';
import { DeskpodError } from '#domain/errors.ts';
import { ignore } from '#protocol/ignore.ts';
import type { Carried } from '#containers-client/frames.ts';
import type { Context } from '../context.ts';
import type { Container } from '../pods/describe.ts';
import { refuseIfOver } from '../pods/wait-ended.ts';
import { inspectExec } from './exec-end.ts';

const START_TIMEOUT_MS = 10_000;
const START_LOOK_MS = 10;
const WORDS_MS = 500;
/** The exit code of shells for a program that cannot run; engines use it, too. */
const NOT_STARTED = new Set([126, 127]);
const WORDS_OF_ENGINES = /^(?:OCI runtime exec failed|Error: (?:runc|crun)): /;

/**
 * The host pid once the command runs; null if it has already ended. Engines report a missing program only by a message
 * in the stream.
 */
export async function started(
  context: Context,
  container: Container,
  execId: string,
  { stream, stderr }: Carried,
  { command }: ExecSpec,
  signal: AbortSignal,
): Promise<number | null> {
  const until = Date.now() + START_TIMEOUT_MS;
  for (let state = await inspectExec(context, execId); state !== null; state = await inspectExec(context, execId)) {
    signal.throwIfAborted();
    if (state.Running && state.Pid > 0) return state.Pid;
    if (!state.Running && NOT_STARTED.has(state.ExitCode ?? 0)) {
      const words = (stderr && (await peek(stderr))) || (await peek(stream));
      if (WORDS_OF_ENGINES.test(words)) await refuseNotStarted(context, container, command[0] ?? '', words);
      return null;
    }
    if (!state.Running && state.ExitCode != null) return null;
    if (Date.now() > until) return null;
    await delay(START_LOOK_MS, undefined, { signal });
  }
  return null;
}

/** Returns when the engine's message is about something else: then it is the output. */
async function refuseNotStarted(context: Context, container: Container, program: string, words: string): Promise<void> {
  const cause = new Error(words.trim());
  if (namesNoProgram(words))
    throw new DeskpodError('no_such_program', `There is no program ${program} in it.`, {
      remedy: 'Start a toolbox beside it, which brings its own programs.',
      cause,
    });
  if (namesNoExecutable(words))
    throw new DeskpodError('not_executable', `${program} cannot be executed there: permission denied.`, { cause });
  await refuseIfOver(context, container, cause);
}

/** Whether this message of an engine means a missing program, and not a missing folder. */
export function namesNoProgram(words: string): boolean {
  return /(?:exec: "|executable )[^\n]*(?:not found|no such file or directory)/i.test(words);
}

/** Whether it means that the file is no program or is a folder. */
function namesNoExecutable(words: string): boolean {
  return /(?:exec: "|executable|exec )[^\n]*(?:permission denied|is a directory)/i.test(words);
}

/** The output so far, which stays in the stream for its reader. */
async function peek(stream: Duplex | Readable): Promise<string> {
  const arrived = AbortSignal.timeout(WORDS_MS);
  if (stream.readableLength === 0 && !stream.readableEnded)
    await once(stream, 'readable', { signal: arrived }).catch(ignore('the command prints nothing'));
  if (stream.readableLength === 0) return '';
  const chunk: unknown = stream.read();
  if (!Buffer.isBuffer(chunk)) return '';
  stream.unshift(chunk);
  return chunk.toString('latin1');
}
