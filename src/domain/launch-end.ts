/** Why a launch is over, from what the engine reports and what we asked for: pure. */
import type { EndReason } from '../protocol/launch.ts';
import type { LaunchEnd, LaunchRecord } from './store.ts';

export type StoppedBy = 'you' | 'admin';

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
export function lostEnd({ imageDigest }: Pick<LaunchRecord, 'imageDigest'>, desktopRuns: boolean): LaunchEnd {
  const nothing = { finishedAt: new Date(), exitCode: null, log: '' };
  if (!desktopRuns) return { ...nothing, reason: 'desktop_ended', message: null };
  return imageDigest === null
    ? { ...nothing, reason: 'start_failed', message: 'The server ended before the app had begun. Run it again.' }
    : { ...nothing, reason: 'killed', message: 'Its container was removed while no server was running.' };
}
