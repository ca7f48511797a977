/**
 * Reads fingers as the pointer of the desktop and as movements of the view. Pure: no DOM; time and timers are given.
 *
 * Direct: the pointer is where the finger is. Trackpad: the finger moves the pointer, as on a laptop. While panning, the
 * fingers only move the view.
 */
import type { TouchMode } from '#protocol/system.ts';
import { centre, distance, type Point } from './point.ts';

/** As the user prefers, or panning for the moment. */
export type FingerMode = TouchMode | 'panning';

export interface Finger extends Point {
  readonly id: number;
}

export type Button = 'left' | 'middle' | 'right';

/** What gestures do. Points are in CSS pixels of the page; null is where the pointer is. */
export interface TouchOutput {
  /** Moves the pointer by a way of the finger. */
  moveBy(way: Point): void;
  moveTo(at: Point): void;
  press(button: Button): void;
  release(button: Button): void;
  /** Scrolls in the app, in the direction in which the fingers move its content. */
  scroll(at: Point | null, way: Point): void;
  pan(way: Point): void;
  /** `at` stays where it is. */
  zoom(at: Point, factor: number): void;
  /** The left button stays pressed without a finger, until the next tap. */
  locked(isLocked: boolean): void;
}

export interface GestureOptions {
  readonly mode: () => FingerMode;
  readonly now: () => number;
  /** Returns what cancels it. */
  readonly later: (ms: number, then: () => void) => () => void;
}

/** As on Android, where a finger that moves less is still. */
const STILL_PX = 10;
const LONG_PRESS_MS = 500;
/** Between two taps of a double tap, or a tap and a drag. */
const DOUBLE_TAP_MS = 300;
const DOUBLE_TAP_PX = 40;
/** How much more the fingers' distance changes than their centre moves, when they pinch. */
const PINCH_PX = 16;
const BUTTONS: readonly Button[] = ['left', 'right', 'middle'];

type Kind = 'undecided' | 'drag' | 'move' | 'pan' | 'scroll' | 'pinch' | 'over';

export class Gestures {
  readonly #options: GestureOptions;
  readonly #output: TouchOutput;
  #kind: Kind = 'over';
  /** Where the fingers of this gesture began and are. */
  #first = new Map<number, Point>();
  #last = new Map<number, Point>();
  /** The most fingers at once. */
  #count = 0;
  #cancelLongPress: () => void = () => {};
  #tapped: { readonly at: Point; readonly when: number } | null = null;
  #isLocked = false;

  constructor(options: GestureOptions, output: TouchOutput) {
    this.#options = options;
    this.#output = output;
  }

