/** Launches: starting, following, stopping and keeping what finished ones left. */
import type { Launch, LaunchState } from '../protocol/launch.ts';
import type { Limits, PodWishes, Runtime, Environment } from '../protocol/app.ts';
import type { AppDocument } from '../protocol/manager.ts';
import type { Window } from '../protocol/window.ts';
import type { Identity } from './auth.ts';
import { type CopyWant, planCopy } from './debug/copy-plan.ts';
import type { Engine, EngineLaunch, Entries } from './engine.ts';
import { DeskpodError } from './errors.ts';
import type { Hub } from './hub.ts';
import { type Active, LaunchBoard, type LaunchEvents } from './launch-board.ts';
import { LaunchCare } from './launch-care.ts';
import { endReason, lostEnd, NO_EXIT } from './launch-end.ts';
import { LaunchEnding } from './launch-ending.ts';
import { planLaunch } from './launch-plan.ts';
import { newRecord, present } from './launch-record.ts';
import { assertRoom } from './launch-room.ts';
import type { Replicas } from './replicas.ts';
import type { LaunchRecord, StoppedBy, Store } from './store.ts';
import { UnderWay } from './under-way.ts';

const START_TIMEOUT_MS = 120_000;
const INSTALL_TIMEOUT_MS = 20 * 60_000;

/** What a launch asks of the catalogue (`domain/catalogue`). */
export interface LaunchApps {
  /** By id, name and so on, if these labels may use it: `not_found` otherwise. */
  startable(key: string, labels: readonly string[] | null): Promise<AppDocument>;
  /** `runtime_refused` with the reason when the runtime cannot carry what the app asks for. */
  resolve(
    app: AppDocument,
    wanted: Runtime | undefined,
  ): {
    readonly runtime: Runtime;
    readonly limits: Limits;
    readonly pod: PodWishes;
  };
  imageReference(app: AppDocument): string;
  isInstalled(id: string): Promise<boolean>;
  /** Makes the image present; `app_unavailable` with the reason. */
  install(id: string, signal: AbortSignal): Promise<unknown>;
}

export interface LaunchWant {
  readonly app: string;
  readonly runtime?: Runtime | undefined;
  readonly env: Environment;
  readonly args: readonly string[];
}

/** How the engine comes to have it. */
interface Making {
  /** Whether its image is there. */
  isHere(): Promise<boolean>;
  fetch(signal: AbortSignal): Promise<unknown>;
  start(report: (waiting: string) => void, signal: AbortSignal): Promise<EngineLaunch>;
}

export class Launches {
  readonly #starting = new UnderWay();
  readonly #deps;
  readonly #board: LaunchBoard;
  readonly #ending: LaunchEnding;
  readonly #care: LaunchCare;

  constructor(deps: {
    engine: Engine;
    store: Store;
    hub: Hub;
    replicas: Replicas;
    apps: LaunchApps;
    hold: (desktopId: string) => () => void;
    stopGraceMs: number;
    events: LaunchEvents;
  }) {
    this.#deps = deps;
    this.#board = new LaunchBoard(deps);
    const board = this.#board;
    this.#ending = new LaunchEnding({ ...deps, board });
    this.#care = new LaunchCare({ ...deps, board });
  }

