/**
 * The live window list of one X connection: follows the window manager's list and every window's properties by events,
 * reads only what changed, and publishes the whole list. Changes are collected, and the latest state counts, so the cost is
 * bounded however fast programs change their windows, and a listener that misses a list is right again with the next one.
 * Differences would save bytes, but a stream that lost one would stay wrong.
 */
import type { XEvent } from 'x11';
import { toError } from '#domain/errors.ts';
import { Paced } from '#domain/paced.ts';
import type { DisplaySource } from '#domain/ports/display.ts';
import type { Window } from '#protocol/window.ts';
import type { Atoms } from './atoms.ts';
import { EVENTS, type WindowConnection } from './connection.ts';
import { readIcon } from './icon.ts';
import { ownerOf } from './owner.ts';
import { ASPECTS, type Aspect, type WindowFacts, aspectOf, readAspect } from './properties.ts';
import { WindowIcons } from './window-icons.ts';

const CHANGE_GAP_MS = 30;
/** A list of more windows is published less often: at most 1000 windows per second. */
const CHANGE_GAP_PER_WINDOW_MS = 1;
/** Icons take longest to read, and nothing waits for them. */
const ICON_GAP_MS = 500;
/** Read between two gaps, so that programs that keep changing icons cost little; the others wait for their turn. */
const ICONS_AT_ONCE = 16;
const MAX_WINDOWS = 500;

const FOLLOWED = EVENTS.PropertyChange | EVENTS.StructureNotify;

export interface Tracked extends WindowFacts {
  readonly id: number;
  readonly stale: Set<Aspect>;
  /** Resolves when its facts are known, or when it no longer exists. */
  met: Promise<void>;
  launchId: string | null;
  /** Its facts and launch are known, so it can be listed. */
  known: boolean;
  viewable: boolean;
  announced: boolean;
  iconUrl: string | null;
}

export interface WindowListeners {
  changed(windows: readonly Window[]): void;
  mapped(window: Window): void;
}

