/** Launches: starting, following, stopping and keeping what finished ones left. */
import { setTimeout as delay } from 'node:timers/promises';
import type { LogLine, Launch, LaunchState } from '../protocol/launch.ts';
import type { Limits, PodWishes, Runtime, Environment } from '../protocol/app.ts';
import type { AppDocument } from '../protocol/manager.ts';
import type { Window } from '../protocol/window.ts';
import type { Identity } from './auth.ts';
import type { Engine, EngineLaunch, Entries, LaunchSpec } from './engine.ts';
import { maskSecrets } from './environment.ts';
import { DeskpodError } from './errors.ts';
import type { Hub } from './hub.ts';
import { endReason, lostEnd, type StoppedBy } from './launch-end.ts';
import { planLaunch } from './launch-plan.ts';
import { finished, newRecord, present } from './launch-record.ts';
import { assertRoom } from './launch-room.ts';
import { KEPT_LOG_BYTES, keepEnd, presentLine } from './log-text.ts';
import type { LaunchEnd, LaunchRecord, Store } from './store.ts';
import { UnderWay } from './under-way.ts';

const START_TIMEOUT_MS = 60_000;
const INSTALL_TIMEOUT_MS = 20 * 60_000;
const LOG_TIMEOUT_MS = 10_000;
/** An app that maps no window for this long is taken as running without one. */
const WINDOW_TIMEOUT_MS = 60_000;
const DISPLAY_TIMEOUT_MS = 1_000;
/** How much later than its launches a desktop that takes them along is told as ended. */
const DESKTOP_END_MS = 2_000;

/** What a launch asks of the catalogue (`domain/catalogue`). */
export interface LaunchApps {
  /** By id, name and so on, if these labels may use it: `not_found` otherwise. */
  startable(key: string, labels: readonly string[]): Promise<AppDocument>;
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

export interface LaunchEvents {
  launchStarted(launch: Launch): void;
  launchFinished(launch: Launch): void;
}

export interface LaunchWant {
  readonly app: string;
  readonly runtime?: Runtime | undefined;
  readonly env: Environment;
  readonly args: readonly string[];
}

/** A launch that is not over: the record, what happens now, and how to let go of what it holds. */
interface Active {
  record: LaunchRecord;
  status: LaunchState;
  readonly begun: number;
  stoppedBy: StoppedBy | null;
  release: () => void;
  finishing: Promise<void> | null;
  /** Aborts when its desktop ended. */
  readonly desktopOver: AbortController;
  /** How its X clients name their machine, once the engine said. */
  hostname: string | null;
  /** `oc.launch`, when it was started by this server. */
  readonly wmClass: string | null;
}

export class Launches {
  readonly #active = new Map<string, Active>();
  readonly #starting = new UnderWay();
  readonly #deps;

  constructor(deps: {
    engine: Engine;
    store: Store;
    hub: Hub;
    apps: LaunchApps;
    hold: (desktopId: string) => () => void;
    stopGraceMs: number;
    events: LaunchEvents;
  }) {
    this.#deps = deps;
  }

