/** Waiting until a container was started, or cannot be. */
import { setTimeout as delay } from 'node:timers/promises';
import { DeskpodError } from '#domain/errors.ts';
import type { Context } from './context.ts';
import { reportLate } from './late.ts';
import type { Pod } from './pod.ts';
import { judgedEvent, progressOf } from './progress.ts';

/** The node's notes are looked at only while a container is on its way, and this seldom. */
const NOTES_MS = 1_500;

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
  context: Context,
  { pod: name, container, what, look }: Beginning,
  report: (waiting: string) => void,
  signal: AbortSignal,
): Promise<Pod> {
  const { view } = context;
  let told: string | null = null;
  let seen = false;
  const over = new AbortController();
  const until = AbortSignal.any([signal, over.signal]);
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
    until,
  );
  const failed = failedEarly(context, { pod: name, container, what }, until);
  return Promise.race([begun, failed]).finally(() => {
    stop();
    over.abort();
  });
}

/** Rejects with what the node noted; settles in no other way. */
async function failedEarly(context: Context, { pod, container, what }: Beginning, signal: AbortSignal): Promise<never> {
  const { promise: never, reject } = Promise.withResolvers<never>();
  const look = async (): Promise<void> => {
    while (!signal.aborted) {
      await delay(NOTES_MS, undefined, { signal });
      const image = imageOf(context.view.pod(pod), container);
      for (const message of await failuresOf(context, pod, container, signal)) {
        const error = judgedEvent(message, image, what);
        if (error !== null) reject(error);
      }
    }
  };
  // Where they may not be read, the states say it later.
  void look().catch(() => {});
  return never;
}

function imageOf(pod: Pod | null, container: string): string {
  const all = [...(pod?.spec.containers ?? []), ...(pod?.spec.ephemeralContainers ?? [])];
  return all.find(({ name }) => name === container)?.image ?? '';
}

async function failuresOf(
  { api, namespace }: Context,
  pod: string,
  container: string,
  signal: AbortSignal,
): Promise<string[]> {
  const fieldSelector = `involvedObject.kind=Pod,involvedObject.name=${pod},reason=Failed`;
  const { items } = await api.call((o) => api.core.listNamespacedEvent({ namespace, fieldSelector }, o), signal);
  return items
    .filter(({ involvedObject }) => involvedObject.fieldPath?.endsWith(`{${container}}`))
    .map(({ message }) => message ?? '');
}
