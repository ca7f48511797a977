/**
 * Rebuilds desktops: replaces a desktop by a fresh one without its finished launches and starts the same apps again, at
 * once or when it is unattended. After a failure the user gets a notice that names the apps that ran.
 */
import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import type { Notice } from '#protocol/events.ts';
import type { Identity } from '../ports/auth.ts';
import type { Attendance } from './attendance.ts';
import type { Desktops } from './desktops.ts';
import type { Engine, EngineDesktop } from '../ports/engine.ts';
import { Deadline, until } from '../deadlines.ts';
import { DeskpodError } from '../errors.ts';
import { listHome } from './home-files.ts';
import type { EventBus } from '../server/event-bus.ts';
import type { Launches } from '../launches/launches.ts';
import type { ReplicaTopic } from '../server/replica-topic.ts';
import type { Replicas } from '../server/replicas.ts';
import type { Store } from '../ports/store.ts';
import { BackgroundWork } from '../server/background-work.ts';
import { RebuildPlans, type Plan, type Running } from './rebuild-plans.ts';

/** A cluster node may have to pull images first. */
const REBUILD_TIMEOUT_MS = 20 * 60_000;

const PlanMessage = z.object({ rebuildOf: z.string(), when: z.literal('idle').nullable() });

export interface RebuildDeps {
  readonly engine: Pick<Engine, 'exec'>;
  readonly store: Pick<Store, 'values' | 'launches'>;
  readonly desktops: Desktops;
  readonly launches: Pick<Launches, 'start'>;
  readonly attendance: Pick<Attendance, 'watch' | 'isWatched' | 'last'>;
  readonly hub: EventBus;
  readonly replicas: Pick<Replicas, 'me' | 'alive' | 'topic'>;
  /** How long a desktop must be unattended before its scheduled rebuild runs. */
  readonly idleSeconds: number;
  readonly debug: { hasOpenSession(desktopId: string): Promise<boolean> };
  /** Ends a desktop on purpose and keeps the results of its launches. */
  readonly endDesktop: (desktopId: string) => Promise<void>;
  readonly failed: (what: string, error: unknown) => void;
}

export class Rebuilds {
  readonly #deps: RebuildDeps;
  readonly #plans: RebuildPlans;
  readonly #messages: ReplicaTopic<typeof PlanMessage>;
  readonly #background = new BackgroundWork();
  readonly #busy = new Set<string>();

  constructor(deps: RebuildDeps) {
    this.#deps = deps;
    this.#plans = new RebuildPlans(deps.store.values);
    this.#messages = deps.replicas.topic('desktop', PlanMessage);
    this.#messages.subscribe(({ rebuildOf, when }) => deps.desktops.setPlannedRebuild(rebuildOf, when));
  }

