/** Changes of managed pods as events of the port; after an interruption, all of them again. */
import type { EngineDesktop, EngineEvent } from '#domain/ports/engine.ts';
import type { EngineLaunch } from '#domain/ports/engine-launch.ts';
import type { Context } from '../context.ts';
import { listPods, findPod } from '../context.ts';
import { ephemeralLaunches, isThere, toDesktop, toPodLaunch } from './describe.ts';
import type { Pod } from '../cluster/pod.ts';

/** What listeners know. */
interface Known {
  readonly desktops: Map<string, string>;
  /** By id: the desktop, and the launch as it was last reported. */
  readonly launches: Map<string, { desktopId: string; snapshot: string }>;
}

export async function* watchEngine(context: Context, signal: AbortSignal): AsyncGenerator<EngineEvent> {
  const known: Known = { desktops: new Map(), launches: new Map() };
  const queue: EngineEvent[] = [];
  let wake = Promise.withResolvers<void>();
  const push = (events: Iterable<EngineEvent>): void => {
    queue.push(...events);
    wake.resolve();
  };
  // The listener knows what exists already.
  for (const name of present(context)) Array.from(changes(context, known, name, context.view.pod(name)));
  const stop = context.view.onPod((name, pod) => push(changes(context, known, name, pod)));
  const unsync = context.view.onResync(() => {
    known.desktops.clear();
    for (const [id, { desktopId }] of known.launches) known.launches.set(id, { desktopId, snapshot: '' });
    for (const name of present(context)) push(changes(context, known, name, context.view.pod(name)));
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
  return [...listPods(context, 'desktop'), ...listPods(context, 'launch')].map(({ pod }) => pod.metadata.name);
}

function* changes(context: Context, known: Known, name: string, pod: Pod | null): Generator<EngineEvent> {
  const desktop = pod && findPod(context, name, 'desktop');
  if (desktop) {
    // A removal is reported once, when the pod is gone.
    if (pod.metadata.deletionTimestamp) return;
    if (isThere(desktop)) yield* desktopChange(known, toDesktop(desktop));
    yield* launchChanges(known, name, ephemeralLaunches(desktop));
    return;
  }
  const launch = pod && findPod(context, name, 'launch');
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
  const snapshot = JSON.stringify(desktop);
  if (known.desktops.get(desktop.id) === snapshot) return;
  known.desktops.set(desktop.id, snapshot);
  yield { type: 'desktop', desktop };
}

/** Of launches inside a desktop: those that are no longer listed were forgotten. */
function* launchChanges(known: Known, desktopId: string, launches: readonly EngineLaunch[]): Generator<EngineEvent> {
  const ids = new Set(launches.map(({ id }) => id));
  for (const launch of launches) yield* launchChange(known, launch);
  for (const [id, one] of known.launches) {
    // Pod applications have changes of their own.
    if (one.desktopId !== desktopId || ids.has(id) || !one.snapshot.includes('"ephemeral_container"')) continue;
    known.launches.delete(id);
    yield { type: 'launch_gone', id, desktopId };
  }
}

function* launchChange(known: Known, launch: EngineLaunch): Generator<EngineEvent> {
  const snapshot = JSON.stringify(launch);
  if (known.launches.get(launch.id)?.snapshot === snapshot) return;
  known.launches.set(launch.id, { desktopId: launch.desktopId, snapshot });
  yield { type: 'launch', launch };
}
