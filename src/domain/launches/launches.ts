/** Launches: starts, follows and stops them, and keeps the finished ones. */
import type { Launch, LaunchState } from '#protocol/launch.ts';
import type { Limits, PodSettings, Runtime, Environment } from '#protocol/app.ts';
import type { AppDocument } from '#protocol/manager.ts';
import type { Window } from '#protocol/window.ts';
import type { Identity } from '../ports/auth.ts';
import { type CopyRequest, planCopy } from './copy-plan.ts';
import type { Engine, EphemeralCount } from '../ports/engine.ts';
import type { EngineLaunch } from '../ports/engine-launch.ts';
import { DeskpodError } from '../errors.ts';
import type { EventBus } from '../server/event-bus.ts';
import { LaunchQuota } from './quota.ts';
import { type Active, LaunchRegistry, type LaunchEvents } from './registry.ts';
import { LaunchOwnership } from './ownership.ts';
import { type Deadlines, DEADLINES } from './deadlines.ts';
import { lostEnd } from './end.ts';
import { type DesktopEnded, LaunchEnding } from './ending.ts';
import { planLaunch } from './plan.ts';
import { LaunchReconciler } from './reconciler.ts';
import { newRecord, present } from './record.ts';
import { assertCapacity } from './capacity.ts';
import { LaunchStarts } from './start.ts';
import { LaunchStops } from './stop.ts';
import { ignore } from '#protocol/ignore.ts';
import { inOrder } from './writes.ts';
import type { Replicas } from '../server/replicas.ts';
import type { LaunchRecord, StoppedBy, Store } from '../ports/store.ts';
import { withDeadline } from '../deadlines.ts';

/** What launches need from the catalogue (`domain/catalogue`). */
export interface LaunchApps {
  /** By id, name and so on; `not_found` if it doesn't exist or these labels may not use it. */
  startable(key: string, labels: readonly string[] | null): Promise<AppDocument>;
  /** `runtime_refused` with the reason if the runtime doesn't support what the app needs. */
  resolve(
    app: AppDocument,
    runtime: Runtime | undefined,
  ): {
    readonly runtime: Runtime;
    readonly limits: Limits;
    readonly executeClass: string;
    readonly pod: PodSettings;
  };
  imageReference(app: AppDocument): string;
  isInstalled(id: string): Promise<boolean>;
  /** Downloads or builds the image; `app_unavailable` with the reason. */
  install(id: string, signal: AbortSignal): Promise<unknown>;
}

export interface LaunchRequest {
  readonly app: string;
  readonly runtime?: Runtime | undefined;
  readonly env: Environment;
  /** The names of those whose values others than the owner may read. */
  readonly publicEnv?: readonly string[] | undefined;
  readonly args: readonly string[];
}

interface LaunchDeps {
  readonly engine: Engine;
  readonly store: Store;
  readonly hub: EventBus;
  readonly replicas: Replicas;
  readonly apps: LaunchApps;
  readonly hold: (desktopId: string) => () => void;
  readonly stopGraceMs: number;
  /** Running launches of one user. */
  readonly launchesPerUser: number;
  readonly events: LaunchEvents;
  readonly deadlines: Deadlines;
}

interface StartingDesktop {
  readonly id: string;
  readonly env: Environment;
  readonly entries: EphemeralCount;
}

export class Launches {
  readonly #deps: LaunchDeps;
  readonly #store: Store['launches'];
  readonly #registry: LaunchRegistry;
  readonly #ownership: LaunchOwnership;
  readonly #ending: LaunchEnding;
  readonly #stops: LaunchStops;
  readonly #starts: LaunchStarts;
  readonly #quota: LaunchQuota;
  readonly #reconciler: LaunchReconciler;

