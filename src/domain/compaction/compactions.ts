/**
 * Makes desktops anew without what piled up in them, and starts the same apps again: at once, or when nobody looks. A
 * failure midway is told, and what ran before is named.
 */
import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import type { Notice } from '../../protocol/events.ts';
import type { Identity } from '../auth.ts';
import type { Desktops } from '../desktops.ts';
import { DeskpodError } from '../errors.ts';
import type { Hub } from '../hub.ts';
import type { Launches } from '../launches.ts';
import type { Replicas } from '../replicas.ts';
import type { Store } from '../store.ts';
import { UnderWay } from '../under-way.ts';
import { CompactionPlans, type Plan, type Running } from './plans.ts';

/** Shorter than any time to be idle. */
const LOOK_EVERY_MS = 30_000;
/** In a cluster a node may have to fetch images first. */
const REBUILD_TIMEOUT_MS = 20 * 60_000;

const Told = z.object({ compactionOf: z.string(), when: z.literal('idle').nullable() });

export interface CompactionDeps {
  readonly store: Pick<Store, 'values' | 'launches'>;
  readonly desktops: Desktops;
  readonly launches: Pick<Launches, 'start'>;
  readonly hub: Hub;
  readonly replicas: Pick<Replicas, 'me' | 'alive' | 'tell' | 'hear'>;
  /** So long nobody looks before it is done. */
  readonly idleSeconds: number;
  readonly debug: { isLookedInto(desktopId: string): Promise<boolean> };
  /** Ends a desktop on purpose, keeping what its launches left. */
  readonly endDesktop: (desktopId: string) => Promise<void>;
  readonly failed: (what: string, error: unknown) => void;
}

export class Compactions implements Disposable {
  readonly #deps: CompactionDeps;
  readonly #plans: CompactionPlans;
  readonly #underWay = new UnderWay();
  readonly #busy = new Set<string>();
  /** How many event streams each user has open at this server. */
  readonly #watchers = new Map<string, number>();
  readonly #timer: NodeJS.Timeout;

  constructor(deps: CompactionDeps) {
    this.#deps = deps;
    this.#plans = new CompactionPlans(deps.store.values);
    deps.replicas.hear('desktop', (value) => {
      const told = Told.safeParse(value);
      if (told.success) deps.desktops.setCompaction(told.data.compactionOf, told.data.when);
    });
    this.#timer = setInterval(() => this.#looked(), LOOK_EVERY_MS).unref();
  }

