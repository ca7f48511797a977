/** Changes of our containers, from the engine's events; after a break the present state is told again. */
import type { Readable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import type { EngineEvent } from '#domain/engine.ts';
import { jsonLines } from './api.ts';
import type { Context } from './context.ts';
import { toDesktop } from './desktops.ts';
import { carries, labelFilter, readLabels } from './labels.ts';
import { toLaunch } from './launches.ts';
import { isLaunch, isRunning, nameOf, type Ours, type OurLaunch } from './objects.ts';

const Event = z.looseObject({
  Type: z.string().optional(),
  Action: z.string().default(''),
  Actor: z.looseObject({ ID: z.string(), Attributes: z.record(z.string(), z.string()).default({}) }).optional(),
});
type Event = z.infer<typeof Event>;

const GONE = new Set(['destroy', 'remove']);
const ENDED = new Set(['die', 'died']);
const CHANGED = new Set(['start', ...ENDED]);
const FIRST_PAUSE_MS = 100;
const LAST_PAUSE_MS = 5_000;
/** An engine may tell of an end a moment before it shows it. */
const LOOKS = 20;
const LOOK_PAUSE_MS = 25;

/** What listeners have been told of, so that they can be told when it is gone. */
type Known = Map<string, { readonly desktop: boolean; readonly desktopId: string }>;

type Told = OurLaunch | (Ours & { readonly type: 'x11server' });

export async function* watchEngine(context: Context, signal: AbortSignal): AsyncGenerator<EngineEvent> {
  const known: Known = new Map();
  let first = true;
  let pause = FIRST_PAUSE_MS;
  while (!signal.aborted) {
    let stream: Readable | undefined;
    try {
      const query = { filters: labelFilter(context.instance) };
      stream = await context.api.stream('GET', '/events', { query, signal });
      const events = jsonLines(Event, stream);
      // Listed only now that events are collected: nothing falls between the two.
      const present = (await context.objects.list()).filter(isTold);
      if (first) for (const one of present) remember(known, one);
      else yield* repeat(context, known, present);
      first = false;
      pause = FIRST_PAUSE_MS;
      for await (const event of events) yield* translate(context, known, event);
    } catch {
      // The engine went away, or the caller did: the loop knows which.
    } finally {
      stream?.destroy();
    }
    await delay(pause, undefined, { signal }).catch(() => undefined);
    pause = Math.min(pause * 2, LAST_PAUSE_MS);
  }
}

async function* translate(context: Context, known: Known, { Type, Action, Actor }: Event): AsyncGenerator<EngineEvent> {
  if (Type !== 'container' || !Actor || !carries(Actor.Attributes, context.instance)) return;
  const name = Actor.Attributes['name'] ?? '';
  if (GONE.has(Action)) {
    const labels = readLabels(Actor.Attributes);
    if (labels && labels.type !== 'toolbox')
      yield gone(known, name, { desktop: labels.type === 'x11server', desktopId: labels.desktopId });
  } else if (CHANGED.has(Action)) {
    const found = await settledState(context, Actor.ID, ENDED.has(Action));
    if (!found || !isTold(found)) return;
    remember(known, found);
    yield present(context, found);
  }
}

/** As `find`, but of one that ended only once the engine shows that it has. */
async function settledState(context: Context, containerId: string, ended: boolean): Promise<Ours | null> {
  for (let count = 0; count < LOOKS; count += 1) {
    const found = await context.objects.find(containerId);
    if (found === null || !ended || !isRunning(found.container)) return found;
    await delay(LOOK_PAUSE_MS);
  }
  return context.objects.find(containerId);
}

function* repeat(context: Context, known: Known, all: readonly Told[]): Generator<EngineEvent> {
  const names = new Set(all.map(({ container }) => nameOf(container)));
  for (const [name, what] of known) if (!names.has(name)) yield gone(known, name, what);
  for (const one of all) {
    remember(known, one);
    yield present(context, one);
  }
}

/** Toolboxes are none of what an engine tells of by itself. */
function isTold(one: Ours): one is Told {
  return one.type !== 'toolbox';
}

function remember(known: Known, { container, type, desktopId }: Ours): void {
  known.set(nameOf(container), { desktop: type === 'x11server', desktopId });
}

function present(context: Context, one: Told): EngineEvent {
  return isLaunch(one)
    ? { type: 'launch', launch: toLaunch(context, one) }
    : { type: 'desktop', desktop: toDesktop(context, one) };
}

function gone(known: Known, id: string, { desktop, desktopId }: { desktop: boolean; desktopId: string }): EngineEvent {
  known.delete(id);
  return desktop ? { type: 'desktop_gone', id } : { type: 'launch_gone', id, desktopId };
}
