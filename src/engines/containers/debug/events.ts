/** The engine's events about a desktop's containers in the last hour. */
import { z } from 'zod';
import type { DesktopEvent } from '#protocol/inspect.ts';
import { jsonLines } from '#containers-client/api.ts';
import type { Context } from '../context.ts';
import { labelFilter, ofDesktop } from '../pods/labels.ts';
import { membersOf, type Member } from './members.ts';
import { ANCHOR } from './targets.ts';

const PAST_SECONDS = 3600;
const LONGEST_LOOK_MS = 10_000;

const Event = z.looseObject({
  Type: z.string().optional(),
  Action: z.string().default(''),
  Actor: z.looseObject({ ID: z.string(), Attributes: z.record(z.string(), z.string()).nullish() }).optional(),
  time: z.number(),
  timeNano: z.number().optional(),
});
type Event = z.infer<typeof Event>;

/** The events worth showing; engines have many more, such as one for every inspection. */
const REASONS: Readonly<Record<string, { reason: string; message: string }>> = {
  create: { reason: 'Created', message: 'The container was created.' },
  start: { reason: 'Started', message: 'Its process was started.' },
  die: { reason: 'Ended', message: 'Its process ended' },
  oom: { reason: 'OOMKilling', message: 'The kernel killed a process: out of memory.' },
  kill: { reason: 'Killing', message: 'A signal was sent to it' },
  pause: { reason: 'Paused', message: 'Its processes were frozen.' },
  unpause: { reason: 'Unpaused', message: 'Its processes continue.' },
  restart: { reason: 'Restarted', message: 'It was restarted.' },
  destroy: { reason: 'Removed', message: 'The container was removed.' },
};
const SAME: Readonly<Record<string, string>> = { died: 'die', remove: 'destroy' };

/** Oldest first; repeated events become one with a count. */
export async function listEvents(context: Context, desktopId: string): Promise<DesktopEvent[]> {
  const { all } = await membersOf(context, desktopId);
  const foreign = all.filter(({ kind }) => kind === 'foreign').map(({ container }) => container.Id);
  const own = await eventsOf(context, labelFilter({ ...context.instance, ...ofDesktop(desktopId) }));
  const others = foreign.length === 0 ? [] : await eventsOf(context, JSON.stringify({ container: foreign }));
  const reported = [...own, ...others]
    .toSorted((a, b) => timeOf(a) - timeOf(b))
    .map((event) => toDesktopEvent(event, all));
  return counted(reported.filter((one) => one !== null));
}

async function eventsOf(context: Context, filters: string): Promise<Event[]> {
  const now = Math.floor(Date.now() / 1000);
  // With `until`, Podman's stream ends too early; without it, Docker's never ends.
  const end = context.settings.flavour === 'podman' ? { stream: false } : { until: now + 1 };
  const stream = await context.api.stream('GET', '/events', {
    query: { since: now - PAST_SECONDS, ...end, filters },
    signal: AbortSignal.timeout(LONGEST_LOOK_MS),
  });
  try {
    const events: Event[] = [];
    for await (const event of jsonLines(Event, stream)) events.push(event);
    return events;
  } finally {
    stream.destroy();
  }
}

function toDesktopEvent(event: Event, members: readonly Member[]): DesktopEvent | null {
  const action = event.Action.split(':')[0] ?? '';
  const words = REASONS[SAME[action] ?? action];
  const { Actor } = event;
  if (event.Type !== 'container' || words === undefined || !Actor) return null;
  const attributes = Actor.Attributes ?? {};
  const code = attributes['exitCode'] ?? attributes['containerExitCode'];
  const signal = attributes['signal'];
  const detail =
    words.reason === 'Ended'
      ? ` with exit code ${code ?? 'unknown'}.`
      : words.reason === 'Killing'
        ? `: ${signal ?? ''}.`
        : '';
  return {
    at: new Date(timeOf(event)).toISOString(),
    about: members.find(({ container }) => container.Id === Actor.ID)?.name ?? nameIn(attributes),
    level: words.reason === 'OOMKilling' || (words.reason === 'Ended' && code !== '0') ? 'warning' : 'normal',
    reason: words.reason,
    message: `${words.message}${detail}`,
    count: 1,
  };
}

/** Of a container that is gone. */
function nameIn(attributes: Readonly<Record<string, string>>): string {
  if (attributes['type'] === 'x11server') return ANCHOR;
  return attributes['deskpod/toolbox'] ?? attributes['name'] ?? '';
}

function counted(all: readonly DesktopEvent[]): DesktopEvent[] {
  const kept: DesktopEvent[] = [];
  for (const one of all) {
    const last = kept.at(-1);
    const same = last?.about === one.about && last.reason === one.reason && last.message === one.message;
    if (last && same) kept[kept.length - 1] = { ...one, count: last.count + 1 };
    else kept.push(one);
  }
  return kept;
}

function timeOf({ time, timeNano }: Event): number {
  return timeNano === undefined ? time * 1000 : timeNano / 1e6;
}