  /** Returns once the launch is recorded; what follows is published. */
  async start(
    identity: Identity,
    desktop: { id: string; env: Environment; entries: Entries },
    want: LaunchWant,
  ): Promise<Launch> {
    const begun = performance.now();
    const { apps, store } = this.#deps;
    const app = await apps.startable(want.app, identity.user.labels);
    const { runtime, limits, pod } = apps.resolve(app, want.runtime);
    if (runtime === 'ephemeral_container') assertRoom(desktop, this.#active.values());
    const defaults = await store.apps.defaults(app.id);
    const { env, args } = want;
    const image = apps.imageReference(app);
    const { spec, requested } = planLaunch(identity, desktop, {
      app,
      image,
      runtime,
      limits,
      pod,
      env,
      args,
      defaults,
    });
    const record = newRecord(identity.user.id, app, spec, requested);
    const active: Active = {
      record,
      status: { state: 'starting', step: 'create' },
      begun,
      stoppedBy: null,
      release: this.#deps.hold(desktop.id),
      finishing: null,
      desktopOver: new AbortController(),
      hostname: null,
      wmClass: app.launch,
    };
    this.#active.set(record.id, active);
    this.#publish(active);
    const stored = store.launches.add(record);
    this.#starting.add(this.#run(active, app, spec, stored));
    await stored;
    return present(record, active.status);
  }

  /** Resolves when no launch is being made. */
  async settled(signal: AbortSignal): Promise<void> {
    await this.#starting.over(signal);
  }

  async #run(active: Active, app: AppDocument, spec: LaunchSpec, stored: Promise<void>): Promise<void> {
    const { engine, apps } = this.#deps;
    try {
      if (!(await apps.isInstalled(app.id))) {
        this.#step(active, { state: 'starting', step: 'image' });
        await apps.install(app.id, AbortSignal.timeout(INSTALL_TIMEOUT_MS));
        this.#step(active, { state: 'starting', step: 'create' });
      }
      if (active.stoppedBy) throw new DeskpodError('conflict', 'It was stopped before it began.');
      const started = await engine.launch(
        spec,
        (detail) => {
          if (active.status.state === 'starting') this.#step(active, { ...active.status, detail });
        },
        AbortSignal.timeout(START_TIMEOUT_MS),
      );
      await stored;
      await this.#started(active, started);
      if (active.stoppedBy && this.#active.has(spec.id)) {
        const { stopGraceMs } = this.#deps;
        await engine.stopLaunch(spec.id, stopGraceMs, AbortSignal.timeout(stopGraceMs + START_TIMEOUT_MS));
      }
    } catch (error) {
      await this.#failed(active, error);
    }
  }

  async #started(active: Active, started: EngineLaunch): Promise<void> {
    active.hostname = started.hostname;
    active.record = { ...active.record, ...(await this.#describe(started)) };
    if (active.status.state === 'starting') this.#step(active, { state: 'starting', step: 'window' });
    const timer = setTimeout(() => {
      if (active.status.state === 'starting') this.#step(active, { state: 'running' });
      active.release();
    }, WINDOW_TIMEOUT_MS);
    timer.unref();
    const { release } = active;
    active.release = () => {
      clearTimeout(timer);
      release();
    };
    this.#deps.events.launchStarted(present(active.record, active.status));
  }

  /** Keeps what is known only since the engine made it. */
  async #describe(started: EngineLaunch): Promise<Pick<LaunchRecord, 'imageDigest' | 'environment'>> {
    const { engine, store } = this.#deps;
    const environment = maskSecrets(await engine.environment(started.id));
    const facts = { imageDigest: started.imageDigest, environment };
    await store.launches.describe(started.id, facts);
    return facts;
  }

  async #failed(active: Active, error: unknown): Promise<void> {
    const message =
      error instanceof DeskpodError
        ? [error.message, error.remedy].filter(Boolean).join(' ')
        : 'It could not be started.';
    const reason = active.stoppedBy ? endReason({ ...NO_EXIT, stoppedBy: active.stoppedBy }) : 'start_failed';
    // It may have been told as over already: its desktop ended meanwhile.
    if (this.#active.has(active.record.id))
      await this.#over(active, { finishedAt: new Date(), exitCode: null, reason, message, log: '' });
    await this.#deps.engine.removeLaunch(active.record.id).catch(() => {});
  }

  /** The first window of a launch became visible. */
  mapped(window: Window): void {
    const active = window.launchId === null ? undefined : this.#active.get(window.launchId);
    if (active?.status.state !== 'starting') return;
    const ms = Math.round((performance.now() - active.begun) * 10) / 10;
    active.record = { ...active.record, windowMs: ms };
    this.#step(active, { state: 'running' });
    active.release();
    void this.#deps.store.launches.setWindowMs(active.record.id, ms).catch(() => {});
  }

