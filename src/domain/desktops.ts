/** Desktops: at most one per user, made on demand, found again after a restart, removed on log out. */
import { z } from 'zod';
import type { Environment, Limits } from '../protocol/app.ts';
import type { Desktop, DesktopRequest, DesktopState, Geometry } from '../protocol/desktop.ts';
import type { Identity } from './auth.ts';
import type { DesktopSpec, Engine, EngineDesktop, Regional } from './engine.ts';
import { DesktopTheme, type Theme } from './desktop-theme.ts';
import { DeskpodError } from './errors.ts';
import type { Hub } from './hub.ts';
import { userPodName } from './names.ts';
import type { Replicas } from './replicas.ts';
import { TraceRecorder } from './start-trace.ts';
import type { Store } from './store.ts';
import { UnderWay } from './under-way.ts';

/** Building the desktop's image, when it is not there yet, takes minutes. */
const IMAGE_TIMEOUT_MS = 15 * 60_000;
/** In a cluster a node may have to fetch images first. */
const MAKE_TIMEOUT_MS = 5 * 60_000;
const REMOVE_TIMEOUT_MS = 30_000;
const REMOVE_ATTEMPTS = 3;
const DEFAULT_GEOMETRY = { width: 1280, height: 800 };
/** What servers tell each other of a desktop that is removed on purpose. */
const Removed = z.object({ id: z.string(), userId: z.string(), state: z.enum(['stopping', 'none', 'running']) });
const NO_ENTRIES = { finished: 0, most: null };

export interface DesktopOptions {
  readonly image: string;
  readonly env: Environment;
  readonly x11Tcp: boolean;
  readonly limits: Limits;
}

/** What the server knows of one user's desktop; the engine holds the truth. */
interface Slot {
  status: DesktopState;
  desktop: EngineDesktop | null;
  trace: TraceRecorder | null;
  abort: AbortController | null;
  /** What was asked for when it was made, if that was here. */
  geometry: Partial<Geometry>;
  /** The user wants it made anew when nobody looks. */
  compaction: 'idle' | null;
  readonly theme: DesktopTheme;
  /** Another server is removing it. */
  removedElsewhere: boolean;
}

export interface DesktopEvents {
  desktopStarted(userId: string, desktopId: string, kind: 'cold' | 'warm', ms: number): void;
  desktopFailed(userId: string, error: unknown): void;
  failed(what: string, error: unknown): void;
  desktopEnded(userId: string, desktopId: string): void;
}

export class Desktops {
  readonly #slots = new Map<string, Slot>();
  readonly #making = new UnderWay();
  readonly #engine: Engine;
  readonly #store: Store;
  readonly #hub: Hub;
  readonly #replicas: Pick<Replicas, 'tell' | 'hear'>;
  readonly #options: DesktopOptions;
  readonly #events: DesktopEvents;

