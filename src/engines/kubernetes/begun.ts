/** Waiting until a container was started, or cannot be. */
import { DeskpodError } from '#domain/errors.ts';
import type { Context } from './context.ts';
import { reportLate } from './late.ts';
import type { Pod } from './pod.ts';
import { progressOf } from './progress.ts';

export interface Beginning {
  readonly pod: string;
  readonly container: string;
  /** For people: its app. */
  readonly what: string;
  /** Asked at each change of the pod; throws when waiting has become pointless. */
  readonly look?: (pod: Pod) => void;
}

/** The pod as soon as the container was started; what it waits for is told on the way. */
export async function begun(
  { view }: Context,
  { pod: name, container, what, look }: Beginning,
  report: (waiting: string) => void,
  signal: AbortSignal,
): Promise<Pod> {
  let told: string | null = null;
  let seen = false;
  const stop = reportLate(view, name, () => told !== null, report);
  const begun = view.until(
    name,
    (pod) => {
      // A pod that was just made may not be in view yet.
      if (pod === null && seen) throw new DeskpodError('conflict', `${what} was removed while it started.`);
      if (pod === null) return null;
      seen = true;
      look?.(pod);
      const progress = progressOf(pod, container, what);
      if (progress.state === 'failed') throw progress.error;
      if (progress.state === 'waiting' && progress.detail !== null && progress.detail !== told)
        report((told = progress.detail));
      if (pod.metadata.deletionTimestamp) throw new DeskpodError('desktop_missing', `${name} is being removed.`);
      return progress.state === 'started' ? pod : null;
    },
    signal,
  );
  return begun.finally(stop);
}
