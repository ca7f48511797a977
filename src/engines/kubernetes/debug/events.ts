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
    return items.toSorted((a, b) => atOf(a).getTime() - atOf(b).getTime());
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
  return all
    .flat()
    .toSorted((a, b) => atOf(a).getTime() - atOf(b).getTime())
    .map(toHappening);
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

/** When it last happened. */
export function atOf({ series, lastTimestamp, eventTime, metadata }: CoreV1Event): Date {
  const at = series?.lastObservedTime ?? lastTimestamp ?? eventTime ?? metadata.creationTimestamp;
  return at === undefined ? new Date(0) : new Date(at);
}
