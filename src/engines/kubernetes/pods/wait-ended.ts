/** Waiting until a container has ended. */
import { statusOf } from '../cluster/pod.ts';
import type { Context } from '../context.ts';
import { isFinished } from './describe.ts';

/** The cluster notices a moment after the kernel. */
export const ENDED_TIMEOUT_MS = 15_000;

export async function waitForEnd(
  { view }: Context,
  pod: string,
  container: string,
  signal: AbortSignal,
): Promise<void> {
  await view.until(
    pod,
    (now) =>
      now === null || now.metadata.deletionTimestamp || isFinished(statusOf(now, container), now) ? true : null,
    signal,
  );
}