  /** Takes wishes of an earlier life into view. */
  async load(): Promise<void> {
    for (const [userId, { work }] of await this.#plans.all())
      if (work === null) this.#deps.desktops.setCompaction(userId, 'idle');
  }

  /** When nobody has looked for a while. */
  async whenIdle(identity: Identity): Promise<void> {
    await this.#plan(identity);
    this.#show(identity.user.id, 'idle');
  }

  /** At once; returns when it is begun. */
  async now(identity: Identity): Promise<void> {
    const { id } = await this.#plan(identity);
    if (!(await this.#begin(identity.user.id, id)))
      throw new DeskpodError('conflict', 'It is being made anew already.');
  }

  async takeBack(userId: string): Promise<void> {
    const plan = (await this.#plans.all()).get(userId);
    if (plan?.work) throw new DeskpodError('conflict', 'The desktop is being made anew already.');
    await this.#plans.set(userId, null);
    this.#show(userId, null);
  }

  /** Somebody has an event stream of this user open; call the returned function when it closes. */
  watch(userId: string): () => void {
    this.#watchers.set(userId, (this.#watchers.get(userId) ?? 0) + 1);
    this.#looked();
    return () => {
      this.#looked();
      const left = (this.#watchers.get(userId) ?? 1) - 1;
      if (left === 0) this.#watchers.delete(userId);
      else this.#watchers.set(userId, left);
    };
  }

  /** What happened while nobody listened. */
  notices(userId: string): Promise<readonly Notice[]> {
    return this.#plans.takeNotices(userId);
  }

  /** For one server at a time, now and then. */
  async sweep(): Promise<void> {
    const { desktops, debug, replicas } = this.#deps;
    const alive = await replicas.alive();
    for (const [userId, plan] of await this.#plans.all()) {
      if (this.#busy.has(userId)) continue;
      if (plan.work) {
        if (!alive.has(plan.work.server) || plan.work.server === replicas.me)
          this.#run(userId, plan, plan.work.launches);
      } else if (desktops.runningOrNull(userId)?.id !== plan.desktopId) {
        await this.#plans.set(userId, null);
        this.#show(userId, null);
      } else if (this.#isIdle(plan) && !(await debug.isLookedInto(plan.desktopId))) {
        await this.#begin(userId, plan.desktopId);
      }
    }
  }

  async settled(signal: AbortSignal): Promise<void> {
    await this.#underWay.over(signal);
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
  }

  async #plan(identity: Identity): Promise<{ id: string }> {
    const { desktops } = this.#deps;
    const { user, account } = identity;
    const { id } = desktops.running(user.id);
    if ((await this.#plans.all()).get(user.id)?.work)
      throw new DeskpodError('conflict', 'The desktop is being made anew already.');
    const request = desktops.requestOf(user.id);
    const lookedAt = new Date().toISOString();
    await this.#plans.set(user.id, { identity: { user, account }, desktopId: id, request, lookedAt, work: null });
    return { id };
  }

  async #begin(userId: string, desktopId: string): Promise<boolean> {
    const running = await this.#deps.store.launches.list({ desktopId, finished: false });
    // Copies are made to look into something, and end with that. The oldest is started first.
    const launches = running
      .filter(({ copyOf }) => copyOf === null)
      .map(({ appId, appName, runtime, env, args }) => ({ app: appId, name: appName, runtime, env, args: [...args] }))
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
      .catch((error: unknown) => this.#deps.failed(`making the desktop of ${userId} anew`, error))
      .finally(() => this.#busy.delete(userId));
    this.#underWay.add(work);
  }

  async #rebuild(userId: string, plan: Plan, launches: readonly Running[]): Promise<void> {
    const { desktops, endDesktop, failed } = this.#deps;
    let missing = launches;
    try {
      if (desktops.runningOrNull(userId)?.id === plan.desktopId) await endDesktop(plan.desktopId);
      await desktops.start(plan.identity, plan.request);
      const { id, entries } = await this.#running(userId);
      missing = await this.#startAgain(plan.identity, { id, entries, env: desktops.envOf(userId) }, launches);
      if (missing.length > 0) await this.#tell(userId, `These apps could not be started again: ${namesOf(missing)}.`);
    } catch (error) {
      failed(`making the desktop of ${userId} anew`, error);
      const why = error instanceof DeskpodError ? ` ${error.message}` : '';
      const apps = missing.length > 0 ? ` These apps ran in it: ${namesOf(missing)}.` : '';
      await this.#tell(userId, `Your desktop could not be made anew.${why}${apps}`);
    }
    await this.#plans.set(userId, null);
  }

  /** Those that could not be started. */
  async #startAgain(
    identity: Identity,
    desktop: Parameters<Launches['start']>[1],
    launches: readonly Running[],
  ): Promise<Running[]> {
    const missing: Running[] = [];
    for (const launch of launches) {
      const { app, runtime, env, args } = launch;
      await this.#deps.launches.start(identity, desktop, { app, runtime, env, args }).catch((error: unknown) => {
        this.#deps.failed(`starting ${app} again`, error);
        missing.push(launch);
      });
    }
    return missing;
  }

  async #running(userId: string): Promise<ReturnType<Desktops['running']>> {
    const { desktops, hub } = this.#deps;
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const look = (): void => {
      const { status } = desktops.get(userId);
      if (status.state === 'running') resolve();
      else if (status.state === 'failed') reject(new DeskpodError('engine_unavailable', status.reason));
      else if (status.state === 'none') reject(new DeskpodError('desktop_missing', 'It was given up.'));
    };
    const stop = hub.subscribe(userId, look);
    const late = setTimeout(
      () => reject(new DeskpodError('timeout', 'The new one did not start in time.')),
      REBUILD_TIMEOUT_MS,
    ).unref();
    try {
      look();
      await promise;
    } finally {
      stop();
      clearTimeout(late);
    }
    return desktops.running(userId);
  }

  async #tell(userId: string, text: string): Promise<void> {
    const notice: Notice = { id: randomUUID(), level: 'warning', text, launchId: null, at: new Date().toISOString() };
    if (this.#watchers.has(userId)) this.#deps.hub.publish(userId, { type: 'notice', notice });
    else await this.#plans.keepNotice(userId, notice);
  }

  #show(userId: string, when: 'idle' | null): void {
    this.#deps.desktops.setCompaction(userId, when);
    this.#deps.replicas.tell('desktop', { compactionOf: userId, when });
  }

  #isIdle({ lookedAt }: Plan): boolean {
    return Date.now() - Date.parse(lookedAt) > this.#deps.idleSeconds * 1000;
  }

  #looked(): void {
    if (this.#watchers.size === 0) return;
    this.#plans
      .looked(new Set(this.#watchers.keys()))
      .catch((error: unknown) => this.#deps.failed('keeping who looks at a desktop', error));
  }
}

function namesOf(launches: readonly Running[]): string {
  return launches.map(({ name }) => name).join(', ');
}
