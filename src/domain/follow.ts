/** Carries what the engine reports into desktops and launches, from start-up until the server stops. */
import type { DebugSessions } from './debug/sessions.ts';
import type { Desktops } from './desktops.ts';
import type { Displays } from './displays.ts';
import type { Engine, EngineDesktop, EngineEvent } from './engine.ts';
import type { Launches } from './launches.ts';

const REMOVE_TIMEOUT_MS = 30_000;

export interface Follower {
  readonly engine: Engine;
  readonly desktops: Desktops;
  readonly launches: Launches;
  readonly displays: Displays;
  readonly debug: Pick<DebugSessions, 'desktopEnded'>;
  failed(what: string, error: unknown): void;
}

/** Takes what runs already into view: before the server listens. */
export async function adopt(follower: Follower): Promise<void> {
  const { engine, launches, desktops } = follower;
  const [found, running] = await Promise.all([engine.desktops(), engine.launches()]);
  for (const desktop of found) desktops.found(desktop);
  await Promise.all(found.filter((desktop) => desktop.state === 'ended').map((desktop) => cleanUp(follower, desktop)));
  const alive = new Set(found.filter((desktop) => desktop.state === 'running').map((desktop) => desktop.id));
  await launches.reconcile(
    running.filter((launch) => alive.has(launch.desktopId)),
    alive,
  );
}

/** Ends when the signal aborts and what was begun is done: what it works with may be closed then. */
export async function follow(follower: Follower, signal: AbortSignal): Promise<void> {
  const underWay = new Set<Promise<void>>();
  for await (const event of follower.engine.watch(signal)) {
    const handled = handle(follower, event)
      .catch((error: unknown) => follower.failed(`handling ${event.type}`, error))
      .finally(() => underWay.delete(handled));
    underWay.add(handled);
    // The end of a launch may wait for what follows: whether its desktop ended too.
    if (event.type !== 'launch') await handled;
  }
  await Promise.all(underWay);
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
      await launches.desktopEnded(event.id);
      return desktops.gone(event.id);
    case 'launch':
      return launches.seen(event.launch);
    case 'launch_gone':
      return launches.goneFromEngine(event.id);
  }
}

/** A desktop that ended on its own: what its launches left is kept, then the rest is removed. */
async function cleanUp({ engine, launches, displays, debug }: Follower, desktop: EngineDesktop): Promise<void> {
  displays.forget(desktop.id);
  await debug.desktopEnded(desktop.id);
  await launches.desktopEnded(desktop.id);
  await engine.removeDesktop(desktop.id, AbortSignal.timeout(REMOVE_TIMEOUT_MS));
}