  constructor(deps: {
    engine: Engine;
    store: Store;
    hub: Hub;
    replicas: Pick<Replicas, 'tell' | 'hear'>;
    options: DesktopOptions;
    events: DesktopEvents;
  }) {
    this.#engine = deps.engine;
    this.#store = deps.store;
    this.#hub = deps.hub;
    this.#replicas = deps.replicas;
    this.#options = deps.options;
    this.#events = deps.events;
    this.#replicas.hear('desktop', (value) => {
      const removed = Removed.safeParse(value);
      if (removed.success) this.#removedElsewhere(removed.data);
    });
  }

  /** On purpose: when the engine says that it is gone, that is no failure here. */
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
        // The other server ended before it was done.
        if (slot.removedElsewhere && slot.desktop?.id === id) this.#removedElsewhere({ id, userId, state: 'running' });
      }, REMOVE_TIMEOUT_MS).unref();
  }

  /** Takes a desktop that the engine has into view; an ended one is told as such. */
  found(desktop: EngineDesktop): void {
    const slot = this.#slot(desktop.userId);
    if (slot.status.state === 'starting' || slot.status.state === 'stopping') return;
    if (slot.desktop && slot.desktop.id !== desktop.id && desktop.state === 'ended') return;
    const wasRunning = slot.status.state === 'running' || slot.desktop === null;
    slot.desktop = desktop.state === 'running' ? desktop : null;
    if (desktop.state === 'running') this.#become(desktop.userId, slot, { state: 'running' });
    else if (wasRunning) {
      this.#events.desktopEnded(desktop.userId, desktop.id);
      this.#become(desktop.userId, slot, {
        state: 'failed',
        reason: 'Your desktop has ended: its container stopped, perhaps because the machine was restarted.',
        remedy: 'Start a new one. Your files are as you left them.',
      });
    }
  }

  gone(desktopId: string): void {
    for (const [userId, slot] of this.#slots) {
      if (slot.desktop?.id !== desktopId) continue;
      if (slot.removedElsewhere) this.#removedElsewhere({ id: desktopId, userId, state: 'none' });
      if (slot.status.state !== 'running') continue;
      slot.desktop = null;
      this.#events.desktopEnded(userId, desktopId);
      this.#become(userId, slot, { state: 'failed', reason: 'Your desktop was removed.', remedy: 'Start a new one.' });
    }
  }

  get(userId: string): Desktop {
    return present(this.#slots.get(userId));
  }

  /** The running desktop of a user; `desktop_missing` otherwise. */
  running(userId: string): EngineDesktop {
    const slot = this.#slots.get(userId);
    if (slot?.desktop && slot.status.state === 'running') return slot.desktop;
    throw new DeskpodError('desktop_missing', 'There is no running desktop.', { remedy: 'Start your desktop first.' });
  }

  runningOrNull(userId: string): EngineDesktop | null {
    const slot = this.#slots.get(userId);
    return slot?.status.state === 'running' ? slot.desktop : null;
  }

  /** Whose desktop this is; null for one that is not in view. */
  ownerOf(desktopId: string): string | null {
    for (const [userId, slot] of this.#slots) if (slot.desktop?.id === desktopId) return userId;
    return null;
  }

  envOf(userId: string): Environment {
    const desktop = this.#slots.get(userId)?.desktop;
    return desktop ? regionalEnvironment(desktop.regional) : {};
  }

  /** What the same desktop is asked for with. */
  requestOf(userId: string): DesktopRequest {
    const { desktop, geometry, theme } = this.#slot(userId);
    const { timezone, locale } = desktop?.regional ?? {};
    return {
      ...geometry,
      ...(timezone ? { timezone } : {}),
      ...(locale ? { locale } : {}),
      dark: theme.wanted === 'dark',
    };
  }

  /** Only shown here; domain/compaction does it. */
  setCompaction(userId: string, when: 'idle' | null): void {
    const slot = this.#slot(userId);
    if (slot.compaction === when) return;
    slot.compaction = when;
    this.#publish(userId, slot);
  }

  /** Returns at once; progress is published. A desktop that runs, or is on its way, is the answer. */
  async start(identity: Identity, request: DesktopRequest): Promise<Desktop> {
    const userId = identity.user.id;
    const slot = this.#slot(userId);
    if (slot.status.state === 'stopping') {
      throw new DeskpodError('conflict', 'Your last desktop is still being removed.', {
        remedy: 'Try again in a moment.',
      });
    }
    if (request.dark !== undefined) slot.theme.wanted = request.dark ? 'dark' : 'light';
    if (slot.status.state === 'starting') return present(slot);
    if (slot.status.state === 'running') {
      void this.#paint(slot);
      slot.trace = new TraceRecorder('warm', await this.#store.traces.usual('warm'));
      slot.trace.begin('first_pixel');
      return present(slot);
    }
    slot.abort = new AbortController();
    slot.status = { state: 'starting' };
    slot.geometry = geometryOf(request);
    const usual = this.#store.traces.usual('cold');
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
      await this.#engine.ensureImage(
        { reference: this.#options.image, app: null },
        detail,
        AbortSignal.any([abort, AbortSignal.timeout(IMAGE_TIMEOUT_MS)]),
      );
      const spec = this.plan(identity, { ...request, dark: slot.theme.wanted === 'dark' });
      slot.theme.shown = slot.theme.wanted;
      slot.desktop = await this.#engine.makeDesktop(
        spec,
        step,
        AbortSignal.any([abort, AbortSignal.timeout(MAKE_TIMEOUT_MS)]),
      );
      trace.begin('first_pixel');
      slot.abort = null;
      this.#become(userId, slot, { state: 'running' });
      this.#events.desktopStarted(userId, spec.id, 'cold', trace.snapshot().totalMs);
      void this.#paint(slot);
    } catch (error) {
      trace.fail();
      slot.desktop = null;
      slot.abort = null;
      if (!abort.aborted) this.#events.desktopFailed(userId, error);
      this.#become(userId, slot, abort.aborted ? { state: 'none' } : failure(error));
    }
  }

  /** Resolves when no desktop is being made. */
  async settled(signal: AbortSignal): Promise<void> {
    await this.#making.over(signal);
  }

  /** The desktop this user would get; makes nothing. */
  plan({ user, account }: Identity, request: DesktopRequest = {}): DesktopSpec {
    const { image, env, x11Tcp, limits } = this.#options;
    const regional = { timezone: request.timezone ?? null, locale: request.locale ?? null };
    return {
      id: userPodName(user),
      account,
      image,
      geometry: { width: request.width ?? DEFAULT_GEOMETRY.width, height: request.height ?? DEFAULT_GEOMETRY.height },
      env: { ...env, ...regionalEnvironment(regional), THEME: request.dark === false ? 'light' : 'dark' },
      regional,
      x11Tcp,
      limits,
      labels: Object.fromEntries(user.labels.map((label) => [label, 'true'])),
    };
  }

  /** Windows, wallpaper and GTK programs follow the shell: at once, or as soon as there is a desktop. */
  setTheme(userId: string, theme: Theme): void {
    const slot = this.#slot(userId);
    slot.theme.wanted = theme;
    void this.#paint(slot);
  }

  /** A desktop of another colour is as usable: a failure is only told. */
  async #paint({ desktop, status, theme }: Slot): Promise<void> {
    if (!desktop || status.state !== 'running') return;
    await theme
      .paint(this.#engine, desktop.id)
      .catch((error: unknown) => this.#events.failed(`making a desktop ${theme.wanted}`, error));
  }

  async firstPixel(userId: string): Promise<void> {
    const slot = this.#slots.get(userId);
    if (!slot?.trace || !slot.desktop || !slot.trace.firstPixel()) return;
    const trace = slot.trace.snapshot();
    await this.#store.traces.add(slot.desktop.id, userId, trace);
    this.#publish(userId, slot);
  }

  /** Removes the desktop, its launches and secrets; the home stays. One that is still being made is given up. */
  async remove(userId: string): Promise<void> {
    const slot = this.#slots.get(userId);
    if (!slot) return;
    if (slot.abort) return slot.abort.abort(new DeskpodError('conflict', 'The desktop was given up.'));
    const { desktop } = slot;
    if (!desktop || slot.status.state === 'stopping') return;
    const become = (state: z.output<typeof Removed>['state']): void => {
      this.#become(userId, slot, { state });
      this.#replicas.tell('desktop', { id: desktop.id, userId, state });
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

  /** A launch that was just being made may come up beside its desktop while that is removed: then it is done again. */
  async #removeFromEngine(desktopId: string): Promise<void> {
    const signal = AbortSignal.timeout(REMOVE_TIMEOUT_MS);
    for (let attempt = 1; ; attempt += 1) {
      try {
        await this.#engine.removeDesktop(desktopId, signal);
        return;
      } catch (error) {
        if (attempt === REMOVE_ATTEMPTS || signal.aborted) throw error;
      }
    }
  }

  #slot(userId: string): Slot {
    const known = this.#slots.get(userId);
    if (known) return known;
    const slot: Slot = {
      status: { state: 'none' },
      desktop: null,
      trace: null,
      abort: null,
      geometry: {},
      compaction: null,
      theme: new DesktopTheme(),
      removedElsewhere: false,
    };
    this.#slots.set(userId, slot);
    return slot;
  }

  #become(userId: string, slot: Slot, status: DesktopState): void {
    slot.status = status;
    this.#publish(userId, slot);
  }

  #publish(userId: string, slot: Slot): void {
    this.#hub.publish(userId, { type: 'desktop', desktop: present(slot) });
  }
}

