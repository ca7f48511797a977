/** Why a launch is over, from what the engine reports and what we asked for: pure. */
import type { EndReason } from '../protocol/launch.ts';

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
