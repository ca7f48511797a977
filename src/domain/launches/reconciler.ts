/**
 * Compares open records with the engine and with this server's memory. A record without a container gets an end, a start
 * that another server abandoned is taken over, and what still runs after its end is removed. It takes two rounds in a
 * row to decide: lists are a moment old, and a server may miss one heartbeat.
 */
import type { Engine } from '../ports/engine.ts';
import type { EngineLaunch } from '../ports/engine-launch.ts';
import type { Active, LaunchRegistry, LaunchEvents } from './registry.ts';
import { stoppedBeforeStart } from './registry.ts';
import type { LaunchOwnership } from './ownership.ts';
import type { Deadlines } from './deadlines.ts';
import { lostEnd, stuckEnd } from './end.ts';
import type { LaunchStops } from './stop.ts';
import { SeenTwice } from '../seen-twice.ts';
import type { Replicas } from '../server/replicas.ts';
import type { LaunchRecord, OpenLaunch, Store } from '../ports/store.ts';
import { withDeadline } from '../deadlines.ts';

type Seen = (launch: EngineLaunch) => Promise<void>;

interface ReconcilerDeps {
  readonly engine: Pick<Engine, 'desktops' | 'launches' | 'findLaunch' | 'removeLaunch'>;
  readonly store: Pick<Store, 'launches'>;
  readonly replicas: Pick<Replicas, 'alive' | 'me'>;
  readonly registry: LaunchRegistry;
  readonly ownership: LaunchOwnership;
  readonly stops: LaunchStops;
  readonly seen: Seen;
  readonly deadlines: Deadlines;
  readonly events: Pick<LaunchEvents, 'failed'>;
}

export class LaunchReconciler {
  readonly #deps: ReconcilerDeps;
  /** Of all users' launches, of those that this server starts, and of what runs after its end. */
  readonly #suspects = new SeenTwice();
  readonly #own = new SeenTwice();
  readonly #leftOver = new SeenTwice();
  /** Nothing was open in the last round, and nothing ran. */
  #idle = false;

  constructor(deps: ReconcilerDeps) {
    this.#deps = deps;
  }

  /** At start-up: this server starts nothing yet, so an open launch that the engine doesn't have ended meanwhile. */
  async atStart(present: readonly EngineLaunch[]): Promise<void> {
    const { store, ownership, registry } = this.#deps;
    const there = new Set(present.map(({ id }) => id));
    for (const launch of await store.launches.open()) {
      if (registry.get(launch.id) || there.has(launch.id) || (await ownership.isOwned(launch))) continue;
      await this.#judgeOne(launch.id);
    }
  }

  /** In every server: what it remembers, and the launches that it starts. */
  async own(): Promise<void> {
    const { store, registry, replicas } = this.#deps;
    await registry.saveDue();
    const open = new Map((await store.launches.open()).map((launch) => [launch.id, launch]));
    for (const active of registry.all()) await this.#compare(active, open.get(active.record.id));
    const abandoned = [...open.values()].filter(
      ({ id, server }) => server === replicas.me && !registry.get(id)?.starting,
    );
    await this.#judgeAll(this.#own.again(idsOf(abandoned)));
  }

  /** In one server at a time: all launches that no living server starts. */
  async all(): Promise<void> {
    const { store, engine, replicas, deadlines } = this.#deps;
    const open = await store.launches.open();
    if (open.length === 0 && this.#idle) return;
    const launches = await withDeadline(engine.launches(), AbortSignal.timeout(deadlines.askMs));
    const byId = new Map(launches.map((launch) => [launch.id, launch]));
    const alive = await replicas.alive();
    const suspects = open.filter((launch) => this.#isSuspect(launch, byId.get(launch.id), alive));
    await this.#judgeAll(this.#suspects.again(idsOf(suspects)));
    for (const launch of launches)
      if (launch.memoryKill && launch.status.state === 'running') await this.#deps.seen(launch);
    await this.#removeLeftOver(launches, new Set(open.map(({ id }) => id)));
    this.#idle = open.length === 0 && this.#leftOver.size === 0;
  }

  #isSuspect(
    { server, stoppedBy, startedAt }: OpenLaunch,
    launch: EngineLaunch | undefined,
    alive: ReadonlySet<string>,
  ): boolean {
    const { startMs, installMs, orphanMs } = this.#deps.deadlines;
    if (server !== null && alive.has(server)) return Date.now() - startedAt.getTime() > startMs + installMs + orphanMs;
    if (server !== null || stoppedBy !== null) return true;
    return launch?.status.state !== 'running';
  }

  async #judgeAll(ids: Iterable<string>): Promise<void> {
    for (const id of ids) await this.#judgeOne(id);
  }