  constructor(given: Omit<LaunchDeps, 'deadlines'> & { readonly deadlines?: Partial<Deadlines> }) {
    this.#store = inOrder(given.store.launches);
    const deps = {
      ...given,
      store: { ...given.store, launches: this.#store },
      deadlines: { ...DEADLINES, ...given.deadlines },
    };
    this.#deps = deps;
    const seen = (launch: EngineLaunch): Promise<void> => this.seen(launch);
    const registry = new LaunchRegistry(deps);
    const ownership = new LaunchOwnership(deps);
    const stops = new LaunchStops({ ...deps, registry, ownership, finished: seen });
    this.#registry = registry;
    this.#quota = new LaunchQuota(registry, deps.launchesPerUser);
    this.#ownership = ownership;
    this.#stops = stops;
    this.#ending = new LaunchEnding({ ...deps, registry });
    this.#starts = new LaunchStarts({ ...deps, registry, ownership, stops });
    this.#reconciler = new LaunchReconciler({ ...deps, registry, ownership, stops, seen });
  }

  /** How many launches of this user run, and how many can. */
  quotaOf(userId: string): ReturnType<LaunchQuota['of']> {
    return this.#quota.of(userId);
  }

  /** Resolves once the launch is stored; later states are published. */
  start(identity: Identity, desktop: StartingDesktop, request: LaunchRequest): Promise<Launch> {
    return this.#quota.within(identity.user.id, () => this.#start(identity, desktop, request));
  }

  async #start(identity: Identity, desktop: StartingDesktop, request: LaunchRequest): Promise<Launch> {
    const requestedAt = performance.now();
    const { apps, engine, store, replicas } = this.#deps;
    const app = await apps.startable(request.app, identity.user.labels);
    const { runtime, limits, executeClass, pod } = apps.resolve(app, request.runtime);
    if (runtime === 'ephemeral_container') assertCapacity(desktop, this.#registry.all());
    const defaults = await store.apps.defaults(app.id);
    const { env, publicEnv = [], args } = request;
    const image = apps.imageReference(app);
    const plan = { app, image, runtime, limits, executeClass, pod, env, publicEnv, args, defaults };
    const { spec, requested } = planLaunch(identity, desktop, plan);
    const record = newRecord(identity.user.id, replicas.me, app, spec, requested);
    return await this.#starts.begin(record, app, requestedAt, {
      isInstalled: () => apps.isInstalled(app.id),
      install: (signal) => apps.install(app.id, signal),
      start: (report, signal) => engine.launch(spec, report, signal),
    });
  }

  /** Starts a copy of a launch with changes, in a separate pod or container; doesn't touch the original. */
  copy(of: LaunchRecord, desktop: Pick<StartingDesktop, 'env'>, request: CopyRequest): Promise<Launch> {
    return this.#quota.within(of.userId, () => this.#copy(of, desktop, request));
  }

  async #copy(of: LaunchRecord, desktop: Pick<StartingDesktop, 'env'>, request: CopyRequest): Promise<Launch> {
    const requestedAt = performance.now();
    const { apps, engine, replicas } = this.#deps;
    const app = await apps.startable(of.appId, null);
    const { limits, executeClass, pod } = apps.resolve(app, 'pod_application');
    const own = apps.imageReference(app);
    const { launch, requested } = planCopy(of, desktop, { app, image: own, limits, executeClass, pod }, request);
    const record = newRecord(of.userId, replicas.me, app, launch, requested, of.id);
    const { image = null, command, env, shareProcesses, sameNode, plain } = request;
    const changed = { image, command, env };
    const spec = { launch, of: of.id, changed, shareProcesses, sameNode, plain };
    return await this.#starts.begin(record, app, requestedAt, {
      isInstalled: async () => launch.image === own && (await apps.isInstalled(app.id)),
      install: async (signal) => {
        if (launch.image === own) await apps.install(app.id, signal);
        else await engine.ensureImage({ reference: launch.image, app: null }, () => {}, signal);
      },
      start: (report, signal) => engine.debug.copy(spec, report, signal),
    });
  }

  /** Resolves when no launch is starting. */
  async settled(signal: AbortSignal): Promise<void> {
    await this.#starts.settled(signal);
  }

  /** The first window of a launch became visible. */
  mapped(window: Window): void {
    const active = window.launchId === null ? undefined : this.#registry.get(window.launchId);
    if (active?.status.state !== 'starting') return;
    if (!active.mine) return this.#registry.setStatus(active, { state: 'running' });
    const ms = Math.round((performance.now() - active.requestedAt) * 10) / 10;
    active.record = { ...active.record, windowMs: ms };
    this.#registry.setStatus(active, { state: 'running' });
    active.release();
    this.#store.setWindowMs(active.record.id, ms).catch((error: unknown) => {
      this.#deps.events.failed(`storing the window time of launch ${active.record.id}`, error);
    });
  }

  /** The launch that is a machine of its own with this name. */
  ofMachine(desktopId: string, machine: string | null): string | null {
    const found = this.#registry
      .all()
      .find(({ record, hostname }) => record.desktopId === desktopId && hostname !== null && hostname === machine);
    return found?.record.id ?? null;
  }

  /** The launch of a window whose process is unknown: by the client's machine, otherwise by its class if only one matches. */
  guess(desktopId: string, client: { machine: string | null; wmClass: string }): string | null {
    const byMachine = this.ofMachine(desktopId, client.machine);
    if (byMachine !== null) return byMachine;
    const here = this.#registry.all().filter((active) => active.record.desktopId === desktopId);
    const byClass = here.filter((active) => active.wmClass === client.wmClass);
    return byClass.length === 1 ? (byClass[0]?.record.id ?? null) : null;
  }

  /** The current report of the engine about a launch; called for every event, and for all launches at start-up. */
  async seen(launch: EngineLaunch): Promise<void> {
    const active = this.#registry.get(launch.id) ?? (await this.#adopt(launch));
    if (!active) return;
    active.hostname ??= launch.hostname;
    if (launch.memoryKill && !active.record.memoryKill) await this.#memoryKill(active);
    if (launch.status.state === 'finished') await this.#ending.finish(active, launch, null);
  }

  /** Published even if the launch continues: the user may miss the killed process. */
  async #memoryKill(active: Active): Promise<void> {
    active.record = { ...active.record, memoryKill: true };
    await this.#store.memoryKill(active.record.id);
    this.#registry.setStatus(active, active.status, true);
  }

  /**
   * A launch that another server started, or this one before a restart. Ignores containers without a record and launches
   * that have an end.
   */
  async #adopt(launch: EngineLaunch): Promise<Active | null> {
    const record = await this.#store.find(launch.id);
    if (!record || record.end) return null;
    const described = record.server === null && record.imageDigest !== null;
    const later = launch.status.state === 'starting' || (await this.#ownership.isOwned(record));
    const facts =
      described || later
        ? {}
        : await this.#ownership.describe(launch).catch(ignore('its environment stays unknown', {}));
    return (
      this.#registry.get(launch.id) ?? this.#registry.follow({ ...record, ...facts }, stateOf(launch), launch.hostname)
    );
  }

  /** At start-up: all launches in the engine. Open records without a container get an end. */
  async reconcile(present: readonly EngineLaunch[]): Promise<void> {
    for (const launch of present) await this.seen(launch);
    await this.#reconciler.atStart(present);
  }

  /** In every server, every few seconds: reconciles its memory with the store. */
  async converge(): Promise<void> {
    await this.#reconciler.own();
  }

  /** In one server at a time, every few seconds: reconciles the store with the engine. */
  async sweep(): Promise<void> {
    await this.#reconciler.all();
  }

  /** Something else removed its container. */
  async goneFromEngine(id: string): Promise<void> {
    const active = this.#registry.get(id);
    if (active && !active.starting) await this.#ending.finish(active, null, null);
  }

  /** Its desktop ended, and with it all launches. */
  async desktopEnded(desktopId: string, how: DesktopEnded): Promise<void> {
    const { engine, deadlines } = this.#deps;
    const left = await withDeadline(engine.launches(desktopId), AbortSignal.timeout(deadlines.askMs));
    const byId = new Map(left.map((launch) => [launch.id, launch]));
    for (const launch of left) if (!this.#registry.get(launch.id)) await this.#adopt(launch);
    const here = this.#registry.all().filter((active) => active.record.desktopId === desktopId);
    for (const { starting } of here) starting?.abort(new DeskpodError('desktop_missing', 'Its desktop ended.'));
    await Promise.all(here.map((active) => this.#ending.finish(active, byId.get(active.record.id) ?? null, how)));
    for (const record of await this.#store.list({ desktopId, finished: false })) {
      if (this.#registry.get(record.id)) continue;
      const end = lostEnd(record, false);
      await this.#registry.settle(record, how === 'on purpose' ? { ...end, message: null } : end);
    }
  }

  /** Resolves when nothing of it runs; if that fails, its state stays as before. */
  async stop(id: string, by: StoppedBy): Promise<void> {
    await this.#stops.stop(id, by);
  }

  /** Their user has seen the ends. */
  async read(userId: string, ids: readonly string[]): Promise<void> {
    await this.#registry.read(userId, ids);
  }

  /** Removes a finished launch. */
  async remove(record: LaunchRecord): Promise<void> {
    if (this.#registry.get(record.id)) {
      throw new DeskpodError('conflict', `${record.appName} is still running.`, { remedy: 'Stop it first.' });
    }
    await this.#deps.engine.removeLaunch(record.id);
    await this.#store.remove(record.id);
    this.#registry.removed(record);
  }

  /** Its current state; null for an unknown id. */
  async find(id: string): Promise<{ record: LaunchRecord; launch: Launch } | null> {
    const active = this.#registry.get(id);
    if (active) return { record: active.record, launch: present(active.record, active.status) };
    const record = await this.#store.find(id);
    return record && { record, launch: this.#registry.present(record) };
  }

  async list(filter: Parameters<Store['launches']['list']>[0]): Promise<Launch[]> {
    const records = await this.#store.list(filter);
    return records.map((record) => this.#registry.present(record));
  }
}

/** The state of another server's launch, from the engine's report. */
function stateOf({ status }: EngineLaunch): LaunchState {
  if (status.state !== 'starting') return { state: 'running' };
  return { state: 'starting', step: 'create', ...(status.waiting === null ? {} : { detail: status.waiting }) };
}
