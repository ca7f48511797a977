/**
 * Which parts of the screen move like a film, from what programs draw into their windows. A window moves when at least ten
 * times a second something large is drawn in it, and is still when that has nearly stopped. Pure: `now` is in ms.
 */
import {
  MAX_MOVING_REGIONS,
  MAX_VIDEO_PIXELS,
  type MovingRegion,
  type VideoArea,
  type VideoRate,
} from '#protocol/video.ts';

export interface Rectangle {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** Less is typing, a blinking cursor, a small animation. */
const LARGE_PIXELS = 80_000;
/** As long and as often as this, until a window moves. */
const BEGIN_MS = 700;
const BEGIN_COUNT = 7;
/** A longer pause is none of a film. */
const GAP_MS = 300;
/** A window is still if it has drawn less often for this long. */
const END_MS = 1_500;
const END_COUNT = 3;
/** What the area and the rate are judged by. */
const SAMPLE_MS = 1_000;
const MOST_SAMPLES = 128;
/** The area has this share of what is drawn: now and then, a program draws all of its window. */
const SHARE = 0.8;
/** Another area or rate must be seen this often, one after the other, before it replaces the one that is shown. */
const SAME_AGAIN = { area: 2, fps: 8 } as const;
/** Smaller parts of windows at the edge of the screen aren't worth an encoder. */
const LEAST_SIDE = 64;
const RATES: readonly VideoRate[] = [10, 15, 20, 30, 60];
/** Pictures of a film don't come evenly. */
const RATE_SLACK = 1.1;

interface Drawn {
  readonly at: number;
  readonly area: Rectangle;
}

/** What is drawn in one window, in its own coordinates. */
export class WindowMotion {
  #drawn: Drawn[] = [];
  #streakSince = 0;
  #isMoving = false;
  #shown: MovingRegion | null = null;
  #next: { readonly region: MovingRegion; count: number } | null = null;

  draw(area: Rectangle, now: number): void {
    if (pixelsOf(area) < LARGE_PIXELS) return;
    const last = this.#drawn.at(-1);
    if (last === undefined || now - last.at > GAP_MS) this.#streakSince = now;
    this.#drawn.push({ at: now, area });
    if (this.#drawn.length > MOST_SAMPLES) this.#drawn.shift();
  }

  /** It moves, or is about to. */
  isActive(now: number): boolean {
    return this.#shown !== null || this.#since(now - END_MS).length > 0;
  }

  /** To be asked about four times a second. `origin` is the window's place on the screen. */
  region(origin: { readonly x: number; readonly y: number }, screen: Rectangle, now: number): MovingRegion | null {
    this.#isMoving = this.#isMoving
      ? this.#since(now - END_MS).length >= END_COUNT
      : this.#streakMs >= BEGIN_MS && this.#since(now - BEGIN_MS).length >= BEGIN_COUNT;
    const found = this.#isMoving ? this.#find(origin, screen, now) : null;
    return (this.#shown = this.#steady(found));
  }

  /** How long something large has been drawn without a pause. */
  get #streakMs(): number {
    return (this.#drawn.at(-1)?.at ?? 0) - this.#streakSince;
  }

  #find(origin: { readonly x: number; readonly y: number }, screen: Rectangle, now: number): MovingRegion | null {
    const drawn = this.#since(now - SAMPLE_MS);
    // It pauses, and goes on or is still soon.
    if (drawn.length === 0) return this.#shown;
    const { x, y, width, height } = mostly(drawn.map((one) => one.area));
    const area = evenInside({ x: x + origin.x, y: y + origin.y, width, height }, screen);
    if (area === null) return null;
    const span = Math.max(BEGIN_MS, now - (drawn[0]?.at ?? now));
    return { area, fps: rateOf((drawn.length * 1000) / span) };
  }

  #steady(found: MovingRegion | null): MovingRegion | null {
    const shown = this.#shown;
    if (found === null || shown === null || isSame(found, shown)) {
      this.#next = null;
      return found;
    }
    const count = this.#next !== null && isSame(found, this.#next.region) ? this.#next.count + 1 : 1;
    this.#next = { region: found, count };
    const enough = isSameArea(found.area, shown.area) ? SAME_AGAIN.fps : SAME_AGAIN.area;
    return count >= enough ? found : shown;
  }

  #since(from: number): readonly Drawn[] {
    return this.#drawn.filter(({ at }) => at > from);
  }
}

/** The largest ones; of those that are one inside the other, the outer. */
export function chosen(regions: readonly MovingRegion[]): readonly MovingRegion[] {
  const sorted = regions.toSorted((one, other) => pixelsOf(other.area) - pixelsOf(one.area));
  return sorted
    .filter(({ area }, index) => !sorted.slice(0, index).some((outer) => contains(outer.area, area)))
    .slice(0, MAX_MOVING_REGIONS);
}

export function isSame(one: MovingRegion, other: MovingRegion): boolean {
  return one.fps === other.fps && isSameArea(one.area, other.area);
}

/** The smallest of these areas, or all together, that has most of them. */
function mostly(areas: readonly Rectangle[]): Rectangle {
  const all = areas.reduce(union);
  const different = new Map(areas.map((area) => [`${area.x} ${area.y} ${area.width} ${area.height}`, area]));
  const enough = areas.length * SHARE;
  return [...different.values()]
    .filter((area) => areas.filter((other) => contains(area, other)).length >= enough)
    .reduce((least, area) => (pixelsOf(area) < pixelsOf(least) ? area : least), all);
}

/** Null if little of it is on the screen, or it is too large for an encoder. */
function evenInside(area: Rectangle, screen: Rectangle): VideoArea | null {
  const [x, y] = [2 * Math.floor(Math.max(0, area.x) / 2), 2 * Math.floor(Math.max(0, area.y) / 2)];
  const right = Math.min(screen.width, area.x + area.width);
  const bottom = Math.min(screen.height, area.y + area.height);
  // Rounded up, unless the screen ends there.
  const side = (from: number, to: number, most: number): number => {
    const up = 2 * Math.ceil((to - from) / 2);
    return from + up <= most ? up : up - 2;
  };
  const even = { x, y, width: side(x, right, screen.width), height: side(y, bottom, screen.height) };
  return even.width >= LEAST_SIDE && even.height >= LEAST_SIDE && pixelsOf(even) <= MAX_VIDEO_PIXELS ? even : null;
}

function rateOf(perSecond: number): VideoRate {
  return RATES.find((rate) => perSecond <= rate * RATE_SLACK) ?? 60;
}

function union(one: Rectangle, other: Rectangle): Rectangle {
  const [x, y] = [Math.min(one.x, other.x), Math.min(one.y, other.y)];
  const right = Math.max(one.x + one.width, other.x + other.width);
  const bottom = Math.max(one.y + one.height, other.y + other.height);
  return { x, y, width: right - x, height: bottom - y };
}

function contains(outer: Rectangle, inner: Rectangle): boolean {
  const right = outer.x + outer.width >= inner.x + inner.width;
  return outer.x <= inner.x && outer.y <= inner.y && right && outer.y + outer.height >= inner.y + inner.height;
}

function isSameArea(one: Rectangle, other: Rectangle): boolean {
  return one.x === other.x && one.y === other.y && one.width === other.width && one.height === other.height;
}

function pixelsOf({ width, height }: Rectangle): number {
  return width * height;
}