function present(slot: Slot | undefined): Desktop {
  if (!slot) return { id: null, status: { state: 'none' }, trace: null, place: null, entries: NO_ENTRIES };
  const { desktop, status, trace, compaction } = slot;
  return {
    id: desktop?.id ?? null,
    status,
    trace: trace?.snapshot() ?? null,
    place: desktop?.place ?? null,
    entries: desktop?.entries ?? NO_ENTRIES,
    ...(compaction === null || desktop === null ? {} : { compaction }),
  };
}

function failure(error: unknown): DesktopState {
  if (!(error instanceof DeskpodError)) return { state: 'failed', reason: 'The desktop could not be started.' };
  return { state: 'failed', reason: error.message, ...(error.remedy ? { remedy: error.remedy } : {}) };
}

function geometryOf({ width, height }: DesktopRequest): Partial<Geometry> {
  return { ...(width === undefined ? {} : { width }), ...(height === undefined ? {} : { height }) };
}

/** `LANG` and `TZ` as the browser has them. Every image has C.UTF-8 alone, so only its language part is passed on. */
function regionalEnvironment({ locale, timezone }: Regional): Environment {
  return {
    ...(timezone ? { TZ: timezone } : {}),
    ...(locale ? { LANGUAGE: locale.replace('-', '_') } : {}),
  };
}
