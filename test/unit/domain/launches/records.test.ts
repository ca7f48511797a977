/** Records of launches match reality through any failures of engine, store and servers. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import fc from 'fast-check';
import type { Deadlines } from '#domain/launches/deadlines.ts';
import type { LaunchEnd, Store } from '#domain/ports/store.ts';
import { openStore } from '#store/open.ts';
import { aServer, DESKTOP, type FakeServer, launchesIn, RUNNING } from '../../../fakes/launches.ts';
import { MISHAPS, Trouble, TroubledEngine, troubledStore } from '../../../fakes/trouble.ts';

const DEADLINES: Deadlines = {
  startMs: 20,
  installMs: 20,
  undoMs: 2,
  stopMs: 20,
  orphanMs: 5,
  askMs: 10,
  desktopEndMs: 5,
};
/** Longer than any of these timeouts, so that a hanging call is abandoned between two rounds. */
const ROUND_MS = 30;
/** A bound for the slowest machine: a few are enough on an idle one. */
const ROUNDS = 1_000;
const SERVERS = 2;

const which = fc.nat({ max: 7 });
const command = fc.oneof(
  { weight: 4, arbitrary: fc.record({ do: fc.constant('start' as const), at: which }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('stop' as const), at: which, launch: which }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('finish' as const), launch: which, told: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('vanish' as const), launch: which, told: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('crash' as const), at: which }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('end desktop' as const), at: which }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('round' as const), at: which, leads: fc.boolean() }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('wait' as const), ms: fc.nat({ max: 25 }) }) },
);
type Command = typeof command extends fc.Arbitrary<infer C> ? C : never;

/** Servers that are killed and restarted with one store and one engine, and all events and logs of them. */
class Planet {
  readonly trouble: Trouble;
  readonly engine: TroubledEngine;
  readonly store: Store;
  readonly everybody: FakeServer[] = [];
  /** The ends as they were stored first. */
  readonly ends = new Map<string, LaunchEnd>();
  readonly ids: string[] = [];
  readonly #servers: { server: FakeServer; die: () => void }[] = [];
  /** Stop requests without a response, by server. */
  readonly #unanswered = new Map<FakeServer, number>();

  constructor(store: Store, schedule: ConstructorParameters<typeof Trouble>[0]) {
    this.trouble = new Trouble(schedule);
    this.engine = new TroubledEngine(this.trouble);
    this.engine.desktopsById.set(DESKTOP.id, RUNNING);
    const { launches } = store;
    const end = async (id: string, how: LaunchEnd): Promise<boolean> => {
      const first = await launches.end(id, how);
      if (first) assert.ok(!this.ends.has(id), `${id} ended twice`);
      if (first) this.ends.set(id, how);
      return first;
    };
    this.store = { ...store, launches: { ...launches, end } };
  }

  async populate(): Promise<void> {
    for (let index = 0; index < SERVERS; index += 1) await this.#raise(index);
  }

