/** One command inside a running container, with or without a terminal; it ends with its stream. */
import { Duplex } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import type { ExecSession, ExecSpec } from '#domain/engine.ts';
import { DeskpodError } from '#domain/errors.ts';
import { isStatus } from './api.ts';
import { containerOfProcess } from './cgroups.ts';
import type { Context } from './context.ts';
import { FrameReader } from './frames.ts';
import { isRunning, type Ours } from './objects.ts';

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
/** Keys that would detach the terminal: a sequence that nobody types, as an engine cannot be told to have none. */
const NO_DETACH = 'ctrl-^,ctrl-^,ctrl-^,ctrl-],ctrl-]';
/** As Podman and as Docker tell them again: no other command has these. */
const OURS = new Set([NO_DETACH, Buffer.from([30, 30, 30, 29, 29]).toString('base64')]);

export async function exec(context: Context, target: Ours, spec: ExecSpec, signal: AbortSignal): Promise<ExecSession> {
  const { Id: containerId } = target.container;
  if (!isRunning(target.container)) throw new DeskpodError('conflict', 'Nothing can be run in it: it has ended.');
  const { account } = target;
  const body = {
    AttachStdin: true,
    AttachStdout: true,
    AttachStderr: true,
    Tty: spec.tty !== null,
    DetachKeys: NO_DETACH,
    User: `${account.uid}:${account.gid}`,
    Cmd: spec.command,
    Env: Object.entries({ ...(spec.tty ? { TERM: 'xterm-256color' } : {}), ...spec.env }).map(
      ([name, value]) => `${name}=${value}`,
    ),
  };
  const { Id } = await context.api.json(Created, 'POST', `/containers/${containerId}/exec`, { body, signal });
  const size = spec.tty && { h: spec.tty.rows, w: spec.tty.columns };
  const start = { Detach: false, Tty: spec.tty !== null, ...size };
  const raw = await context.api.hijack(`/exec/${Id}/start`, { body: start, signal });
  const resize = async ({ columns, rows }: { columns: number; rows: number }): Promise<void> => {
    await context.api.text('POST', `/exec/${Id}/resize`, { query: { h: rows, w: columns } }).catch(ignoreEnded);
  };
  if (spec.tty) await resize(spec.tty);
  const closed = new Promise<void>((resolve) => raw.once('close', resolve));
  const stream = spec.tty ? raw : unframed(raw);
  const abort = (): void => void raw.destroy();
  signal.addEventListener('abort', abort, { once: true });
  const exitCode = closed.then(async () => {
    signal.removeEventListener('abort', abort);
    return finish(context, Id, containerId);
  });
  exitCode.catch(() => undefined);
  return { stream, resize, exitCode };
}

/** Ends the commands that a server which was killed left running; those that others run in there are left alone. */
export async function endForgotten(context: Context, { container }: Ours): Promise<void> {
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

/** Without a terminal, output comes in frames and input goes as it is. */
function unframed(raw: Duplex): Duplex {
  const frames = new FrameReader();
  const stream = new Duplex({
    read: () => raw.resume(),
    write: (chunk, _encoding, done) => {
      raw.write(chunk, done);
    },
    final: (done) => {
      raw.end(done);
    },
    destroy: (error, done) => {
      raw.destroy();
      done(error);
    },
  });
  raw.on('data', (chunk: Buffer) => {
    try {
      for (const { data } of frames.push(chunk)) if (!stream.push(data)) raw.pause();
    } catch (error) {
      stream.destroy(error instanceof Error ? error : new Error(String(error)));
    }
  });
  raw.on('end', () => stream.push(null));
  raw.on('error', (error) => stream.destroy(error));
  return stream;
}
