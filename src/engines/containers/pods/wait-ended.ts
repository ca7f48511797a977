/** Errors of commands in containers that have just ended: engines report it in many ways, this server in one. */
import { setTimeout as delay } from 'node:timers/promises';
import { DeskpodError } from '#domain/errors.ts';
import { ApiError, isStatus } from '#containers-client/api.ts';
import type { Context } from '../context.ts';
import { Container, isRunning, nameOf, wasStarted } from './describe.ts';

const SAYS_OVER = /state improper|not running|no such process|no such container|is stopped|has stopped|stopped state/i;
const LOOKS = 40;
const LOOK_PAUSE_MS = 50;

/** @throws DeskpodError `conflict` when it does not run. */
export function refuseEnded(container: Container, cause?: unknown): void {
  if (isRunning(container)) return;
  const name = nameOf(container);
  if (!wasStarted(container)) throw new DeskpodError('conflict', `${name} does not run yet.`, { cause });
  throw new DeskpodError('conflict', `${name} has ended with exit code ${container.State.ExitCode}.`, {
    remedy: 'Its log is kept.',
    cause,
  });
}

/** Throws what the engine's refusal means, by the state of the container, because messages differ. */
export async function whenEnded(context: Context, container: Container, refusal: unknown): Promise<never> {
  if (!(refusal instanceof ApiError)) throw refusal;
  await refuseIfOver(context, container, refusal);
  const code = refusal.status === 409 ? 'conflict' : 'engine_unavailable';
  throw new DeskpodError(code, `The container engine refuses the command: ${refusal.message}`, { cause: refusal });
}

/** @throws DeskpodError `conflict` or `not_found` when it has ended meanwhile. */
export async function refuseIfOver({ api }: Context, { Id, Name }: Container, cause: Error): Promise<void> {
  // The process may end before the engine reports the container as ended.
  const attempts = SAYS_OVER.test(cause.message) ? LOOKS : 1;
  for (let check = 0; check < attempts; check += 1) {
    if (check > 0) await delay(LOOK_PAUSE_MS);
    const now = await api.json(Container, 'GET', `/containers/${Id}/json`).catch((error: unknown) => {
      if (!isStatus(error, 404)) throw error;
      throw new DeskpodError('not_found', `${Name.replace(/^\//, '')} has ended and is gone.`, { cause });
    });
    refuseEnded(now, cause);
  }
}
