/**
 * Launches that nobody looks after: their server ended while it started them, or their container went while no server
 * was running. Each ends with a sentence or goes on in the care of a living server; nothing of it is left in the engine.
 */
import type { Engine, EngineLaunch } from './engine.ts';
import { maskSecrets } from './environment.ts';
import type { LaunchBoard } from './launch-board.ts';
import { lostEnd, stuckEnd } from './launch-end.ts';
import type { Replicas } from './replicas.ts';
import type { LaunchRecord, Store } from './store.ts';

/** After this an app that was begun by a server that is gone shall run. */
const START_MS = 60_000;

/** What is known only since the engine made it. */
export type LaunchFacts = Pick<LaunchRecord, 'imageDigest' | 'environment'>;

export class LaunchCare {
  readonly #deps;
  /** Servers that were missing at the last sweep: after an outage of the store all are, for a moment. */
  #missed: ReadonlySet<string> = new Set();

  constructor(deps: {
    engine: Pick<Engine, 'desktops' | 'launches' | 'environment' | 'removeLaunch'>;
    store: Pick<Store, 'launches'>;
    replicas: Pick<Replicas, 'alive' | 'me'>;
    board: LaunchBoard;
  }) {
    this.#deps = deps;
  }

  /** Keeps what is known only since the engine made it; from then on no server needs to look after its start. */
  async describe(started: EngineLaunch): Promise<LaunchFacts> {
    const { engine, store } = this.#deps;
    const environment = maskSecrets(await engine.environment(started.id));
    const facts = { imageDigest: started.imageDigest, environment };
    await store.launches.describe(started.id, facts);
    return facts;
  }

  /** A server that runs looks after its start. */
  async isLookedAfter({ server }: Pick<LaunchRecord, 'server'>): Promise<boolean> {
    return server !== null && (await this.#deps.replicas.alive()).has(server);
  }

  /** Records without an end that this server does not know; of one desktop or of all. */
  async unknown(desktopId?: string): Promise<LaunchRecord[]> {
    const { store, board } = this.#deps;
    const filter = { finished: false, limit: 1000, ...(desktopId === undefined ? {} : { desktopId }) };
    return (await store.launches.list(filter)).filter(({ id }) => !board.get(id));
  }

  /** At start-up: records without a container ended while nobody looked. */
  async reconcile(present: ReadonlySet<string>, runningDesktops: ReadonlySet<string>): Promise<void> {
    for (const record of await this.unknown()) {
      if (present.has(record.id) || (await this.isLookedAfter(record))) continue;
      const desktopRuns = runningDesktops.has(record.desktopId);
      // It may have been started after `present` was listed.
      const now = desktopRuns ? await this.#deps.engine.launches(record.desktopId) : [];
      if (!now.some(({ id }) => id === record.id)) await this.#deps.board.settle(record, lostEnd(record, desktopRuns));
    }
  }

  /** For one server at a time, every few seconds: launches whose server ended in the middle of their start. */
  async sweep(finished: (launch: EngineLaunch) => Promise<void>): Promise<void> {
    const { engine, store, replicas } = this.#deps;
    const abandonedBut = [...(await replicas.alive())];
    const abandoned = await store.launches.list({ finished: false, abandonedBut });
    const before = this.#missed;
    this.#missed = new Set(abandoned.flatMap(({ server }) => server ?? []));
    const orphans = abandoned.filter(({ server }) => server !== null && before.has(server));
    if (orphans.length === 0) return;
    const [launches, desktops] = await Promise.all([engine.launches(), engine.desktops()]);
    const byId = new Map(launches.map((launch) => [launch.id, launch]));
    const running = new Set(desktops.flatMap(({ id, state }) => (state === 'running' ? id : [])));
    for (const record of orphans) {
      const launch = byId.get(record.id);
      if (launch) await this.#takeOver(record, launch, finished);
      else await this.#giveUp(record, lostEnd(record, running.has(record.desktopId)));
    }
  }

  async #takeOver(
    record: LaunchRecord,
    launch: EngineLaunch,
    finished: (launch: EngineLaunch) => Promise<void>,
  ): Promise<void> {
    const { board } = this.#deps;
    switch (launch.status.state) {
      case 'finished':
        return finished(launch);
      case 'running': {
        const facts = await this.describe(launch);
        const known = { ...record, ...facts, server: null };
        const active = board.get(record.id) ?? board.follow(known, { state: 'running' }, launch.hostname);
        active.record = { ...active.record, ...facts, server: null };
        if (active.status.state !== 'stopping') board.step(active, { state: 'running' }, true);
        return;
      }
      case 'starting':
        if (Date.now() - record.startedAt.getTime() > START_MS)
          await this.#giveUp(record, stuckEnd(record, launch.status.waiting));
        return;
      default:
        return launch.status satisfies never;
    }
  }

  /** First from the engine: whoever is told that it is over finds nothing of it there. */
  async #giveUp(record: LaunchRecord, end: ReturnType<typeof lostEnd>): Promise<void> {
    await this.#deps.engine.removeLaunch(record.id);
    await this.#deps.board.settle(record, end);
  }
}
