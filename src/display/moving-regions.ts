/**
 * Follows what programs draw into their windows by the X extension DAMAGE, and tells which parts of the screen move. While
 * nothing is drawn nothing is asked, and a window that draws as fast as it can costs one event in {@link GATHER_MS}.
 */
import type { DamageExtension, XEvent } from 'x11';
import { ignore } from '#protocol/ignore.ts';
import type { MovingRegion } from '#protocol/video.ts';
import type { XConnection } from './connection.ts';
import { chosen, isSame, type Rectangle, WindowMotion } from './motion.ts';

/** What is drawn within this time is one picture; less than the time between two of 60 per second. */
const GATHER_MS = 12;
const JUDGE_MS = 250;
/** The newest ones. */
const MOST_WINDOWS = 16;
/** The box of what was drawn grows this often within {@link GATHER_MS} only if a program wants it to: it isn't followed further. */
const MOST_EVENTS = 500;
/** Events tell the box of what was drawn since it was last subtracted. */
const BOUNDING_BOX = 2;

export type MotionConnection = Pick<XConnection, 'root' | 'onEvent' | 'geometry' | 'origin' | 'damages' | 'newId'>;

interface Followed {
  readonly damage: number;
  readonly motion: WindowMotion;
  /** What was drawn since the last subtraction, as events told. */
  box: Rectangle | null;
  events: number;
}

export class MovingRegions {
  readonly #x: MotionConnection;
  readonly #changed: (regions: readonly MovingRegion[]) => void;
  /** In ms. */
  readonly #now: () => number;
  readonly #followed = new Map<number, Followed>();
  /** Of windows that drew too often. */
  readonly #ignored = new Set<number>();
  #windows: readonly number[] = [];
  #extension: DamageExtension | null = null;
  #regions: readonly MovingRegion[] = [];
  #gathering: NodeJS.Timeout | null = null;
  #judging: NodeJS.Timeout | null = null;
  #stopped = false;

  constructor(x: MotionConnection, changed: (regions: readonly MovingRegion[]) => void, now = () => performance.now()) {
    this.#x = x;
    this.#now = now;
    this.#changed = changed;
  }

  get regions(): readonly MovingRegion[] {
    return this.#regions;
  }

  /** Without the extension, nothing ever moves. */
  async start(windows: readonly number[]): Promise<void> {
    this.#windows = windows;
    const extension = await this.#x.damages();
    if (extension === null || this.#stopped) return;
    this.#extension = extension;
    this.#x.onEvent((event) => this.#notice(event));
    // Maybe there are others by now.
    this.follow(this.#windows);
  }

  stop(): void {
    this.#stopped = true;
    if (this.#gathering !== null) clearTimeout(this.#gathering);
    if (this.#judging !== null) clearTimeout(this.#judging);
  }

  /** All windows that are shown, the newest last. */
  follow(windows: readonly number[]): void {
    this.#windows = windows;
    const extension = this.#extension;
    if (extension === null || this.#stopped) return;
    for (const window of this.#ignored) if (!windows.includes(window)) this.#ignored.delete(window);
    const wanted = windows.filter((window) => !this.#ignored.has(window)).slice(-MOST_WINDOWS);
    for (const window of this.#followed.keys()) if (!wanted.includes(window)) this.#leave(window);
    for (const window of wanted) {
      if (this.#followed.has(window)) continue;
      const damage = this.#x.newId();
      extension.Create(damage, window, BOUNDING_BOX);
      this.#followed.set(window, { damage, motion: new WindowMotion(), box: null, events: 0 });
    }
  }

  /** If the window is gone, so is its damage object, and the error is ignored. */
  #leave(window: number): void {
    const followed = this.#followed.get(window);
    this.#followed.delete(window);
    if (followed !== undefined) this.#extension?.Destroy(followed.damage);
  }

  #notice({ name, drawable, area }: XEvent): void {
    if (name !== 'DamageNotify' || drawable === undefined || area === undefined || this.#stopped) return;
    const followed = this.#followed.get(drawable);
    if (followed === undefined) return;
    followed.box = { x: area.x, y: area.y, width: area.w, height: area.h };
    followed.events += 1;
    if (followed.events > MOST_EVENTS) {
      this.#ignored.add(drawable);
      return this.#leave(drawable);
    }
    this.#gathering ??= setTimeout(() => this.#gather(), GATHER_MS).unref();
  }

  #gather(): void {
    this.#gathering = null;
    const now = this.#now();
    for (const followed of this.#followed.values()) {
      if (followed.box === null) continue;
      followed.motion.draw(followed.box, now);
      followed.box = null;
      followed.events = 0;
      this.#extension?.Subtract(followed.damage, 0, 0);
      if (followed.motion.isActive(now)) this.#judgeSoon();
    }
  }

  #judgeSoon(): void {
    if (this.#stopped) return;
    this.#judging ??= setTimeout(
      () => void this.#judge().catch(ignore('the connection reports its end')),
      JUDGE_MS,
    ).unref();
  }

  async #judge(): Promise<void> {
    const active = [...this.#followed].filter(([, { motion }]) => motion.isActive(this.#now()));
    const [screen, ...origins] = await Promise.all([
      this.#x.geometry(this.#x.root),
      ...active.map(([window]) => this.#x.origin(window)),
    ]);
    this.#judging = null;
    if (this.#stopped || screen === null) return;
    const now = this.#now();
    const whole = { x: 0, y: 0, width: screen.width, height: screen.height };
    const found = active.map(([, { motion }], index) => {
      const origin = origins[index];
      return origin ? motion.region({ x: origin.destX, y: origin.destY }, whole, now) : null;
    });
    this.#publish(chosen(found.filter((region) => region !== null)));
    if (active.some(([, { motion }]) => motion.isActive(now))) this.#judgeSoon();
  }

  #publish(regions: readonly MovingRegion[]): void {
    const before = this.#regions;
    this.#regions = regions;
    const differs = (region: MovingRegion, index: number): boolean => {
      const other = before[index];
      return other === undefined || !isSame(region, other);
    };
    if (regions.length !== before.length || regions.some(differs)) this.#changed(regions);
  }
}
