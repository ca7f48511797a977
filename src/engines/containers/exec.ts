/** One command inside a running container, with or without a terminal; it ends with its stream. */
import { once } from 'node:events';
import type { Duplex } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import type { ExecSession, ExecSpec } from '#domain/engine.ts';
import { DeskpodError } from '#domain/errors.ts';
import { isStatus } from './api.ts';
import { containerOfProcess } from './cgroups.ts';
import type { Context } from './context.ts';
import { kept, unframed } from './frames.ts';
import { isRunning, type Container } from './objects.ts';

const Created = z.looseObject({ Id: z.string() });
const State = z.looseObject({
  Running: z.boolean(),
  ExitCode: z.number().nullish(),
  Pid: z.number().default(0),
  DetachKeys: z.string().nullish(),
});
/** An engine may need a moment to learn that a command ended; nothing tells when it has. */
const LOOKS = 20;
const LOOK_PAUSE_MS = 25;
const HANGUP_GRACE_MS = 500;
const START_TIMEOUT_MS = 10_000;
const START_LOOK_MS = 10;
const WORDS_MS = 500;
/** As a shell says that it cannot run a program: so do engines, beside their words. */
const NOT_STARTED = new Set([126, 127]);
const WORDS_OF_ENGINES = /^(?:OCI runtime exec failed|Error: (?:runc|crun)): /;
/** Keys that would detach the terminal: a sequence that nobody types, as an engine cannot be told to have none. */
export const NO_DETACH = 'ctrl-^,ctrl-^,ctrl-^,ctrl-],ctrl-]';
/** As Podman and as Docker tell them again: no other command has these. */
const OURS = new Set([NO_DETACH, Buffer.from([30, 30, 30, 29, 29]).toString('base64')]);

/** `user` as `uid:gid`; null is whoever the container's own process is. */
export async function exec(
  context: Context,
  container: Container,
  user: string | null,
  spec: ExecSpec,
  signal: AbortSignal,
): Promise<ExecSession> {
  const { Id: containerId } = container;
  if (!isRunning(container)) throw new DeskpodError('conflict', 'Nothing can be run in it: it has ended.');
  const body = {
    AttachStdin: true,
    AttachStdout: true,
    AttachStderr: true,
    Tty: spec.tty !== null,
    DetachKeys: NO_DETACH,
    ...(user === null ? {} : { User: user }),
    Cmd: spec.command,
    Env: Object.entries({ ...(spec.tty ? { TERM: 'xterm-256color' } : {}), ...spec.env }).map(
      ([name, value]) => `${name}=${value}`,
    ),
  };
  const { Id } = await context.api.json(Created, 'POST', `/containers/${containerId}/exec`, { body, signal });
  const size = spec.tty && { h: spec.tty.rows, w: spec.tty.columns };
  const start = { Detach: false, Tty: spec.tty !== null, ...size };
  const raw = await context.api.hijack(`/exec/${Id}/start`, { body: start, signal });
  const closed = new Promise<void>((resolve) => raw.once('close', resolve));
  const stream = spec.tty ? kept(raw) : unframed(raw);
  // Whoever reads the stream listens, too, but not yet.
  stream.on('error', () => undefined);
  const abort = (): void => void raw.destroy();
  signal.addEventListener('abort', abort, { once: true });
  const exitCode = closed.then(async () => {
    signal.removeEventListener('abort', abort);
    return finish(context, Id, containerId);
  });
  exitCode.catch(() => undefined);
  try {
    await started(context, Id, stream, spec, signal);
  } catch (error) {
    stream.destroy();
    throw error;
  }
  const resize = async ({ columns, rows }: { columns: number; rows: number }): Promise<void> => {
    await context.api.text('POST', `/exec/${Id}/resize`, { query: { h: rows, w: columns } }).catch(ignoreEnded);
  };
  if (spec.tty) await resize(spec.tty);
  return { stream, resize, exitCode };
}

/**
 * Returns once the command runs or has run. Engines tell that there is no such program only by what they write into the
 * stream, in their own words.
 */
async function started(
  context: Context,
  execId: string,
  stream: Duplex,
  { command }: ExecSpec,
  signal: AbortSignal,
): Promise<void> {
  const until = Date.now() + START_TIMEOUT_MS;
  for (let state = await look(context, execId); state !== null; state = await look(context, execId)) {
    if (state.Running && state.Pid > 0) return;
    if (!state.Running && NOT_STARTED.has(state.ExitCode ?? 0)) {
      const words = await peek(stream);
      if (!WORDS_OF_ENGINES.test(words) || !namesNoProgram(words)) return;
      throw new DeskpodError('no_such_program', `There is no program ${command[0] ?? ''} in it.`, {
        remedy: 'Put a toolbox beside it: that brings programs of its own.',
        cause: new Error(words.trim()),
      });
    }
    if (!state.Running && state.ExitCode != null) return;
    if (Date.now() > until) return;
    await delay(START_LOOK_MS, undefined, { signal });
  }
}

/** Whether an engine says with these words that it found no such program; a missing folder is another matter. */
export function namesNoProgram(words: string): boolean {
  return /(?:exec: "|executable )[^\n]*(?:not found|no such file or directory)/i.test(words);
}

/** What has come, which stays there to be read; nothing is taken for the end that its reader shall see. */
async function peek(stream: Duplex): Promise<string> {
  const arrived = AbortSignal.timeout(WORDS_MS);
  if (stream.readableLength === 0) await once(stream, 'readable', { signal: arrived }).catch(() => undefined);
  if (stream.readableLength === 0) return '';
  const chunk: unknown = stream.read();
  if (!Buffer.isBuffer(chunk)) return '';
  stream.unshift(chunk);
  return chunk.toString('latin1');
}

/** Ends the commands that a server which was killed left running; those that others run in there are left alone. */
export async function endForgotten(context: Context, container: Container): Promise<void> {
  if (!isRunning(container)) return;
  for (const execId of container.ExecIDs ?? []) {
    const state = await look(context, execId);
    if (state?.Running && state.Pid > 0 && OURS.has(state.DetachKeys ?? '')) await hangUp(state.Pid, container.Id);
  }
}

/** The exit code; a command whose stream was closed on it is hung up first, then killed. */
async function finish(context: Context, execId: string, containerId: string): Promise<number | null> {
  const first = await look(context, execId);
  if (first?.Running && first.Pid > 0) await hangUp(first.Pid, containerId);
  for (let count = 0; count < LOOKS; count += 1) {
    const state = await look(context, execId);
    if (state === null) return null;
    if (!state.Running) return state.ExitCode ?? null;
    await delay(LOOK_PAUSE_MS);
  }
  return null;
}

async function look(context: Context, execId: string): Promise<z.infer<typeof State> | null> {
  try {
    return await context.api.json(State, 'GET', `/exec/${execId}/json`);
  } catch (error) {
    if (isStatus(error, 404) || error instanceof DeskpodError) return null;
    throw error;
  }
}

/** A process id may have been given to another process meanwhile: its container is checked each time. */
async function hangUp(pid: number, containerId: string): Promise<void> {
  for (const signal of ['SIGHUP', 'SIGKILL'] as const) {
    const until = Date.now() + HANGUP_GRACE_MS;
    if ((await containerOfProcess(`/proc/${pid}`)) !== containerId) return;
    try {
      process.kill(pid, signal);
    } catch {
      return;
    }
    while (Date.now() < until && (await containerOfProcess(`/proc/${pid}`)) === containerId) await delay(LOOK_PAUSE_MS);
  }
}

function ignoreEnded(error: unknown): void {
  if (!isStatus(error, 404, 409, 500)) throw error;
}
