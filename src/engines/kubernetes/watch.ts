/** Changes of our pods as the port tells them: only what its listeners can see, and all of it again after a break. */
import type { EngineDesktop, EngineEvent, EngineLaunch } from '#domain/engine.ts';
import type { Context } from './context.ts';
import { allOf, ofKind } from './context.ts';
import { entriesOf, isThere, toDesktop, toPodLaunch } from './describe.ts';
import type { Pod } from './pod.ts';

/** What listeners know. */
interface Known {
  readonly desktops: Map<string, string>;
  /** By id: the desktop, and the state as it was told. */
  readonly launches: Map<string, { desktopId: string; told: string }>;
}

export async function* watchEngine(context: Context, signal: AbortSignal): AsyncGenerator<EngineEvent> {
  const known: Known = { desktops: new Map(), launches: new Map() };
  const queue: EngineEvent[] = [];
  let wake = Promise.withResolvers<void>();
  const tell = (events: Iterable<EngineEvent>): void => {
    queue.push(...events);
    wake.resolve();
  };
  // What is there already is known to whoever begins to listen.
  for (const name of present(context)) Array.from(changes(context, known, name, context.view.pod(name)));
  const stop = context.view.onPod((name, pod) => tell(changes(context, known, name, pod)));
  const unsync = context.view.onResync(() => {
    known.desktops.clear();
    for (const [id, { desktopId }] of known.launches) known.launches.set(id, { desktopId, told: '' });
    for (const name of present(context)) tell(changes(context, known, name, context.view.pod(name)));
  });
  const end = (): void => wake.resolve();
  signal.addEventListener('abort', end, { once: true });
  try {
    while (!signal.aborted) {
      yield* queue.splice(0);
      if (queue.length > 0 || signal.aborted) continue;
      wake = Promise.withResolvers<void>();
      if (queue.length === 0) await wake.promise;
    }
  } finally {
    stop();
    unsync();
    signal.removeEventListener('abort', end);
  }
}

function present(context: Context): string[] {
  return [...allOf(context, 'desktop'), ...allOf(context, 'launch')].map(({ pod }) => pod.metadata.name);
}

function* changes(context: Context, known: Known, name: string, pod: Pod | null): Generator<EngineEvent> {
  const desktop = pod && ofKind(context, name, 'desktop');
  if (desktop) {
    // One that is removed is told of once, when it is gone.
    if (pod.metadata.deletionTimestamp) return;
    if (isThere(desktop)) yield* desktopChange(known, toDesktop(desktop));
    yield* launchChanges(known, name, entriesOf(desktop));
    return;
  }
  const launch = pod && ofKind(context, name, 'launch');
  if (launch) {
    if (!pod.metadata.deletionTimestamp) yield* launchChange(known, toPodLaunch(launch));
    return;
  }
  if (pod !== null) return;
  if (known.desktops.delete(name)) {
    for (const [id, { desktopId }] of known.launches) if (desktopId === name) known.launches.delete(id);
    yield { type: 'desktop_gone', id: name };
  }
  const gone = known.launches.get(name);
  if (gone) {
    known.launches.delete(name);
    yield { type: 'launch_gone', id: name, desktopId: gone.desktopId };
  }
}

function* desktopChange(known: Known, desktop: EngineDesktop): Generator<EngineEvent> {
  const told = JSON.stringify(desktop);
  if (known.desktops.get(desktop.id) === told) return;
  known.desktops.set(desktop.id, told);
  yield { type: 'desktop', desktop };
}

/** Of launches inside a desktop: those that are no longer among its entries were forgotten. */
function* launchChanges(known: Known, desktopId: string, launches: readonly EngineLaunch[]): Generator<EngineEvent> {
  const ids = new Set(launches.map(({ id }) => id));
  for (const launch of launches) yield* launchChange(known, launch);
  for (const [id, one] of known.launches) {
    // Pods beside the desktop have changes of their own.
    if (one.desktopId !== desktopId || ids.has(id) || !one.told.includes('"ephemeral_container"')) continue;
    known.launches.delete(id);
    yield { type: 'launch_gone', id, desktopId };
  }
}

function* launchChange(known: Known, launch: EngineLaunch): Generator<EngineEvent> {
  const told = JSON.stringify(launch);
  if (known.launches.get(launch.id)?.told === told) return;
  known.launches.set(launch.id, { desktopId: launch.desktopId, told });
  yield { type: 'launch', launch };
}