  async #judgeOne(id: string): Promise<void> {
    await this.#judge(id).catch((error: unknown) => this.#deps.events.failed(`reconciling launch ${id}`, error));
  }

  async #compare(active: Active, stored: OpenLaunch | undefined): Promise<void> {
    const { registry } = this.#deps;
    if (active.starting) {
      if (stored?.stoppedBy) active.starting.abort(stoppedBeforeStart());
    } else if (stored === undefined) await registry.lookUp(active.record.id);
    else if (active.status.state === 'stopping' && active.stopping === null && stored.stoppedBy === null)
      registry.setStatus(active, { state: 'running' });
  }

  /** Decides by what the engine reports now. */
  async #judge(id: string): Promise<void> {
    const { store, engine, registry, seen, stops, deadlines } = this.#deps;
    const record = await store.launches.find(id);
    if (!record || record.end || registry.get(id)?.starting || registry.get(id)?.stopping) return;
    const launch = await withDeadline(engine.findLaunch(record.desktopId, id), AbortSignal.timeout(deadlines.askMs));
    if (launch === null) return this.#abandon(record, lostEnd(record, await this.#runs(record.desktopId)));
    switch (launch.status.state) {
      case 'finished':
        return seen(launch);
      case 'running':
        if (record.server !== null) await this.#takeOver(record, launch);
        if (record.stoppedBy !== null) await stops.inEngine(record);
        return;
      case 'starting':
        if (record.stoppedBy !== null || Date.now() - record.startedAt.getTime() > deadlines.orphanMs)
          await this.#abandon(record, stuckEnd(record, launch.status.waiting));
        return;
      default:
        return launch.status satisfies never;
    }
  }

  async #takeOver(record: LaunchRecord, launch: EngineLaunch): Promise<void> {
    const { registry, ownership } = this.#deps;
    const facts = { ...(await ownership.describe(launch)), server: null };
    const active =
      registry.get(record.id) ?? registry.follow({ ...record, ...facts }, { state: 'running' }, launch.hostname);
    active.record = { ...active.record, ...facts };
    if (active.status.state !== 'stopping') registry.setStatus(active, { state: 'running' }, true);
  }

  /** Removes it from the engine first, so that nothing is left there when its end is published. */
  async #abandon(record: LaunchRecord, end: ReturnType<typeof lostEnd>): Promise<void> {
    const { engine, registry, deadlines } = this.#deps;
    await withDeadline(engine.removeLaunch(record.id), AbortSignal.timeout(deadlines.stopMs));
    await registry.settle(record, end);
  }

  async #runs(desktopId: string): Promise<boolean> {
    const { engine, deadlines } = this.#deps;
    const desktops = await withDeadline(engine.desktops(), AbortSignal.timeout(deadlines.askMs));
    return desktops.some(({ id, state }) => id === desktopId && state === 'running');
  }

  async #removeLeftOver(launches: readonly EngineLaunch[], open: ReadonlySet<string>): Promise<void> {
    const { store, engine, deadlines, events } = this.#deps;
    const unexpected = launches.filter(({ id, status }) => status.state !== 'finished' && !open.has(id));
    for (const id of this.#leftOver.again(idsOf(unexpected))) {
      try {
        if (!(await store.launches.find(id))?.end) continue;
        await withDeadline(engine.removeLaunch(id), AbortSignal.timeout(deadlines.stopMs));
      } catch (error) {
        events.failed(`removing the leftover container of launch ${id}`, error);
      }
    }
  }
}

function idsOf(launches: readonly { readonly id: string }[]): string[] {
  return launches.map(({ id }) => id);
}
