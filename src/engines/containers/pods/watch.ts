/** Changes of own containers, from the engine's events; after an interruption the current state is repeated. */
import type { Readable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import type { EngineEvent } from '#domain/ports/engine.ts';
import { ignore } from '#protocol/ignore.ts';
import { jsonLines } from '#containers-client/api.ts';
import type { Context } from '../context.ts';
import { carries, labelFilter, readLabels } from './labels.ts';
import { toDesktop, toLaunch } from './present.ts';
import { isLaunch, isRunning, nameOf, type OwnedContainer, type OwnedLaunch } from './describe.ts';

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
/** An engine may report an end a moment before its state shows it. */
const STATE_ATTEMPTS = 20;
const STATE_PAUSE_MS = 25;

/** What listeners know about, to report when it is gone. */
type Known = Map<string, { readonly desktop: boolean; readonly desktopId: string }>;

type Watched = OwnedLaunch | (OwnedContainer & { readonly type: 'x11server' });

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
      // Listed while events are being collected, so that nothing is missed in between.
      const present = (await context.objects.list()).filter(isWatched);
      if (first) for (const one of present) remember(known, one);
      else yield* repeat(context, known, present);
      first = false;
      pause = FIRST_PAUSE_MS;
      for await (const event of events) yield* translate(context, known, event);
    } catch (error) {
      if (!signal.aborted) context.events.failed('following the container engine', error);
    } finally {
      stream?.destroy();
    }
    await delay(pause, undefined, { signal }).catch(ignore('the watch was stopped'));
    pause = Math.min(pause * 2, LAST_PAUSE_MS);
  }
}

async function* translate(context: Context, known: Known, { Type, Action, Actor }: Event): AsyncGenerator<EngineEvent> {
  if (Type !== 'container' || !Actor || !carries(Actor.Attributes, context.instance)) return;
  const name = Actor.Attributes['name'] ?? '';
  if (GONE.has(Action)) {
    const labels = readLabels(Actor.Attributes);
    if (labels && labels.type !== 'toolbox' && labels.type !== 'service')
      yield gone(known, name, { desktop: labels.type === 'x11server', desktopId: labels.desktopId });
  } else if (CHANGED.has(Action)) {
    const found = await settledState(context, Actor.ID, ENDED.has(Action));
    if (!found || !isWatched(found)) return;
    remember(known, found);
    yield present(context, found);
  }
}

/** As `find`, but waits until the state of an ended container shows its end. */
async function settledState(context: Context, containerId: string, ended: boolean): Promise<OwnedContainer | null> {
  for (let count = 0; count < STATE_ATTEMPTS; count += 1) {
    const found = await context.objects.find(containerId);
    if (found === null || !ended || !isRunning(found.container)) return found;
    await delay(STATE_PAUSE_MS);
  }
  return context.objects.find(containerId);
}

function* repeat(context: Context, known: Known, all: readonly Watched[]): Generator<EngineEvent> {
  const names = new Set(all.map(({ container }) => nameOf(container)));
  for (const [name, what] of known) if (!names.has(name)) yield gone(known, name, what);
  for (const one of all) {
    remember(known, one);
    yield present(context, one);
  }
}

/** The port has no events about toolboxes and services. */
function isWatched(one: OwnedContainer): one is Watched {
  return one.type !== 'toolbox' && one.type !== 'service';
}

function remember(known: Known, { container, type, desktopId }: OwnedContainer): void {
  known.set(nameOf(container), { desktop: type === 'x11server', desktopId });
}

function present(context: Context, one: Watched): EngineEvent {
  return isLaunch(one)
    ? { type: 'launch', launch: toLaunch(context, one) }
    : { type: 'desktop', desktop: toDesktop(context, one) };
}

function gone(known: Known, id: string, { desktop, desktopId }: { desktop: boolean; desktopId: string }): EngineEvent {
  known.delete(id);
  return desktop ? { type: 'desktop_gone', id } : { type: 'launch_gone', id, desktopId };
}
