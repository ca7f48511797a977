/** Desktops: at most one per user, created on demand, found again after a restart, removed at logout. */
import { z } from 'zod';
import type { Environment, Limits } from '#protocol/app.ts';
import type { Desktop, DesktopRequest, DesktopState } from '#protocol/desktop.ts';
import type { Identity } from '../ports/auth.ts';
import { type BackgroundEvents, tellOfBackground } from './background.ts';
import type { DesktopSpec, Engine, EngineDesktop, ServiceName } from '../ports/engine.ts';
import { emptySlot, failure, geometryOf, HOME_DELETED, HOME_KEPT, lostHomeNotice, present, type Slot } from './slot.ts';
import { type SharedFolder, sharedWith } from './shared-folders.ts';
import type { Look } from './look.ts';
import { DeskpodError } from '../errors.ts';
import type { EventBus } from '../server/event-bus.ts';
import { userPodName } from '../names.ts';
import { desktopRegion, regionalEnvironment, regionalOf } from './region.ts';
import { LEAST_SCALE } from '#protocol/scale.ts';
import type { ReplicaTopic } from '../server/replica-topic.ts';
import type { Replicas } from '../server/replicas.ts';
import { TraceRecorder } from './start-trace.ts';
import type { Store } from '../ports/store.ts';
import { BackgroundWork } from '../server/background-work.ts';

/** Building a missing desktop image takes minutes. */
const IMAGE_TIMEOUT_MS = 15 * 60_000;
/** A cluster node may have to pull images first. */
const MAKE_TIMEOUT_MS = 5 * 60_000;
const REMOVE_TIMEOUT_MS = 30_000;
const REMOVE_ATTEMPTS = 3;
const DEFAULT_GEOMETRY = { width: 1280, height: 800 };
/** The message to other servers about a desktop that is removed on purpose. */
const Removed = z.object({ id: z.string(), userId: z.string(), state: z.enum(['stopping', 'none', 'running']) });

export interface DesktopOptions {
  readonly image: string;
  readonly env: Environment;
  readonly x11Tcp: boolean;
  readonly limits: Limits;
  /** The languages of the programs in its image, for example `de`. */
  readonly languages: readonly string[];
  readonly shared: readonly SharedFolder[];
}

export interface DesktopEvents extends BackgroundEvents {
  desktopStarted(userId: string, desktopId: string, kind: 'cold' | 'warm', ms: number): void;
  desktopFailed(userId: string, error: unknown): void;
  desktopEnded(userId: string, desktopId: string): void;
  /** The browser sent unknown time zones or languages. */
  regionUnknown(userId: string, names: readonly string[]): void;
}

interface DesktopDeps {
  readonly engine: Engine;
  readonly store: Store;
  readonly hub: EventBus;
  readonly replicas: Pick<Replicas, 'topic'>;
  readonly options: DesktopOptions;
  readonly events: DesktopEvents;
}

export class Desktops {
  readonly #slots = new Map<string, Slot>();
  readonly #making = new BackgroundWork();
  readonly #deps: DesktopDeps;
  readonly #removals: ReplicaTopic<typeof Removed>;

  constructor(deps: DesktopDeps) {
    this.#deps = deps;
    this.#removals = deps.replicas.topic('desktop', Removed);
    this.#removals.subscribe((removed) => this.#removedElsewhere(removed));
  }

