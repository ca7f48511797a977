/** Waiting until a container was started, or cannot be. */
import { setTimeout as delay } from 'node:timers/promises';
import { DeskpodError } from '#domain/errors.ts';
import { ignore } from '#protocol/ignore.ts';
import type { Context } from '../context.ts';
import { reportSchedulingHint } from './scheduling-hint.ts';
import type { Pod } from '../cluster/pod.ts';
import { failureInEvent, progressOf } from './progress.ts';

/** Events are read only while a container starts, at this interval. */
const NOTES_MS = 1_500;

export interface StartedContainer {
  readonly pod: string;
  readonly container: string;
  /** Its app, for display. */
  readonly what: string;
  /** Called at each change of the pod; throws when the wait is in vain. */
  readonly check?: (pod: Pod) => void;
}

/** The pod as soon as the container was started. Reports what it waits for. */
export async function waitForStart(
  context: Context,
  { pod: name, container, what, check }: StartedContainer,
  report: (waiting: string) => void,
  signal: AbortSignal,
): Promise<Pod> {
  const { view } = context;
  let reported: string | null = null;
  let seen = false;
  const done = new AbortController();
  const until = AbortSignal.any([signal, done.signal]);
  const stop = reportSchedulingHint(view, name, () => reported !== null, report);
  const started = view.until(
    name,
    (pod) => {
      // A new pod may not be in the view yet.
      if (pod === null && seen) throw new DeskpodError('conflict', `${what} was removed while it started.`);
      if (pod === null) return null;
      seen = true;
      check?.(pod);
      const progress = progressOf(pod, container, what);
      if (progress.state === 'failed') throw progress.error;
      if (progress.state === 'waiting' && progress.detail !== null && progress.detail !== reported)
        report((reported = progress.detail));
      if (pod.metadata.deletionTimestamp) throw new DeskpodError('desktop_missing', `${name} is being removed.`);
      return progress.state === 'started' ? pod : null;
    },
    until,
  );
  const failed = failedEarly(context, { pod: name, container, what }, until);
  return Promise.race([started, failed]).finally(() => {
    stop();
    done.abort();
  });
}

/** Rejects with a failure from the node's events; settles in no other way. */
async function failedEarly(
  context: Context,
  { pod, container, what }: StartedContainer,
  signal: AbortSignal,
): Promise<never> {
  const { promise: never, reject } = Promise.withResolvers<never>();
  const check = async (): Promise<void> => {
    while (!signal.aborted) {
      await delay(NOTES_MS, undefined, { signal });
      const image = imageOf(context.view.pod(pod), container);
      for (const message of await failuresOf(context, pod, container, signal)) {
        const error = failureInEvent(message, image, what);
        if (error !== null) reject(error);
      }
    }
  };
  void check().catch(ignore('the state of the container says it later'));
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
