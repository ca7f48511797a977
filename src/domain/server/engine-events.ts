/** Passes the engine's reports to desktops and launches, from start-up until the server stops. */
import type { Engine, EngineDesktop, EngineEvent } from '../ports/engine.ts';
import type { EngineLaunch } from '../ports/engine-launch.ts';

const REMOVE_TIMEOUT_MS = 30_000;

export interface Follower {
  readonly engine: Pick<Engine, 'desktops' | 'launches' | 'watch' | 'removeDesktop'>;
  readonly desktops: {
    found(desktop: EngineDesktop): void;
    gone(id: string): void;
  };
  readonly launches: {
    /** Compares all that run with their records. */
    reconcile(running: readonly EngineLaunch[]): Promise<void>;
    seen(launch: EngineLaunch): Promise<void>;
    goneFromEngine(id: string): Promise<void>;
    desktopEnded(id: string, how: 'unexpectedly'): Promise<void>;
  };
  readonly displays: { forget(id: string): void };
  readonly debug: { desktopEnded(id: string): Promise<void> };
  failed(what: string, error: unknown): void;
}

/** Adopts everything that is already running, before the server listens. */
export async function adopt(follower: Follower): Promise<void> {
  const { engine, launches, desktops } = follower;
  const [found, running] = await Promise.all([engine.desktops(), engine.launches()]);
  for (const desktop of found) desktops.found(desktop);
  await Promise.all(found.filter((desktop) => desktop.state === 'ended').map((desktop) => cleanUp(follower, desktop)));
  const alive = new Set(found.filter((desktop) => desktop.state === 'running').map((desktop) => desktop.id));
  await launches.reconcile(running.filter((launch) => alive.has(launch.desktopId)));
}

/** Resolves once the signal aborts and all events are handled, so that engine and store can close. */
export async function follow(follower: Follower, signal: AbortSignal): Promise<void> {
  const pending = new Set<Promise<void>>();
  for await (const event of follower.engine.watch(signal)) {
    const handled = handle(follower, event)
      .catch((error: unknown) => follower.failed(`handling ${event.type}`, error))
      .finally(() => pending.delete(handled));
    pending.add(handled);
    // The end of a launch may wait for later events: whether its desktop ended, too.
    if (event.type === 'desktop' || event.type === 'desktop_gone') await handled;
  }
  await Promise.all(pending);
}

async function handle(follower: Follower, event: EngineEvent): Promise<void> {
  const { desktops, displays, launches, debug } = follower;
  switch (event.type) {
    case 'desktop':
      desktops.found(event.desktop);
      if (event.desktop.state === 'ended') await cleanUp(follower, event.desktop);
      return;
    case 'desktop_gone':
      displays.forget(event.id);
      await debug.desktopEnded(event.id);
      await launches.desktopEnded(event.id, 'unexpectedly');
      return desktops.gone(event.id);
    case 'launch':
      return launches.seen(event.launch);
    case 'launch_gone':
      return launches.goneFromEngine(event.id);
  }
}

/** A desktop that ended by itself: stores the ends of its launches, then removes the rest. */
async function cleanUp({ engine, launches, displays, debug }: Follower, desktop: EngineDesktop): Promise<void> {
  displays.forget(desktop.id);
  await debug.desktopEnded(desktop.id);
  await launches.desktopEnded(desktop.id, 'unexpectedly');
  await engine.removeDesktop(desktop.id, AbortSignal.timeout(REMOVE_TIMEOUT_MS));
}