  /** Shows the plans that were stored before this server started. */
  async load(): Promise<void> {
    for (const [userId, { work }] of await this.#plans.all())
      if (work === null) this.#deps.desktops.setPlannedRebuild(userId, 'idle');
  }

  /** Schedules a rebuild for when the desktop is unattended; `conflict` if that would delete files. */
  async whenIdle(identity: Identity): Promise<void> {
    const losses = await this.#losses(identity.user.id);
    if (losses !== null)
      throw new DeskpodError('conflict', `The desktop can’t be rebuilt while you’re away: ${losses}`, {
        remedy: 'Download the files first, then rebuild it now.',
      });
    await this.#plan(identity);
    this.#show(identity.user.id, 'idle');
  }

  /** Rebuilds at once; returns when the rebuild has started. */
  async now(identity: Identity): Promise<void> {
    const { id } = await this.#plan(identity);
    if (!(await this.#begin(identity.user.id, id)))
      throw new DeskpodError('conflict', 'The desktop is already being rebuilt.');
  }

  async cancel(userId: string): Promise<void> {
    const plan = (await this.#plans.all()).get(userId);
    if (plan?.work) throw new DeskpodError('conflict', 'The desktop is already being rebuilt.');
    await this.#plans.set(userId, null);
    this.#show(userId, null);
  }

  /** A client of this user has opened an event stream; call the returned function when it closes. */
  watch(userId: string): () => void {
    return this.#deps.attendance.watch(userId);
  }

  /** Notices that were stored while the user was away. */
  notices(userId: string): Promise<readonly Notice[]> {
    return this.#plans.takeNotices(userId);
  }

  /** Runs periodically, in one server at a time. */
  async sweep(): Promise<void> {
    const { desktops, debug, replicas, attendance } = this.#deps;
    const alive = await replicas.alive();
    const attended = await attendance.last();
    for (const [userId, plan] of await this.#plans.all()) {
      if (this.#busy.has(userId)) continue;
      if (plan.work) {
        if (!alive.has(plan.work.server) || plan.work.server === replicas.me)
          this.#run(userId, plan, plan.work.launches);
      } else if (desktops.runningOrNull(userId)?.id !== plan.desktopId) {
        await this.#plans.set(userId, null);
        this.#show(userId, null);
      } else if (this.#isIdle(plan, attended.get(userId)) && !(await debug.hasOpenSession(plan.desktopId))) {
        const losses = await this.#losses(userId);
        if (losses === null) await this.#begin(userId, plan.desktopId);
        else await this.#abandon(userId, losses);
      }
    }
  }

  async #losses(userId: string): Promise<string | null> {
    const desktop = this.#deps.desktops.runningOrNull(userId);
    return desktop && this.losses(desktop);
  }

  /** A clause that says what would be deleted with the desktop; null when nothing is. */
  async losses({ id, home, shared, userId }: EngineDesktop): Promise<string | null> {
    const { engine, failed } = this.#deps;
    if (home !== 'lost') return null;
    try {
      const { count } = await listHome(engine, id, shared);
      if (count === 0) return null;
      return `its home folder would be deleted, and holds ${count === 1 ? 'a file' : `${count} files`}.`;
    } catch (error) {
      failed(`listing the home of ${userId}`, error);
      return 'its home folder would be deleted, and its files couldn’t be listed.';
    }
  }

  async #abandon(userId: string, losses: string): Promise<void> {
    await this.#plans.set(userId, null);
    this.#show(userId, null);
    await this.notify(userId, 'warning', `Your desktop wasn’t rebuilt while you were away: ${losses}`);
  }

  async settled(signal: AbortSignal): Promise<void> {
    await this.#background.settled(signal);
  }

  async #plan(identity: Identity): Promise<{ id: string }> {
    const { desktops } = this.#deps;
    const { user, account } = identity;
    const { id } = desktops.running(user.id);
    if ((await this.#plans.all()).get(user.id)?.work)
      throw new DeskpodError('conflict', 'The desktop is already being rebuilt.');
    const request = desktops.requestOf(user.id);
    const attendedAt = new Date().toISOString();
    await this.#plans.set(user.id, { identity: { user, account }, desktopId: id, request, attendedAt, work: null });
    return { id };
  }

  async #begin(userId: string, desktopId: string): Promise<boolean> {
    const running = await this.#deps.store.launches.list({ desktopId, finished: false });
    // Copies belong to their debug sessions and end with them. The oldest launch starts first.
    const launches = running
      .filter(({ copyOf }) => copyOf === null)
      .map(({ appId, appName, runtime, env, publicEnv, args }) => ({
        app: appId,
        name: appName,
        runtime,
        env,
        publicEnv: [...publicEnv],
        args: [...args],
      }))
      .toReversed();
    const plan = await this.#plans.begin(userId, desktopId, { server: this.#deps.replicas.me, launches });
    if (!plan) return false;
    this.#show(userId, null);
    this.#run(userId, plan, launches);
    return true;
  }

  #run(userId: string, plan: Plan, launches: readonly Running[]): void {
    this.#busy.add(userId);
    const work = this.#rebuild(userId, plan, launches)
      .catch((error: unknown) => this.#deps.failed(`rebuilding the desktop of ${userId}`, error))
      .finally(() => this.#busy.delete(userId));
    this.#background.add(work);
  }

  async #rebuild(userId: string, plan: Plan, launches: readonly Running[]): Promise<void> {
    const { desktops, endDesktop, failed } = this.#deps;
    let missing = launches;
    try {
      if (desktops.runningOrNull(userId)?.id === plan.desktopId) await endDesktop(plan.desktopId);
      await desktops.start(plan.identity, plan.request);
      const { id, entries } = await this.#running(userId);
      missing = await this.#startAgain(plan.identity, { id, entries, env: desktops.envOf(userId) }, launches);
      if (missing.length > 0)
        await this.notify(userId, 'warning', `These apps couldn’t be restarted: ${namesOf(missing)}.`);
    } catch (error) {
      failed(`rebuilding the desktop of ${userId}`, error);
      const why = error instanceof DeskpodError ? ` ${error.message}` : '';
      const apps = missing.length > 0 ? ` These apps were running: ${namesOf(missing)}.` : '';
      await this.notify(userId, 'warning', `Your desktop couldn’t be rebuilt.${why}${apps}`);
    }
    await this.#plans.set(userId, null);
  }

  /** Returns those that failed to start. */
  async #startAgain(
    identity: Identity,
    desktop: Parameters<Launches['start']>[1],
    launches: readonly Running[],
  ): Promise<Running[]> {
    const missing: Running[] = [];
    for (const launch of launches) {
      await this.#deps.launches.start(identity, desktop, launch).catch((error: unknown) => {
        this.#deps.failed(`restarting ${launch.app}`, error);
        missing.push(launch);
      });
    }
    return missing;
  }

  async #running(userId: string): Promise<ReturnType<Desktops['running']>> {
    const { desktops, hub } = this.#deps;
    const isRunning = (): true | undefined => {
      const { status } = desktops.get(userId);
      if (status.state === 'failed') throw new DeskpodError('engine_unavailable', status.reason);
      if (status.state === 'none')
        throw new DeskpodError('desktop_missing', 'The desktop was removed during the rebuild.');
      return status.state === 'running' || undefined;
    };
    using deadline = new Deadline(
      REBUILD_TIMEOUT_MS,
      new DeskpodError('timeout', 'The new desktop did not start in time.'),
    );
    await until((changed) => hub.subscribe(userId, changed), isRunning, deadline.signal);
    return desktops.running(userId);
  }

  /** Delivers a notice now, or when the user is back. */
  async notify(userId: string, level: Notice['level'], text: string): Promise<void> {
    const notice: Notice = { id: randomUUID(), level, text, launchId: null, at: new Date().toISOString() };
    if (this.#deps.attendance.isWatched(userId)) this.#deps.hub.publish(userId, { type: 'notice', notice });
    else await this.#plans.keepNotice(userId, notice);
  }

  #show(userId: string, when: 'idle' | null): void {
    this.#deps.desktops.setPlannedRebuild(userId, when);
    this.#messages.publish({ rebuildOf: userId, when });
  }

  /** An older server stores the time in the plan. */
  #isIdle(plan: Plan, attended: Date | undefined): boolean {
    const attendedAt = Math.max(Date.parse(plan.attendedAt), attended?.getTime() ?? 0);
    return Date.now() - attendedAt > this.#deps.idleSeconds * 1000;
  }
}

function namesOf(launches: readonly Running[]): string {
  return launches.map(({ name }) => name).join(', ');
}
