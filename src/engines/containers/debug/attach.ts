/** The terminal of a toolbox: as many as like are at it, and none of them ends it by leaving. */
import { setTimeout as delay } from 'node:timers/promises';
import type { ExecSession } from '#domain/engine.ts';
import { DeskpodError } from '#domain/errors.ts';
import { isStatus } from '../api.ts';
import type { Context } from '../context.ts';
import { NO_DETACH } from '../exec.ts';
import { unframed } from '../frames.ts';
import { Container, isRunning } from '../objects.ts';
import { findContainer } from './targets.ts';

/** An engine may need a moment to learn that a process ended. */
const LOOKS = 20;
const LOOK_PAUSE_MS = 25;

export async function attach(
  context: Context,
  desktopId: string,
  name: string,
  signal: AbortSignal,
): Promise<ExecSession> {
  const { container } = await findContainer(context, { desktopId, container: name });
  if (!isRunning(container)) throw over(name, container);
  const path = `/containers/${container.Id}`;
  const query = { stream: true, stdin: true, stdout: true, stderr: true, logs: false, detachKeys: NO_DETACH };
  const raw = await context.api.hijack(`${path}/attach`, { query, signal }).catch((error: unknown) => {
    throw isStatus(error, 404, 409, 500) ? over(name, container, error) : error;
  });
  const abort = (): void => void raw.destroy();
  signal.addEventListener('abort', abort, { once: true });
  const closed = new Promise<void>((resolve) => raw.once('close', resolve));
  // Whoever reads the stream listens, too, but not yet.
  raw.on('error', () => undefined);
  let ended = false;
  raw.once('end', () => (ended = true));
  const exitCode = closed.then(async () => {
    signal.removeEventListener('abort', abort);
    return ended ? exitCodeOf(context, container.Id) : null;
  });
  exitCode.catch(() => undefined);
  return {
    stream: container.Config.Tty ? raw : unframed(raw),
    resize: async ({ columns, rows }) => {
      try {
        await context.api.text('POST', `${path}/resize`, { query: { h: rows, w: columns } });
      } catch (error) {
        if (!isStatus(error, 404, 409, 500)) throw error;
      }
    },
    exitCode,
  };
}

/** Null when it runs on, or is gone. */
async function exitCodeOf(context: Context, containerId: string): Promise<number | null> {
  for (let count = 0; count < LOOKS; count += 1) {
    const state = await context.api.json(Container, 'GET', `/containers/${containerId}/json`).catch(() => null);
    if (state === null) return null;
    if (!isRunning(state)) return state.State.ExitCode;
    await delay(LOOK_PAUSE_MS);
  }
  return null;
}

function over(name: string, { State }: Container, cause?: unknown): DeskpodError {
  return new DeskpodError('conflict', `${name} has ended with exit code ${State.ExitCode}.`, {
    remedy: 'Its log is still there.',
    cause,
  });
}
