/** Changes of desktops and launches, across restarts of the engine process: then the current state is repeated. */
import { setTimeout as delay } from 'node:timers/promises';
import type { Engine, EngineEvent, EngineEvents } from '#domain/ports/engine.ts';
import { ignore } from '#protocol/ignore.ts';
import { gone } from './answers.ts';
import type { Link } from './link.ts';
import { ENGINE } from './protocol.ts';

const FIRST_PAUSE_MS = 100;
const LAST_PAUSE_MS = 5_000;

/** What the listener knows about, to report when it is gone. */
type Known = Map<string, { readonly desktop: boolean; readonly desktopId: string }>;

export async function* watchRemote(
  link: Link,
  engine: Pick<Engine, 'desktops' | 'launches' | 'ready'>,
  events: EngineEvents,
  outer: AbortSignal,
): AsyncGenerator<EngineEvent> {
  const signal = AbortSignal.any([outer, link.closed]);
  const known: Known = new Map();
  let first = true;
  let pause = FIRST_PAUSE_MS;
  while (!signal.aborted) {
    const connection = new AbortController();
    try {
      const changes = link.items(ENGINE.watch, {}, AbortSignal.any([signal, connection.signal]));
      let next = changes.next();
      next.catch(ignore('it is thrown when the state is known'));
      // Listed while the engine watches already, so that nothing is missed in between.
      await engine.ready();
      const present = await currentState(engine);
      const repeated = [...difference(known, present)];
      for (const event of repeated) {
        note(known, event);
        if (!first) yield event;
      }
      first = false;
      pause = FIRST_PAUSE_MS;
      for (let step = await next; !step.done; step = await next) {
        note(known, step.value);
        yield step.value;
        next = changes.next();
      }
      if (!signal.aborted) throw gone('watch');
    } catch (error) {
      if (!signal.aborted) events.failed('following the engine process', error);
    } finally {
      connection.abort();
    }
    await delay(pause, undefined, { signal }).catch(ignore('the watch was stopped'));
    pause = Math.min(pause * 2, LAST_PAUSE_MS);
  }
}

async function currentState(engine: Pick<Engine, 'desktops' | 'launches'>): Promise<EngineEvent[]> {
  const [desktops, launches] = await Promise.all([engine.desktops(), engine.launches()]);
  return [
    ...desktops.map((desktop): EngineEvent => ({ type: 'desktop', desktop })),
    ...launches.map((launch): EngineEvent => ({ type: 'launch', launch })),
  ];
}

/** What is gone, then everything that is there. */
function* difference(known: Known, present: readonly EngineEvent[]): Generator<EngineEvent> {
  const ids = new Set(present.map(idOf));
  for (const [id, { desktop, desktopId }] of known)
    if (!ids.has(id)) yield desktop ? { type: 'desktop_gone', id } : { type: 'launch_gone', id, desktopId };
  yield* present;
}

function idOf(event: EngineEvent): string {
  switch (event.type) {
    case 'desktop':
      return event.desktop.id;
    case 'launch':
      return event.launch.id;
    case 'desktop_gone':
    case 'launch_gone':
      return event.id;
    default:
      return event satisfies never;
  }
}

function note(known: Known, event: EngineEvent): void {
  if (event.type === 'desktop') known.set(event.desktop.id, { desktop: true, desktopId: event.desktop.id });
  else if (event.type === 'launch') known.set(event.launch.id, { desktop: false, desktopId: event.launch.desktopId });
  else known.delete(event.id);
}
