/** One command in a running container, with or without a terminal. It ends with its stream. */
import { z } from 'zod';
import type { ExecSession, ExecSpec } from '#domain/ports/engine-launch.ts';
import { withDeadline } from '#domain/deadlines.ts';
import { ignore } from '#protocol/ignore.ts';
import type { TerminalSize } from '#protocol/terminal.ts';
import { isStatus } from '#containers-client/api.ts';
import type { Context } from '../context.ts';
import { finish, hangUp, inspectExec } from './exec-end.ts';
import { wholeStream, unframed } from '#containers-client/frames.ts';
import { refuseEnded, whenEnded } from '../pods/wait-ended.ts';
import { isRunning, type Container } from '../pods/describe.ts';
import { discardInput, openStdin } from './stdin-pipe.ts';
import { started } from './exec-start.ts';

const Created = z.looseObject({ Id: z.string() });
/** Keys that detach a terminal: an unlikely sequence, because engines do not support none. */
export const NO_DETACH = 'ctrl-^,ctrl-^,ctrl-^,ctrl-],ctrl-]';
/** The same keys as Podman and Docker report them: they identify this server's commands. */
const OURS = new Set([NO_DETACH, Buffer.from([30, 30, 30, 29, 29]).toString('base64')]);

/** `user` as `uid:gid`; null for the container's own user. */
export async function exec(
  context: Context,
  container: Container,
  user: string | null,
  spec: ExecSpec,
  signal: AbortSignal,
): Promise<ExecSession> {
  const { Id: containerId } = container;
  refuseEnded(container);
  const body = {
    AttachStdin: spec.input !== false,
    AttachStdout: true,
    AttachStderr: true,
    Tty: spec.tty !== null,
    DetachKeys: NO_DETACH,
    // A command as another user has none of the container's supplementary groups, even if it's the same one.
    ...(user === null || user === container.Config.User ? {} : { User: user }),
    Cmd: spec.command,
    Env: Object.entries({ ...(spec.tty ? { TERM: 'xterm-256color' } : {}), ...spec.env }).map(
      ([name, value]) => `${name}=${value}`,
    ),
  };
  const { Id } = await context.api
    .json(Created, 'POST', `/containers/${containerId}/exec`, { body, signal })
    .catch((error: unknown) => whenEnded(context, container, error));
  const size = spec.tty && { h: spec.tty.rows, w: spec.tty.columns };
  const start = { Detach: false, Tty: spec.tty !== null, ...size };
  // Not aborted by the signal: the command would keep running unnoticed.
  const hijacked = context.api.hijack(`/exec/${Id}/start`, { body: start });
  const raw = await withDeadline(hijacked, signal).catch((error: unknown) => {
    hijacked.then(
      (connection) =>
        void finish(context, Id, containerId, () => connection.destroy().destroyed).catch(
          ignore('the command was given up'),
        ),
      ignore('the command was never started'),
    );
    return whenEnded(context, container, error);
  });
  const closed = new Promise<void>((resolve) => raw.once('close', resolve));
  const carried = spec.tty ? wholeStream(raw) : unframed(raw);
  const { stream, stderr } = carried;
  // The reader of the stream adds its own listener later.
  stream.on('error', () => undefined);
  const exitCode = closed.then(() => finish(context, Id, containerId, () => stream.destroyed));
  exitCode.catch(ignore('its reader hears of it'));
  try {
    const pid = await started(context, container, Id, carried, spec, signal);
    const input = pid === null ? discardInput() : spec.tty === null ? await openStdin(pid) : null;
    if (input) carried.feed(input);
  } catch (error) {
    stream.destroy();
    throw error;
  }
  const resize = async ({ columns, rows }: TerminalSize): Promise<void> => {
    await context.api.text('POST', `/exec/${Id}/resize`, { query: { h: rows, w: columns } }).catch(ignoreEnded);
  };
  if (spec.tty) await resize(spec.tty);
  return { stream, stderr, resize, exitCode };
}

/** Ends the commands that a killed server left running; foreign ones are left alone. */
export async function endForgotten(context: Context, container: Container): Promise<void> {
  if (!isRunning(container)) return;
  for (const execId of container.ExecIDs ?? []) {
    const state = await inspectExec(context, execId);
    if (state?.Running && state.Pid > 0 && OURS.has(state.DetachKeys ?? '')) await hangUp(state.Pid, container.Id);
  }
}

function ignoreEnded(error: unknown): void {
  if (!isStatus(error, 404, 409, 500)) throw error;
}