export class WindowList {
  readonly #x: WindowConnection;
  readonly #atoms: Atoms;
  readonly #launchOf: DisplaySource['launchOf'];
  readonly #listeners: WindowListeners;
  readonly #paced = new Paced(
    () => changeGapMs(this.#tracked.size),
    () => this.#guarded(() => this.#refresh()),
  );
  readonly #pacedIcons = new Paced(
    () => ICON_GAP_MS,
    () => this.#guarded(() => this.#refreshIcons()),
  );
  readonly #icons = new WindowIcons();
  /** Windows whose icon isn't read yet, in the order in which they get their turn. */
  readonly #iconsStale = new Set<number>();
  /** In the order of the window manager. */
  #tracked = new Map<number, Tracked>();
  #listStale = true;
  #activeStale = true;
  #active = 0;
  #shown: readonly Window[] = [];

  constructor(x: WindowConnection, atoms: Atoms, launchOf: DisplaySource['launchOf'], listeners: WindowListeners) {
    this.#x = x;
    this.#atoms = atoms;
    this.#launchOf = launchOf;
    this.#listeners = listeners;
  }

  get windows(): readonly Window[] {
    return this.#shown;
  }

  icon(version: string): Buffer | null {
    return this.#icons.find(version);
  }

  find(id: number): Tracked | undefined {
    return this.#tracked.get(id);
  }

  /** Resolves when the list contains the current windows with their launches; listeners get later changes. */
  async start(): Promise<void> {
    this.#x.onEvent((event) => this.#notice(event));
    await this.#x.select(this.#x.root, EVENTS.PropertyChange);
    await this.#refresh();
    await Promise.all([...this.#tracked.values()].map((window) => window.met));
    this.#publish();
  }

  stop(): void {
    this.#paced.stop();
    this.#pacedIcons.stop();
  }

  #notice(event: XEvent): void {
    if (event.wid === undefined) return;
    if (event.wid === this.#x.root) this.#noticeRoot(event);
    else {
      const window = this.#tracked.get(event.wid);
      if (window) this.#noticeWindow(window, event);
    }
  }

  #noticeRoot(event: XEvent): void {
    if (event.name !== 'PropertyNotify' || event.atom === undefined) return;
    const name = this.#atoms.name(event.atom);
    if (name === '_NET_CLIENT_LIST') this.#listStale = true;
    else if (name === '_NET_ACTIVE_WINDOW') this.#activeStale = true;
    else return;
    this.#paced.request();
  }

  #noticeWindow(window: Tracked, event: XEvent): void {
    if (event.name === 'DestroyNotify') this.#tracked.delete(window.id);
    else if (event.name === 'VisibilityNotify') this.#becameViewable(window);
    else if (event.name === 'PropertyNotify' && event.atom !== undefined) {
      const name = this.#atoms.name(event.atom);
      const aspect = aspectOf(name);
      if (name === '_NET_WM_ICON') {
        this.#readIconLater(window.id);
      }
      if (aspect === null) return;
      window.stale.add(aspect);
    } else return;
    this.#paced.request();
  }

  async #refresh(): Promise<void> {
    const [list, active] = await Promise.all([this.#readList(), this.#readActive()]);
    this.#active = active;
    if (list) this.#follow(list);
    await Promise.all([...this.#tracked.values()].map((window) => this.#readStale(window)));
    this.#publish();
  }

  async #readList(): Promise<readonly number[] | null> {
    if (!this.#listStale) return null;
    this.#listStale = false;
    return this.#x.words(this.#x.root, this.#atoms.number('_NET_CLIENT_LIST'), MAX_WINDOWS);
  }

  async #readActive(): Promise<number> {
    if (!this.#activeStale) return this.#active;
    this.#activeStale = false;
    const [active = 0] = await this.#x.words(this.#x.root, this.#atoms.number('_NET_ACTIVE_WINDOW'), 1);
    return active;
  }

  #follow(list: readonly number[]): void {
    const next = new Map<number, Tracked>();
    for (const id of list) next.set(id, this.#tracked.get(id) ?? this.#track(id));
    this.#tracked = next;
  }

  #track(id: number): Tracked {
    const window: Tracked = {
      id,
      title: '',
      wmClass: '',
      minimised: false,
      furniture: false,
      skipped: false,
      maximised: false,
      stale: new Set(),
      met: Promise.resolve(),
      launchId: null,
      known: false,
      viewable: false,
      announced: false,
      iconUrl: null,
    };
    window.met = this.#guarded(() => this.#meet(window));
    return window;
  }

  /** Reads what doesn't change about a new window, besides the facts that every refresh reads. */
  async #meet(window: Tracked): Promise<void> {
    // Events first, so that no change between reading and selecting is missed.
    if (!(await this.#x.select(window.id, FOLLOWED | EVENTS.VisibilityChange))) return;
    this.#readIconLater(window.id);
    const [viewable] = await Promise.all([this.#x.viewable(window.id), this.#read(window, ASPECTS)]);
    window.launchId = await ownerOf(this.#x, this.#atoms, window, this.#launchOf);
    window.known = true;
    if (viewable) this.#becameViewable(window);
    this.#announce(window);
    this.#paced.request();
  }

  #becameViewable(window: Tracked): void {
    if (window.viewable) return;
    window.viewable = true;
    this.#announce(window);
    void this.#guarded(async () => void (await this.#x.select(window.id, FOLLOWED)));
  }

  /** At once, not with the next change: this ends the measured time until a launch shows its window. */
  #announce(window: Tracked): void {
    if (!window.known || !window.viewable || window.announced || window.furniture) return;
    window.announced = true;
    this.#listeners.mapped(this.#present(window));
  }

  async #readStale(window: Tracked): Promise<void> {
    const stale = [...window.stale];
    window.stale.clear();
    await this.#read(window, stale);
  }

  async #read(window: Tracked, aspects: readonly Aspect[]): Promise<void> {
    const facts = await Promise.all(aspects.map((aspect) => readAspect(this.#x, this.#atoms, window.id, aspect)));
    Object.assign(window, ...facts);
  }

  #readIconLater(id: number): void {
    this.#iconsStale.add(id);
    this.#pacedIcons.request();
  }

  async #refreshIcons(): Promise<void> {
    for (const id of [...this.#iconsStale].slice(0, ICONS_AT_ONCE)) {
      this.#iconsStale.delete(id);
      const window = this.#tracked.get(id);
      if (window === undefined) continue;
      const png = await readIcon(this.#x, this.#atoms, id);
      window.iconUrl = png === null ? null : this.#icons.add(png);
    }
    if (this.#iconsStale.size > 0) this.#pacedIcons.request();
    this.#paced.request();
  }

  #publish(): void {
    const before = this.#shown;
    this.#shown = [...this.#tracked.values()]
      .filter((window) => window.known && !window.furniture && !window.skipped)
      .map((window) => this.#present(window));
    const now = this.#shown;
    if (now.length !== before.length || now.some((window, index) => !same(window, before[index]))) {
      this.#listeners.changed(now);
    }
  }

  #present(window: Tracked): Window {
    const { id, title, wmClass, launchId, minimised, iconUrl } = window;
    return { id, title, wmClass, launchId, active: id === this.#active, minimised, iconUrl };
  }

  /** The connection itself reports that it was lost. */
  async #guarded(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      this.#x.close(toError(error));
    }
  }
}

/** The time between two lists of this many windows. */
export function changeGapMs(windows: number): number {
  return Math.max(CHANGE_GAP_MS, windows * CHANGE_GAP_PER_WINDOW_MS);
}

function same(a: Window, b: Window | undefined): boolean {
  return (
    b !== undefined &&
    a.id === b.id &&
    a.title === b.title &&
    a.wmClass === b.wmClass &&
    a.launchId === b.launchId &&
    a.active === b.active &&
    a.minimised === b.minimised &&
    a.iconUrl === b.iconUrl
  );
}