  async #raise(index: number): Promise<void> {
    let dead = false;
    const store = troubledStore(this.store, this.trouble, () => dead);
    const server = await aServer(this.engine, store, `s${index}`, { deadlines: DEADLINES, failed: () => {} });
    this.everybody.push(server);
    this.#servers[index] = { server, die: () => void (dead = true) };
    const present = [...this.engine.launchesById.values()].map(({ launch }) => launch);
    await server.launches.reconcile(present).catch(() => {});
  }

  async carryOut(one: Command): Promise<void> {
    const { server } = this.#at('at' in one ? one.at : 0);
    const id = 'launch' in one ? this.ids[one.launch % Math.max(1, this.ids.length)] : undefined;
    switch (one.do) {
      case 'start':
        // A refused request returns no launch.
        return server.start().then(
          (launch) => void this.ids.push(launch.id),
          () => {},
        );
      case 'stop':
        if (id !== undefined) this.#stop(server, id);
        return;
      case 'finish': {
        if (id === undefined || !this.engine.launchesById.has(id)) return;
        const launch = this.engine.finish(id, { exitCode: 1 });
        if (one.told) await this.#eachServer(({ launches }) => launches.seen(launch));
        return;
      }
      case 'vanish':
        if (id === undefined || !this.engine.launchesById.delete(id) || !one.told) return;
        return this.#eachServer(({ launches }) => launches.goneFromEngine(id));
      case 'crash': {
        const index = one.at % SERVERS;
        this.#at(index).die();
        await server.replicas[Symbol.asyncDispose]();
        return this.#raise(index);
      }
      case 'end desktop':
        return server.launches.desktopEnded(DESKTOP.id, 'unexpectedly').catch(() => {});
      case 'round':
        return (one.leads ? server.launches.sweep() : server.launches.converge()).catch(() => {});
      case 'wait':
        await delay(one.ms);
        return;
      default:
        return one satisfies never;
    }
  }

  /** Runs the periodic work of every server, without further failures. */
  async calmDown(): Promise<void> {
    this.trouble.end();
    for (let round = 0; round < ROUNDS; round += 1) {
      await delay(ROUND_MS);
      await this.#eachServer(({ launches }) => launches.converge());
      await this.#servers[0]?.server.launches.sweep();
      if (round > 4 && (await this.#isCalm())) break;
    }
  }

  #stop(server: FakeServer, id: string): void {
    const count = (by: number) => this.#unanswered.set(server, (this.#unanswered.get(server) ?? 0) + by);
    count(1);
    server.launches.stop(id, 'you').then(
      () => count(-1),
      () => count(-1),
    );
  }

  /** Whether every launch without an end is running, and no other. */
  async #isCalm(): Promise<boolean> {
    const records = await this.store.launches.list({});
    return records.every(
      ({ id, end, server }) => (end === null) === this.#runs(id) && (end !== null || server === null),
    );
  }

  #runs(id: string): boolean {
    return this.engine.launchesById.get(id)?.launch.status.state === 'running';
  }

  async check(): Promise<void> {
    const records = await this.store.launches.list({});
    for (const { id, end, server } of records) {
      if (end === null) assert.ok(this.#runs(id) && server === null, `${id} has no end but does not run`);
      else assert.ok(!this.#runs(id), `${id} runs after its end`);
      const { log: _, ...first } = this.ends.get(id) ?? { log: '' };
      assert.deepEqual(
        end === null ? {} : { ...end, log: undefined },
        end === null ? {} : { ...first, log: undefined },
      );
    }
    for (const id of this.ids)
      assert.ok(
        records.some((record) => record.id === id),
        `${id} was accepted but is not stored`,
      );
    for (const { told, logged } of this.everybody) {
      const over = launchesIn(told).filter(({ status }) => status.state === 'finished');
      for (const { id } of over) assert.ok(this.ends.has(id), `${id} was reported as ended but has no end`);
      assert.equal(new Set(over.map(({ id }) => id)).size, over.length, 'an end was reported twice');
      assert.ok(logged.every(({ id }) => this.ends.has(id)));
    }
    const logged = this.everybody.flatMap((server) => server.logged.map(({ id }) => id));
    assert.equal(new Set(logged).size, logged.length, 'an end was logged twice');
    for (const { server } of this.#servers) {
      assert.equal(this.#unanswered.get(server) ?? 0, 0, 'a stop request waits forever');
      const shown = await server.launches.list({});
      for (const { id, status } of shown)
        assert.equal(status.state === 'finished', this.ends.has(id), `${id} is ${status.state} on a server`);
    }
  }

  #at(index: number) {
    const found = this.#servers[index % SERVERS];
    assert.ok(found);
    return found;
  }

  async #eachServer(work: (server: FakeServer) => Promise<unknown>): Promise<void> {
    await Promise.all(this.#servers.map(({ server }) => work(server).catch(() => {})));
  }
}

test(
  'with any refusals, delays and crashes, every record has an end or a running launch',
  { timeout: 300_000 },
  async (t) => {
    // Timers of a server do not keep the process running.
    const alive = setInterval(() => {}, 1_000);
    t.after(() => clearInterval(alive));
    const schedule = fc.array(fc.constantFrom(...MISHAPS), { maxLength: 60 });
    const commands = fc.array(command, { minLength: 1, maxLength: 12 });
    await fc.assert(
      fc.asyncProperty(schedule, commands, async (mishaps, all) => {
        await using store = await openStore({ kind: 'sqlite', file: ':memory:' });
        const planet = new Planet(store, mishaps);
        await planet.populate();
        for (const one of all) await planet.carryOut(one);
        await planet.calmDown();
        await planet.check();
      }),
      { numRuns: Number(process.env['DESKPOD_TEST_RUNS'] ?? 40), timeout: 60_000 },
    );
  },
);