  /** The launch that a window belongs to when its process cannot be read: by the client's machine, else by its class if only one fits. */
  guess(desktopId: string, client: { machine: string | null; wmClass: string }): string | null {
    const here = [...this.#active.values()].filter((active) => active.record.desktopId === desktopId);
    const byMachine = here.find((active) => active.hostname !== null && active.hostname === client.machine);
    if (byMachine) return byMachine.record.id;
    const byClass = here.filter((active) => active.wmClass === client.wmClass);
    return byClass.length === 1 ? (byClass[0]?.record.id ?? null) : null;
  }

  /** What the engine says of a launch now; called for each of its events and for all at start-up. */
  async seen(launch: EngineLaunch): Promise<void> {
    const active = this.#active.get(launch.id) ?? (await this.#adopt(launch));
    if (active && launch.status.state === 'finished') await this.#finish(active, launch, false);
  }

  /** A launch of an earlier life of this server. Those that were never ours, or are over and recorded, are left alone. */
  async #adopt(launch: EngineLaunch): Promise<Active | null> {
    const record = await this.#deps.store.launches.find(launch.id);
    if (!record || record.end) return null;
    const facts = record.imageDigest === null ? await this.#describe(launch).catch(() => ({})) : {};
    const known = this.#active.get(launch.id);
    if (known) return known;
    const active: Active = {
      record: { ...record, ...facts },
      status: { state: 'running' },
      begun: performance.now(),
      stoppedBy: null,
      release: () => {},
      finishing: null,
      desktopOver: new AbortController(),
      hostname: launch.hostname,
      wmClass: null,
    };
    this.#active.set(launch.id, active);
    return active;
  }

  /** At start-up: what the engine has, and the desktops that run. Records without a container ended while nobody looked. */
  async reconcile(present: readonly EngineLaunch[], desktopIds: ReadonlySet<string>): Promise<void> {
    for (const launch of present) await this.seen(launch);
    for (const record of await this.#unfinished(new Set(present.map((launch) => launch.id))))
      await this.#deps.store.launches.end(record.id, lostEnd(record, desktopIds.has(record.desktopId)));
  }

  /** Records without an end that nobody looks after, but for these; of one desktop or of all. */
  async #unfinished(but: ReadonlySet<string>, desktopId?: string): Promise<LaunchRecord[]> {
    const filter = { finished: false, limit: 1000, ...(desktopId === undefined ? {} : { desktopId }) };
    const records = await this.#deps.store.launches.list(filter);
    return records.filter(({ id }) => !but.has(id) && !this.#active.has(id));
  }

  /** Its container was removed by somebody else. */
  async goneFromEngine(id: string): Promise<void> {
    const active = this.#active.get(id);
    if (active && active.status.state !== 'starting') await this.#finish(active, null, true);
  }

  /** Its desktop ended: every launch of it is over. */
  async desktopEnded(desktopId: string): Promise<void> {
    const left = await this.#deps.engine.launches(desktopId);
    const byId = new Map(left.map((launch) => [launch.id, launch]));
    for (const launch of left) if (!this.#active.has(launch.id)) await this.#adopt(launch);
    const mine = [...this.#active.values()].filter((active) => active.record.desktopId === desktopId);
    await Promise.all(mine.map((active) => this.#finish(active, byId.get(active.record.id) ?? null, true)));
    for (const record of await this.#unfinished(new Set(), desktopId))
      await this.#deps.store.launches.end(record.id, lostEnd(record, false));
  }

  #finish(active: Active, launch: EngineLaunch | null, desktopEnded: boolean): Promise<void> {
    if (desktopEnded) active.desktopOver.abort();
    active.finishing ??= this.#keep(active, launch);
    return active.finishing;
  }

  async #keep(active: Active, launch: EngineLaunch | null): Promise<void> {
    const exit = launch?.status.state === 'finished' ? launch.status : null;
    if (exit && exit.exitCode !== 0 && !exit.outOfMemory && !active.stoppedBy) await this.#mayBeItsDesktop(active);
    const desktopEnded = active.desktopOver.signal.aborted;
    const log = launch ? await this.#endOfLog(active.record) : '';
    const { stoppedBy } = active;
    const exitCode = exit?.exitCode ?? null;
    const reason = endReason({ exitCode, outOfMemory: exit?.outOfMemory ?? false, stoppedBy, desktopEnded });
    await this.#over(active, {
      finishedAt: exit?.finishedAt ?? new Date(),
      exitCode,
      reason,
      message: exit?.message ?? null,
      log,
    });
  }

  /** A desktop that ends takes its launches along, and they are told of first: if its display is gone too, its word is awaited. */
  async #mayBeItsDesktop({ record: { desktopId }, desktopOver: { signal } }: Active): Promise<void> {
    try {
      const display = await this.#deps.engine.connect(desktopId, 'display', AbortSignal.timeout(DISPLAY_TIMEOUT_MS));
      display.destroy();
    } catch {
      await delay(DESKTOP_END_MS, undefined, { signal }).catch(() => {});
    }
  }

  async #endOfLog(record: LaunchRecord): Promise<string> {
    const lines: LogLine[] = [];
    try {
      const target = { desktopId: record.desktopId, launchId: record.id };
      const options = { follow: false, tailBytes: KEPT_LOG_BYTES };
      for await (const line of this.#deps.engine.logs(target, options, AbortSignal.timeout(LOG_TIMEOUT_MS)))
        lines.push(presentLine(line));
    } catch {
      // What could be read until then is better than nothing.
    }
    return keepEnd(lines);
  }

  async #over(active: Active, end: LaunchEnd): Promise<void> {
    await this.#deps.store.launches.end(active.record.id, end);
    active.release();
    active.record = { ...active.record, end };
    active.status = finished(end);
    this.#active.delete(active.record.id);
    this.#publish(active);
    this.#deps.events.launchFinished(present(active.record, active.status));
  }

