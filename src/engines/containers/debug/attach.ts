/** Attaching to the terminal of a toolbox. Any number may be attached; detaching ends nothing. */
import { setTimeout as delay } from 'node:timers/promises';
import type { ExecSession } from '#domain/ports/engine-launch.ts';
import { isStatus } from '#containers-client/api.ts';
import type { Context } from '../context.ts';
import { NO_DETACH } from '../exec/exec.ts';
import { wholeStream, unframed } from '#containers-client/frames.ts';
import { refuseEnded, whenEnded } from '../pods/wait-ended.ts';
import { Container, isRunning } from '../pods/describe.ts';
import { findContainer } from './targets.ts';
import { ignore } from '#protocol/ignore.ts';

/** An engine may notice the end of a process a moment later. */
const LOOKS = 20;
const LOOK_PAUSE_MS = 25;

export async function attach(
  context: Context,
  desktopId: string,
  name: string,
  signal: AbortSignal,
): Promise<ExecSession> {
  const { container } = await findContainer(context, { desktopId, container: name });
  refuseEnded(container);
  const path = `/containers/${container.Id}`;
  const query = { stream: true, stdin: true, stdout: true, stderr: true, logs: false, detachKeys: NO_DETACH };
  const raw = await context.api
    .hijack(`${path}/attach`, { query, signal })
    .catch((error: unknown) => whenEnded(context, container, error));
  const abort = (): void => void raw.destroy();
  signal.addEventListener('abort', abort, { once: true });
  const closed = new Promise<void>((resolve) => raw.once('close', resolve));
  // The reader of the stream adds its own listener later.
  raw.on('error', () => undefined);
  let ended = false;
  raw.once('end', () => (ended = true));
  const exitCode = closed.then(async () => {
    signal.removeEventListener('abort', abort);
    return ended ? exitCodeOf(context, container.Id) : null;
  });
  exitCode.catch(ignore('its reader hears of it'));
  const { stream, stderr } = container.Config.Tty ? wholeStream(raw) : unframed(raw);
  return {
    stream,
    stderr,
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

/** Null when it still runs, or is gone. */
async function exitCodeOf(context: Context, containerId: string): Promise<number | null> {
  for (let count = 0; count < LOOKS; count += 1) {
    const state = await context.api
      .json(Container, 'GET', `/containers/${containerId}/json`)
      .catch(ignore('the container is gone', null));
    if (state === null) return null;
    if (!isRunning(state)) return state.State.ExitCode;
    await delay(LOOK_PAUSE_MS);
  }
  return null;
}
