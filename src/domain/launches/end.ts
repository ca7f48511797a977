/** Why a launch ended, from the engine's report and the requested stop, and whether its user gets a notice. Pure. */
import type { EndReason } from '#protocol/launch.ts';
import type { LaunchEnd, LaunchRecord, StoppedBy } from '../ports/store.ts';

/** 128 + 9 and 128 + 15: ended by SIGKILL or SIGTERM. */
const KILLED = new Set([137, 143]);
/** An app that ends sooner than this without a window most likely failed, whatever its exit code. */
const AT_ONCE_MS = 10_000;

/** An end, before it is decided whether it deserves a notice. */
export type Ending = Omit<LaunchEnd, 'unread'>;

export function wasKilled(exitCode: number | null): boolean {
  return exitCode === null || KILLED.has(exitCode);
}

export function endReason(exit: {
  exitCode: number | null;
  outOfMemory: boolean;
  stoppedBy: StoppedBy | null;
  desktopEnded: boolean;
}): EndReason {
  if (exit.stoppedBy) return exit.stoppedBy === 'you' ? 'stopped_by_you' : 'stopped_by_admin';
  if (exit.outOfMemory) return 'out_of_memory';
  if (exit.exitCode === 0) return 'completed';
  if (exit.desktopEnded) return 'desktop_ended';
  return wasKilled(exit.exitCode) ? 'killed' : 'error';
}

export const DESKTOP_GONE = 'Its desktop ended unexpectedly.';
export const CONTAINER_GONE = 'Its container is gone: something other than Deskpod removed it.';

/** The end of a launch whose container disappeared without a report. */
export function lostEnd({ server, stoppedBy }: Lost, desktopRuns: boolean): Ending {
  if (stoppedBy) return { ...nothing(), reason: endReason({ ...NO_EXIT, stoppedBy }), message: null };
  if (!desktopRuns) return { ...nothing(), reason: 'desktop_ended', message: DESKTOP_GONE };
  return server === null
    ? { ...nothing(), reason: 'killed', message: CONTAINER_GONE }
    : { ...nothing(), reason: 'start_failed', message: 'The server stopped before the app started. Run it again.' };
}

/** The end of a launch whose server stopped before the launch was running. */
export function stuckEnd({ stoppedBy }: Lost, waiting: string | null): Ending {
  if (stoppedBy) return { ...nothing(), reason: endReason({ ...NO_EXIT, stoppedBy }), message: null };
  const why = waiting === null ? '' : ` It was waiting for: ${waiting}`;
  const message = `The server stopped while it was starting the app. Run it again.${why}`;
  return { ...nothing(), reason: 'start_failed', message };
}

type Lost = Pick<LaunchRecord, 'server' | 'stoppedBy'>;

/** The exit of a launch that the engine reported nothing about. */
export const NO_EXIT = { exitCode: null, outOfMemory: false, desktopEnded: false } as const;

const nothing = () => ({ finishedAt: new Date(), exitCode: null, log: '' });

/**
 * Not if its user stopped or closed it, or ended the desktop. A copy's end is shown in its debug session instead.
 */
export function deservesNotice(
  { copyOf, startedAt, windowMs }: Pick<LaunchRecord, 'copyOf' | 'startedAt' | 'windowMs'>,
  { reason, finishedAt, message }: Ending,
): boolean {
  if (copyOf !== null) return false;
  switch (reason) {
    case 'stopped_by_you':
      return false;
    case 'completed':
      return windowMs === null && finishedAt.getTime() - startedAt.getTime() < AT_ONCE_MS;
    case 'desktop_ended':
      return message !== null;
    case 'error':
    case 'stopped_by_admin':
    case 'out_of_memory':
    case 'killed':
    case 'start_failed':
      return true;
    default:
      return reason satisfies never;
  }
}
