/** Why a launch is over, from what the engine reports and what we asked for: pure. */
import type { EndReason } from '../protocol/launch.ts';
import type { LaunchEnd, LaunchRecord, StoppedBy } from './store.ts';

/** 128 + 9 and 128 + 15: ended by KILL or TERM. */
const KILLED = new Set([137, 143]);

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
  if (exit.exitCode === null) return 'desktop_ended';
  return KILLED.has(exit.exitCode) ? 'killed' : 'error';
}

/** The end of a launch whose container is not there, and nobody saw why. */
export function lostEnd({ server, stoppedBy }: Lost, desktopRuns: boolean): LaunchEnd {
  if (stoppedBy) return { ...nothing(), reason: endReason({ ...NO_EXIT, stoppedBy }), message: null };
  if (!desktopRuns) return { ...nothing(), reason: 'desktop_ended', message: null };
  return server === null
    ? { ...nothing(), reason: 'killed', message: 'Its container was removed while no server was running.' }
    : { ...nothing(), reason: 'start_failed', message: 'The server ended before the app had begun. Run it again.' };
}

/** The end of a launch whose server ended, and that did not get to run without it. */
export function stuckEnd({ stoppedBy }: Lost, waiting: string | null): LaunchEnd {
  if (stoppedBy) return { ...nothing(), reason: endReason({ ...NO_EXIT, stoppedBy }), message: null };
  const why = waiting === null ? '' : ` It waited for this: ${waiting}`;
  const message = `The server ended while it started the app, which did not begin without it. Run it again.${why}`;
  return { ...nothing(), reason: 'start_failed', message };
}

type Lost = Pick<LaunchRecord, 'server' | 'stoppedBy'>;

/** Of a launch that nothing was seen of. */
export const NO_EXIT = { exitCode: null, outOfMemory: false, desktopEnded: false } as const;

const nothing = () => ({ finishedAt: new Date(), exitCode: null, log: '' });