  /** Returns once the launch is recorded; what follows is published. */
  async start(
    identity: Identity,
    desktop: { id: string; env: Environment; entries: Entries },
    want: LaunchWant,
  ): Promise<Launch> {
    const begun = performance.now();
    const { apps, engine, store, replicas } = this.#deps;
    const app = await apps.startable(want.app, identity.user.labels);
    const { runtime, limits, pod } = apps.resolve(app, want.runtime);
    if (runtime === 'ephemeral_container') assertRoom(desktop, this.#board.all());
    const defaults = await store.apps.defaults(app.id);
    const { env, args } = want;
    const image = apps.imageReference(app);
    const wish = { app, image, runtime, limits, pod, env, args, defaults };
    const { spec, requested } = planLaunch(identity, desktop, wish);
    const record = newRecord(identity.user.id, replicas.me, app, spec, requested);
    return await this.#begin(record, app, begun, {
      isHere: () => apps.isInstalled(app.id),
      fetch: (signal) => apps.install(app.id, signal),
      start: (report, signal) => engine.launch(spec, report, signal),
    });
  }

  /** A launch like another one, but for what is changed, beside the desktop; the other is not touched. */
  async copy(of: LaunchRecord, desktop: { env: Environment }, want: CopyWant): Promise<Launch> {
    const begun = performance.now();
    const { apps, engine, replicas } = this.#deps;
    const app = await apps.startable(of.appId, null);
    const { limits, pod } = apps.resolve(app, 'pod_application');
    const own = apps.imageReference(app);
    const { launch, requested } = planCopy(of, desktop, { app, image: own, limits, pod }, want);
    const record = newRecord(of.userId, replicas.me, app, launch, requested, of.id);
    const { image = null, command, env, shareProcesses, sameNode, plain } = want;
    const changed = { image, command, env };
    const spec = { launch, of: of.id, changed, shareProcesses, sameNode, plain };
    return await this.#begin(record, app, begun, {
      isHere: async () => launch.image === own && (await apps.isInstalled(app.id)),
      fetch: async (signal) => {
        if (launch.image === own) await apps.install(app.id, signal);
        else await engine.ensureImage({ reference: launch.image, app: null }, () => {}, signal);
      },
      start: (report, signal) => engine.debug.copy(spec, report, signal),
    });
  }

  async #begin(record: LaunchRecord, app: AppDocument, begun: number, making: Making): Promise<Launch> {
    const active = this.#board.add({
      record,
      status: { state: 'starting', step: 'create' },
      begun,
      stoppedBy: null,
      release: this.#deps.hold(record.desktopId),
      finishing: null,
      desktopOver: new AbortController(),
      hostname: null,
      wmClass: app.launch,
      mine: true,
    });
    const stored = this.#deps.store.launches.add(record);
    this.#starting.add(this.#run(active, making, stored));
    await stored;
    this.#board.announce(active);
    return present(record, active.status);
  }

  /** Resolves when no launch is being made. */
  async settled(signal: AbortSignal): Promise<void> {
    await this.#starting.over(signal);
  }

  async #run(active: Active, making: Making, stored: Promise<void>): Promise<void> {
    const { engine } = this.#deps;
    const { id } = active.record;
    try {
      if (!(await making.isHere())) {
        this.#board.step(active, { state: 'starting', step: 'image' });
        await making.fetch(AbortSignal.timeout(INSTALL_TIMEOUT_MS));
        if (!active.stoppedBy) this.#board.step(active, { state: 'starting', step: 'create' });
      }
      if (active.stoppedBy) throw new DeskpodError('conflict', 'It was stopped before it began.');
      const started = await making.start((detail) => {
        if (active.status.state === 'starting') this.#board.step(active, { ...active.status, detail });
      }, AbortSignal.timeout(START_TIMEOUT_MS));
      await stored;
      await this.#started(active, started);
      if (active.stoppedBy && this.#board.get(id)) {
        const { stopGraceMs } = this.#deps;
        await engine.stopLaunch(id, stopGraceMs, AbortSignal.timeout(stopGraceMs + START_TIMEOUT_MS));
      }
    } catch (error) {
      await this.#failed(active, error);
    }
  }

  async #started(active: Active, started: EngineLaunch): Promise<void> {
    active.hostname = started.hostname;
    const kept = await this.#deps.store.launches.find(started.id);
    if (kept?.end) throw new DeskpodError('conflict', 'Another server took this one for gone and gave it up.');
    active.stoppedBy ??= kept?.stoppedBy ?? null;
    active.record = { ...active.record, ...(await this.#care.describe(started)), server: null };
    if (active.status.state === 'starting') this.#board.step(active, { state: 'starting', step: 'window' });
    const { release } = active;
    const stopWaiting = this.#board.awaitWindow(active, () => active.release());
    active.release = () => {
      stopWaiting();
      release();
    };
    this.#deps.events.launchStarted(present(active.record, active.status));
  }

  async #failed(active: Active, error: unknown): Promise<void> {
    const message =
      error instanceof DeskpodError
        ? [error.message, error.remedy].filter(Boolean).join(' ')
        : isTimeout(error)
          ? notInTime(active.status)
          : 'It could not be started.';
    if (!(error instanceof DeskpodError)) this.#deps.events.failed(`starting ${active.record.id}`, error);
    const reason = active.stoppedBy ? endReason({ ...NO_EXIT, stoppedBy: active.stoppedBy }) : 'start_failed';
    // It may have been told as over already: its desktop ended meanwhile.
    if (this.#board.get(active.record.id))
      await this.#board
        .settle(active.record, { finishedAt: new Date(), exitCode: null, reason, message, log: '' })
        .catch((cause: unknown) => this.#deps.events.failed(`keeping the end of ${active.record.id}`, cause));
    await this.#deps.engine.removeLaunch(active.record.id).catch(() => {});
  }

  /** The first window of a launch became visible. */
  mapped(window: Window): void {
    const active = window.launchId === null ? undefined : this.#board.get(window.launchId);
    if (active?.status.state !== 'starting') return;
    if (!active.mine) return this.#board.step(active, { state: 'running' });
    const ms = Math.round((performance.now() - active.begun) * 10) / 10;
    active.record = { ...active.record, windowMs: ms };
    this.#board.step(active, { state: 'running' });
    active.release();
    void this.#deps.store.launches.setWindowMs(active.record.id, ms).catch(() => {});
  }

  /** The launch that a window belongs to when its process cannot be read: by the client's machine, else by its class if only one fits. */
  guess(desktopId: string, client: { machine: string | null; wmClass: string }): string | null {
    const here = this.#board.all().filter((active) => active.record.desktopId === desktopId);
    const byMachine = here.find((active) => active.hostname !== null && active.hostname === client.machine);
    if (byMachine) return byMachine.record.id;
    const byClass = here.filter((active) => active.wmClass === client.wmClass);
    return byClass.length === 1 ? (byClass[0]?.record.id ?? null) : null;
  }

  /** What the engine says of a launch now; called for each of its events and for all at start-up. */
  async seen(launch: EngineLaunch): Promise<void> {
    const active = this.#board.get(launch.id) ?? (await this.#adopt(launch));
    if (!active) return;
    active.hostname ??= launch.hostname;
    if (launch.status.state === 'finished') await this.#ending.finish(active, launch, false);
  }

  /**
   * A launch of another server, or of an earlier life of this one. Those that were never ours, or are over and recorded,
   * are left alone.
   */
  async #adopt(launch: EngineLaunch): Promise<Active | null> {
    const record = await this.#deps.store.launches.find(launch.id);
    if (!record || record.end) return null;
    const described = record.server === null && record.imageDigest !== null;
    const later = launch.status.state === 'starting' || (await this.#care.isLookedAfter(record));
    const facts = described || later ? {} : await this.#care.describe(launch).catch(() => ({}));
    return this.#board.get(launch.id) ?? this.#board.follow({ ...record, ...facts }, stateOf(launch), launch.hostname);
  }

  /** At start-up: what the engine has, and the desktops that run. Records without a container ended while nobody looked. */
  async reconcile(present: readonly EngineLaunch[], desktopIds: ReadonlySet<string>): Promise<void> {
    for (const launch of present) await this.seen(launch);
    await this.#care.reconcile(new Set(present.map((launch) => launch.id)), desktopIds);
  }

  /** For one server at a time, every few seconds: launches whose server ended in the middle of their start. */
  async sweep(): Promise<void> {
    await this.#care.sweep((launch) => this.seen(launch));
  }

  /** Its container was removed by somebody else. */
  async goneFromEngine(id: string): Promise<void> {
    const active = this.#board.get(id);
    if (active && active.status.state !== 'starting') await this.#ending.finish(active, null, true);
  }

  /** Its desktop ended: every launch of it is over. */
  async desktopEnded(desktopId: string): Promise<void> {
    const left = await this.#deps.engine.launches(desktopId);
    const byId = new Map(left.map((launch) => [launch.id, launch]));
    for (const launch of left) if (!this.#board.get(launch.id)) await this.#adopt(launch);
    const here = this.#board.all().filter((active) => active.record.desktopId === desktopId);
    await Promise.all(here.map((active) => this.#ending.finish(active, byId.get(active.record.id) ?? null, true)));
    for (const record of await this.#care.unknown(desktopId)) await this.#board.settle(record, lostEnd(record, false));
  }

  /** Whichever server started it: that one hears of it, and the engine is asked from here. */
  async stop(id: string, by: StoppedBy): Promise<void> {
    const { engine, store, stopGraceMs } = this.#deps;
    const active = this.#board.get(id) ?? (await this.#unheardOf(id));
    if (!active || active.status.state === 'stopping') return;
    const before = active.status;
    active.stoppedBy = by;
    this.#board.step(active, { state: 'stopping' });
    try {
      await store.launches.stoppedBy(id, by);
      this.#board.announce(active);
      if (active.mine && before.state === 'starting' && before.step !== 'window') return;
      await engine.stopLaunch(id, stopGraceMs, AbortSignal.timeout(stopGraceMs + START_TIMEOUT_MS));
    } catch (error) {
      active.stoppedBy = null;
      await store.launches.stoppedBy(id, null).catch(() => {});
      if (this.#board.get(id)) this.#board.step(active, before, true);
      throw error;
    }
  }

  async #unheardOf(id: string): Promise<Active | null> {
    const record = await this.#deps.store.launches.find(id);
    return record && !record.end ? this.#board.follow(record, { state: 'running' }) : null;
  }

  /** Forgets a finished launch. */
  async remove(record: LaunchRecord): Promise<void> {
    if (this.#board.get(record.id)) {
      throw new DeskpodError('conflict', `${record.appName} still runs.`, { remedy: 'Stop it first.' });
    }
    await this.#deps.engine.removeLaunch(record.id);
    await this.#deps.store.launches.remove(record.id);
    this.#board.removed(record);
  }

  /** As it stands now; null for an unknown id. */
  async find(id: string): Promise<{ record: LaunchRecord; launch: Launch } | null> {
    const active = this.#board.get(id);
    if (active) return { record: active.record, launch: present(active.record, active.status) };
    const record = await this.#deps.store.launches.find(id);
    return record && { record, launch: this.#board.present(record) };
  }

  async list(filter: Parameters<Store['launches']['list']>[0]): Promise<Launch[]> {
    const records = await this.#deps.store.launches.list(filter);
    return records.map((record) => this.#board.present(record));
  }
}

/** How a launch that another server started stands, by what the engine says. */
function stateOf({ status }: EngineLaunch): LaunchState {
  if (status.state !== 'starting') return { state: 'running' };
  return { state: 'starting', step: 'create', ...(status.waiting === null ? {} : { detail: status.waiting }) };
}

function isTimeout(error: unknown): boolean {
  return error instanceof DOMException && error.name === 'TimeoutError';
}

function notInTime(status: LaunchState): string {
  const detail = status.state === 'starting' ? status.detail : undefined;
  return [`It did not start within ${START_TIMEOUT_MS / 1000} seconds.`, detail].filter(Boolean).join(' ');
}
