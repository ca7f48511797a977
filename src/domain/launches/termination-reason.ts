/** Why a container ended, in the words of Kubernetes, which people know: also for engines that have none. */
import type { EngineLaunchState } from '../ports/engine-launch.ts';

export function terminationReason({
  outOfMemory,
  exitCode,
}: Pick<Extract<EngineLaunchState, { state: 'finished' }>, 'outOfMemory' | 'exitCode'>): string {
  if (outOfMemory) return 'OOMKilled';
  return exitCode === 0 ? 'Completed' : 'Error';
}
