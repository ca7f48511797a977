/** What the cluster notes of pods: pulls, starts, refusals. It forgets after an hour or so. */
import type { CoreV1Event } from '@kubernetes/client-node';
import { DeskpodError } from '#domain/errors.ts';
import type { EngineHappening } from '#protocol/inside.ts';
import { hasStatus } from '../api.ts';
import { type Context, desktopIn } from '../context.ts';
import { podsOf } from '../places.ts';

/** Oldest first. `forbidden` with what is missing when this server may not read them. */
export async function eventsOf({ api, namespace }: Context, pod: string): Promise<CoreV1Event[]> {
  const fieldSelector = `involvedObject.kind=Pod,involvedObject.name=${pod}`;
  try {
    const { items } = await api.call((options) => api.core.listNamespacedEvent({ namespace, fieldSelector }, options));
    return inOrder(items);
  } catch (cause) {
    if (!hasStatus(cause, 403)) throw cause;
    throw new DeskpodError('forbidden', 'The cluster does not let this server read events.', {
      remedy: 'Its role needs a rule with resources [events] and verbs [list]: see pyos-role.',
      cause,
    });
  }
}

export async function happenings(context: Context, desktopId: string): Promise<EngineHappening[]> {
  desktopIn(context, desktopId);
  const pods = podsOf(context, desktopId).map(({ pod }) => pod.metadata.name);
  const all = await Promise.all(pods.map((pod) => eventsOf(context, pod)));
  return inOrder(all.flat()).map(toHappening);
}

/** Some are noted to the second, some to the microsecond; within a second the order in which they were written counts. */
function inOrder(events: readonly CoreV1Event[]): CoreV1Event[] {
  const version = ({ metadata }: CoreV1Event): number => Number(metadata.resourceVersion ?? 0);
  return events.toSorted((a, b) => atOf(a).getTime() - atOf(b).getTime() || version(a) - version(b));
}

/** Pure. */
export function toHappening(event: CoreV1Event): EngineHappening {
  const { involvedObject, type, reason, message, count, series } = event;
  const container = /\{(.+)\}$/.exec(involvedObject.fieldPath ?? '')?.[1];
  return {
    at: atOf(event).toISOString(),
    about: container ?? involvedObject.name ?? '',
    level: type === 'Warning' ? 'warning' : 'normal',
    reason: reason ?? '',
    message: (message ?? '').trim(),
    count: Math.max(1, series?.count ?? count ?? 1),
  };
}

/** When it last happened, to the second. */
function atOf({ series, lastTimestamp, eventTime, metadata }: CoreV1Event): Date {
  const at = series?.lastObservedTime ?? lastTimestamp ?? eventTime ?? metadata.creationTimestamp;
  return new Date(at === undefined ? 0 : Math.floor(new Date(at).getTime() / 1000) * 1000);
}