  async stop(id: string, by: StoppedBy): Promise<void> {
    const active = this.#active.get(id);
    if (!active || active.status.state === 'stopping') return;
    active.stoppedBy = by;
    const before = active.status;
    this.#step(active, { state: 'stopping' });
    if (before.state === 'starting' && before.step !== 'window') return;
    const { engine, stopGraceMs } = this.#deps;
    try {
      await engine.stopLaunch(id, stopGraceMs, AbortSignal.timeout(stopGraceMs + START_TIMEOUT_MS));
    } catch (error) {
      active.stoppedBy = null;
      if (this.#active.has(id)) this.#step(active, before);
      throw error;
    }
  }

  /** Forgets a finished launch. */
  async remove(record: LaunchRecord): Promise<void> {
    if (this.#active.has(record.id)) {
      throw new DeskpodError('conflict', `${record.appName} still runs.`, { remedy: 'Stop it first.' });
    }
    await this.#deps.engine.removeLaunch(record.id);
    await this.#deps.store.launches.remove(record.id);
    this.#deps.hub.publish(record.userId, { type: 'launch_removed', id: record.id });
  }

  /** As it stands now; null for an unknown id. */
  async find(id: string): Promise<{ record: LaunchRecord; launch: Launch } | null> {
    const active = this.#active.get(id);
    if (active) return { record: active.record, launch: present(active.record, active.status) };
    const record = await this.#deps.store.launches.find(id);
    return record && { record, launch: this.#present(record) };
  }

  async list(filter: Parameters<Store['launches']['list']>[0]): Promise<Launch[]> {
    const records = await this.#deps.store.launches.list(filter);
    return records.map((record) => this.#present(record));
  }

  #present(record: LaunchRecord): Launch {
    const active = this.#active.get(record.id);
    return active
      ? present(active.record, active.status)
      : present(record, record.end ? finished(record.end) : { state: 'running' });
  }

  #step(active: Active, status: LaunchState): void {
    active.status = status;
    this.#publish(active);
  }

  #publish(active: Active): void {
    this.#deps.hub.publish(active.record.userId, { type: 'launch', launch: present(active.record, active.status) });
  }
}

const NO_EXIT = { exitCode: null, outOfMemory: false, desktopEnded: false };
