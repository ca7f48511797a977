/** The cluster's events about pods: pulls, starts, refusals. Kept for about an hour. */
import type { CoreV1Event } from '@kubernetes/client-node';
import { DeskpodError } from '#domain/errors.ts';
import type { DesktopEvent } from '#protocol/inspect.ts';
import { hasStatus } from '../cluster/api-fault.ts';
import { type Context, findDesktop } from '../context.ts';
import { podsOf } from '../pods/targets.ts';

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

export async function listEvents(context: Context, desktopId: string): Promise<DesktopEvent[]> {
  findDesktop(context, desktopId);
  const pods = podsOf(context, desktopId).map(({ pod }) => pod.metadata.name);
  const all = await Promise.all(pods.map((pod) => eventsOf(context, pod)));
  return inOrder(all.flat()).map(toDesktopEvent);
}

/** Some have times to the second, some to the microsecond; within a second their order of creation counts. */
function inOrder(events: readonly CoreV1Event[]): CoreV1Event[] {
  const version = ({ metadata }: CoreV1Event): number => Number(metadata.resourceVersion ?? 0);
  return events.toSorted((a, b) => atOf(a).getTime() - atOf(b).getTime() || version(a) - version(b));
}

/** Pure. */
export function toDesktopEvent(event: CoreV1Event): DesktopEvent {
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