  /** `fingers`: those that are new. */
  start(fingers: readonly Finger[]): void {
    if (this.#last.size === 0) this.#begin();
    for (const { id, x, y } of fingers) {
      // A gesture that is decided keeps its fingers.
      if (this.#kind === 'undecided') this.#first.set(id, { x, y });
      this.#last.set(id, { x, y });
    }
    this.#count = Math.max(this.#count, this.#first.size);
    if (this.#last.size > 1) this.#cancelLongPress();
  }

  move(fingers: readonly Finger[]): void {
    const before = new Map(this.#last);
    for (const { id, x, y } of fingers) if (this.#last.has(id)) this.#last.set(id, { x, y });
    if (this.#kind === 'undecided') return this.#decide();
    const [from, to] = [this.#fingersOf(before), this.#fingersOf(this.#last)];
    const way = between(centre(from), centre(to));
    if (this.#kind === 'drag' && this.#options.mode() !== 'trackpad') this.#output.moveTo(centre(to));
    else if (this.#kind === 'drag' || this.#kind === 'move') this.#output.moveBy(way);
    else if (this.#kind === 'pan') this.#output.pan(way);
    else if (this.#kind === 'scroll') this.#output.scroll(this.#pointOf(centre(this.#fingersOf(this.#first))), way);
    else if (this.#kind === 'pinch') {
      this.#output.pan(way);
      this.#output.zoom(centre(to), spread(to) / spread(from));
    }
  }

  /** `ids`: the fingers that left the screen. */
  end(ids: readonly number[]): void {
    const at = centre(this.#fingersOf(this.#first));
    for (const id of ids) this.#last.delete(id);
    if (this.#last.size > 0) {
      if (this.#kind === 'pinch' || this.#kind === 'scroll') this.#kind = 'over';
      return;
    }
    this.#cancelLongPress();
    if (this.#kind === 'undecided') this.#tap(at);
    // With a trackpad, a way may be longer than the screen: the button stays pressed until the next tap.
    else if (this.#kind === 'drag' && this.#options.mode() === 'trackpad') this.#lock(true);
    else if (this.#kind === 'drag') this.#output.release('left');
    this.#kind = 'over';
  }

  /** The browser took the fingers, or the page ends: nothing stays pressed. */
  cancel(): void {
    this.#cancelLongPress();
    if (this.#kind === 'drag') this.#output.release('left');
    if (this.#isLocked) this.#unlock();
    this.#kind = 'over';
    this.#last.clear();
    this.#tapped = null;
  }

  #begin(): void {
    this.#kind = 'undecided';
    this.#first.clear();
    this.#count = 0;
    if (this.#options.mode() === 'panning') return;
    this.#cancelLongPress = this.#options.later(LONG_PRESS_MS, () => {
      if (this.#kind !== 'undecided' || this.#isLocked) return;
      this.#kind = 'over';
      this.#click('right', centre(this.#fingersOf(this.#first)));
    });
  }

  #decide(): void {
    const [from, to] = [this.#fingersOf(this.#first), this.#fingersOf(this.#last)];
    const way = between(centre(from), centre(to));
    const moved = distance(centre(from), centre(to));
    if (this.#first.size === 1) {
      if (moved > STILL_PX) this.#decideOne(centre(from), way);
    } else if (this.#first.size === 2) {
      const pinched = Math.abs(spread(to) - spread(from));
      if (pinched > PINCH_PX + moved) this.#kind = 'pinch';
      else if (moved > STILL_PX) this.#kind = this.#options.mode() === 'panning' ? 'pan' : 'scroll';
    }
    if (this.#kind !== 'undecided') this.#cancelLongPress();
  }

  #decideOne(from: Point, way: Point): void {
    const mode = this.#options.mode();
    if (mode === 'panning') this.#kind = 'pan';
    else if (mode === 'direct') {
      this.#kind = 'drag';
      this.#output.moveTo(from);
      this.#output.press('left');
      this.#output.moveTo({ x: from.x + way.x, y: from.y + way.y });
    } else {
      const isTapAndDrag = !this.#isLocked && this.#isSecondTap(from);
      this.#kind = isTapAndDrag ? 'drag' : 'move';
      if (isTapAndDrag) this.#output.press('left');
      this.#output.moveBy(way);
    }
    this.#tapped = null;
  }

  #tap(at: Point): void {
    if (this.#options.mode() === 'panning') return;
    if (this.#isLocked) return this.#unlock();
    const button = BUTTONS[this.#count - 1];
    if (button === undefined) return;
    const [tapped, isSecond] = [this.#tapped, button === 'left' && this.#isSecondTap(at)];
    // A double click needs the same place twice.
    this.#click(button, isSecond && tapped ? tapped.at : at);
    this.#tapped = button === 'left' && !isSecond ? { at, when: this.#options.now() } : null;
  }

  #isSecondTap(at: Point): boolean {
    const tapped = this.#tapped;
    if (tapped === null || this.#options.now() - tapped.when > DOUBLE_TAP_MS) return false;
    return this.#options.mode() === 'trackpad' || distance(tapped.at, at) < DOUBLE_TAP_PX;
  }

  #click(button: Button, at: Point): void {
    const place = this.#pointOf(at);
    if (place !== null) this.#output.moveTo(place);
    this.#output.press(button);
    this.#output.release(button);
  }

  #lock(isLocked: boolean): void {
    this.#isLocked = isLocked;
    this.#output.locked(isLocked);
  }

  #unlock(): void {
    this.#output.release('left');
    this.#lock(false);
  }

  #pointOf(at: Point): Point | null {
    return this.#options.mode() === 'trackpad' ? null : at;
  }

  /** In the order in which they began. */
  #fingersOf(points: ReadonlyMap<number, Point>): readonly Point[] {
    return [...this.#first.keys()].flatMap((id) => points.get(id) ?? this.#first.get(id) ?? []);
  }
}

function between(from: Point, to: Point): Point {
  return { x: to.x - from.x, y: to.y - from.y };
}

/** The distance of two fingers; at least one pixel, so that it can be divided by. */
function spread([one, other]: readonly Point[]): number {
  return one && other ? Math.max(1, distance(one, other)) : 1;
}