  /** Marks the removal as intended, so that the engine's report of it is no failure. */
  #removedElsewhere({ id, userId, state }: z.output<typeof Removed>): void {
    const slot = this.#slots.get(userId);
    if (slot?.desktop?.id !== id) return;
    slot.removedElsewhere = state === 'stopping';
    if (state === 'none') {
      slot.desktop = null;
      slot.trace = null;
    }
    this.#become(userId, slot, { state });
    if (state === 'stopping')
      setTimeout(() => {
        // The other server stopped before the removal was complete.
        if (slot.removedElsewhere && slot.desktop?.id === id) this.#removedElsewhere({ id, userId, state: 'running' });
      }, REMOVE_TIMEOUT_MS).unref();
  }

  /** Registers a desktop of the engine; publishes an ended one as failed. */
  found(desktop: EngineDesktop): void {
    const slot = this.#slot(desktop.userId);
    if (slot.status.state === 'starting' || slot.status.state === 'stopping') return;
    if (slot.desktop && slot.desktop.id !== desktop.id && desktop.state === 'ended') return;
    const wasRunning = slot.status.state === 'running' || slot.desktop === null;
    slot.desktop = desktop.state === 'running' ? desktop : null;
    if (desktop.state === 'ended') slot.trace = null;
    if (desktop.state === 'running') this.#become(desktop.userId, slot, { state: 'running' });
    else if (wasRunning) {
      this.#deps.events.desktopEnded(desktop.userId, desktop.id);
      this.#become(desktop.userId, slot, {
        state: 'failed',
        reason: 'Your desktop ended: its container stopped, perhaps because the machine restarted.',
        remedy: `Start a new one. ${desktop.home === 'kept' ? HOME_KEPT : HOME_DELETED}`,
        ended: true,
      });
    }
  }

  gone(desktopId: string): void {
    for (const [userId, slot] of this.#slots) {
      if (slot.desktop?.id !== desktopId) continue;
      if (slot.removedElsewhere) this.#removedElsewhere({ id: desktopId, userId, state: 'none' });
      if (slot.status.state !== 'running') continue;
      const remedy = `Start a new one. ${slot.desktop.home === 'kept' ? HOME_KEPT : HOME_DELETED}`;
      slot.desktop = null;
      slot.trace = null;
      this.#deps.events.desktopEnded(userId, desktopId);
      this.#become(userId, slot, { state: 'failed', reason: 'Your desktop was removed.', remedy, ended: true });
    }
  }

  get(userId: string): Desktop {
    return present(this.#slots.get(userId));
  }

  /** The running desktop of a user; throws `desktop_missing` without one. */
  running(userId: string): EngineDesktop {
    const slot = this.#slots.get(userId);
    if (slot?.desktop && slot.status.state === 'running') return slot.desktop;
    throw new DeskpodError('desktop_missing', 'You have no running desktop.', { remedy: 'Start your desktop first.' });
  }

  runningOrNull(userId: string): EngineDesktop | null {
    const slot = this.#slots.get(userId);
    return slot?.status.state === 'running' ? slot.desktop : null;
  }

  /** The owner of a desktop; null if it is unknown. */
  ownerOf(desktopId: string): string | null {
    for (const [userId, slot] of this.#slots) if (slot.desktop?.id === desktopId) return userId;
    return null;
  }

  hasService(desktopId: string, service: ServiceName): boolean {
    return this.#slots
      .values()
      .some(({ desktop }) => desktop?.id === desktopId && desktop.services[service] !== undefined);
  }

  envOf(userId: string): Environment {
    const slot = this.#slots.get(userId);
    return slot?.desktop ? { ...regionalEnvironment(slot.desktop.regional), ...slot.look.environment } : {};
  }

  /** The request that would start the same desktop again. */
  requestOf(userId: string): DesktopRequest {
    const { desktop, geometry, look } = this.#slot(userId);
    const { theme, scale } = look.chosen;
    const { timezone = null, languages = [] } = desktop?.regional ?? {};
    return {
      ...geometry,
      ...(timezone === null ? {} : { timezone }),
      languages: [...languages],
      dark: theme === 'dark',
      scale,
    };
  }

  /** Shows the plan; domain/desktops/rebuilds carries it out. */
  setPlannedRebuild(userId: string, when: 'idle' | null): void {
    const slot = this.#slot(userId);
    if (slot.rebuild === when) return;
    slot.rebuild = when;
    this.#publish(userId, slot);
  }

  /** Returns at once; progress is published. If the desktop runs or is starting, it stays. */
  async start(identity: Identity, request: DesktopRequest): Promise<Desktop> {
    const userId = identity.user.id;
    const slot = this.#slot(userId);
    if (slot.status.state === 'stopping') {
      throw new DeskpodError('conflict', 'Your previous desktop is still being removed.', {
        remedy: 'Try again in a moment.',
      });
    }
    slot.look.choose({ theme: themeOf(request), scale: request.scale });
    if (slot.status.state === 'starting') return present(slot);
    if (slot.status.state === 'running') {
      void this.#paint(slot);
      slot.trace = new TraceRecorder('warm', await this.#deps.store.traces.usual('warm'));
      slot.trace.begin('first_pixel');
      return present(slot);
    }
    slot.abort = new AbortController();
    slot.status = { state: 'starting' };
    slot.home = null;
    slot.geometry = geometryOf(request);
    const { unknown } = regionalOf(request);
    if (unknown.length > 0) this.#deps.events.regionUnknown(userId, unknown);
    const usual = this.#deps.store.traces.usual('cold');
    const trace = new TraceRecorder('cold', await usual);
    slot.trace = trace;
    trace.begin('authorise');
    this.#publish(userId, slot);
    this.#making.add(this.#make(identity, request, slot, trace, slot.abort.signal));
    return present(slot);
  }

  async #make(
    identity: Identity,
    request: DesktopRequest,
    slot: Slot,
    trace: TraceRecorder,
    abort: AbortSignal,
  ): Promise<void> {
    const userId = identity.user.id;
    const step = (name: Parameters<TraceRecorder['begin']>[0], what?: string): void => {
      if (what === undefined) trace.begin(name);
      else trace.detail(what);
      this.#publish(userId, slot);
    };
    try {
      step('image');
      const detail = (line: string): void => {
        trace.detail(line);
        this.#publish(userId, slot);
      };
      await this.#deps.engine.ensureImage(
        { reference: this.#deps.options.image, app: null },
        detail,
        AbortSignal.any([abort, AbortSignal.timeout(IMAGE_TIMEOUT_MS)]),
      );
      const { theme, scale } = slot.look.start();
      const spec = this.plan(identity, { ...request, dark: theme === 'dark', scale });
      slot.desktop = await this.#deps.engine.makeDesktop(
        spec,
        step,
        AbortSignal.any([abort, AbortSignal.timeout(MAKE_TIMEOUT_MS)]),
      );
      trace.begin('first_pixel');
      slot.abort = null;
      this.#become(userId, slot, { state: 'running' });
      this.#deps.events.desktopStarted(userId, spec.id, 'cold', trace.snapshot().totalMs);
      if (slot.desktop.home === 'lost')
        this.#deps.hub.publish(userId, { type: 'notice', notice: lostHomeNotice(spec.id) });
      void this.#paint(slot);
      void tellOfBackground(this.#deps.engine, spec, this.#deps.events);
    } catch (error) {
      trace.fail();
      slot.desktop = null;
      slot.abort = null;
      if (!abort.aborted) this.#deps.events.desktopFailed(userId, error);
      this.#become(userId, slot, abort.aborted ? { state: 'none' } : failure(error));
    }
  }

  /** Resolves when no desktop is being started. */
  async settled(signal: AbortSignal): Promise<void> {
    await this.#making.settled(signal);
  }

  /** The spec of the desktop that this user would get; starts nothing. */
  plan({ user, account }: Identity, request: DesktopRequest = {}): DesktopSpec {
    const { image, env, x11Tcp, limits, languages, shared } = this.#deps.options;
    const { regional } = regionalOf(request);
    return {
      id: userPodName(user),
      account,
      image,
      geometry: { width: request.width ?? DEFAULT_GEOMETRY.width, height: request.height ?? DEFAULT_GEOMETRY.height },
      env: {
        ...env,
        ...desktopRegion(regional, languages),
        THEME: themeOf(request) ?? 'dark',
        SCALE: String(request.scale ?? LEAST_SCALE),
      },
      regional,
      x11Tcp,
      limits,
      labels: Object.fromEntries(user.labels.map((label) => [label, 'true'])),
      shared: sharedWith(shared, user.labels, account),
    };
  }

  /** Windows, wallpaper and programs follow the shell's theme and scale: at once, or as soon as the desktop runs. */
  setLook(userId: string, look: Partial<Look>): void {
    const slot = this.#slot(userId);
    slot.look.choose(look);
    void this.#paint(slot);
  }

  /** A failure is only logged: the desktop works with any look. */
  async #paint({ desktop, status, look }: Slot): Promise<void> {
    if (!desktop || status.state !== 'running') return;
    await look
      .paint(this.#deps.engine, desktop.id)
      .catch((error: unknown) => this.#deps.events.failed('changing the look of a desktop', error));
  }

  async firstPixel(userId: string, browserMs: number): Promise<void> {
    const slot = this.#slots.get(userId);
    if (!slot?.trace || !slot.desktop || !slot.trace.firstPixel(browserMs)) return;
    const trace = slot.trace.snapshot();
    await this.#deps.store.traces.add(slot.desktop.id, userId, trace);
    this.#publish(userId, slot);
  }

  /** Removes the desktop with its launches, secrets and, unless it is kept, its home. Cancels the start of a starting desktop. */
  async remove(userId: string): Promise<void> {
    const slot = this.#slots.get(userId);
    if (!slot) return;
    if (slot.abort) return slot.abort.abort(new DeskpodError('conflict', 'The start of the desktop was canceled.'));
    const { desktop } = slot;
    if (!desktop || slot.status.state === 'stopping') return;
    const become = (state: z.output<typeof Removed>['state']): void => {
      this.#become(userId, slot, { state });
      this.#removals.publish({ id: desktop.id, userId, state });
    };
    become('stopping');
    try {
      await this.#removeFromEngine(desktop.id);
      slot.desktop = null;
      slot.trace = null;
      become('none');
    } catch (error) {
      become('running');
      throw error;
    }
  }

  /** A launch may start while its desktop is being removed: then the removal runs again. */
  async #removeFromEngine(desktopId: string): Promise<void> {
    const signal = AbortSignal.timeout(REMOVE_TIMEOUT_MS);
    for (let attempt = 1; ; attempt += 1) {
      try {
        await this.#deps.engine.removeDesktop(desktopId, signal);
        return;
      } catch (error) {
        if (attempt === REMOVE_ATTEMPTS || signal.aborted) throw error;
      }
    }
  }

  #slot(userId: string): Slot {
    const slot = this.#slots.get(userId) ?? emptySlot();
    this.#slots.set(userId, slot);
    return slot;
  }

  #become(userId: string, slot: Slot, status: DesktopState): void {
    slot.status = status;
    slot.home = slot.desktop?.home ?? slot.home;
    this.#publish(userId, slot);
  }

  #publish(userId: string, slot: Slot): void {
    this.#deps.hub.publish(userId, { type: 'desktop', desktop: present(slot) });
  }
}

function themeOf({ dark }: DesktopRequest): Look['theme'] | undefined {
  return dark === undefined ? undefined : dark ? 'dark' : 'light';
}
