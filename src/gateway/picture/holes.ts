/**
 * The areas of the screen that one viewer has as video, so that the desktop doesn't send them, and those that it gets back.
 * Pure.
 */
import { type Area, isSame, overlap, pixelsOf } from '#gateway/rfb/area.ts';

interface Filling {
  readonly area: Area;
  /** What hasn't been painted yet. */
  left: readonly Area[];
}

/** A desktop that paints an area in more parts is only followed until then: the area counts as old. */
const MOST_PARTS = 1_000;

export class Holes {
  #areas: readonly Area[] = [];
  #filling: Filling[] = [];

  /** Nothing is left out. */
  get isEmpty(): boolean {
    return this.#areas.length === 0;
  }

  /** What the viewer has of these areas may be old: nothing may be copied from there. */
  get hasOld(): boolean {
    return this.#areas.length > 0 || this.#filling.length > 0;
  }

  /** Returns those that are to be asked for now. */
  become(areas: readonly Area[]): readonly Area[] {
    const ended = this.#areas.filter((area) => !areas.some((other) => isSame(area, other)));
    this.#areas = areas;
    this.#filling = this.#filling.filter(({ area }) => !areas.some((other) => isSame(area, other)));
    this.#filling.push(...ended.map((area) => ({ area, left: [area] })));
    return ended;
  }

  /** The screen without them. */
  around(screen: Area): Area[] {
    return this.#areas.reduce<Area[]>((left, hole) => left.flatMap((one) => without(one, hole)), [screen]);
  }

  painted(area: Area): void {
    for (const filling of this.#filling) {
      const left = filling.left.flatMap((one) => without(one, area));
      if (left.length <= MOST_PARTS) filling.left = left;
    }
  }

  /** Returns those that have been filled, except for what is in another hole, or outside the screen. */
  takeFilled(screen: Area): readonly Area[] {
    if (this.#filling.length === 0) return [];
    const filled = this.#filling.filter(({ left }) =>
      left.every((one) => this.around(overlap(one, screen)).every((part) => pixelsOf(part) === 0)),
    );
    this.#filling = this.#filling.filter((filling) => !filled.includes(filling));
    return filled.map(({ area }) => area);
  }

  /** All that are left, when nothing more is known of the screen. */
  takeAll(): readonly Area[] {
    const areas = [...this.#areas, ...this.#filling.map(({ area }) => area)];
    this.#areas = [];
    this.#filling = [];
    return areas;
  }
}

/** At most four areas: above, below, left and right of the hole. */
function without(area: Area, hole: Area): Area[] {
  const inside = overlap(area, hole);
  if (pixelsOf(inside) === 0) return [area];
  const bottom = inside.y + inside.height;
  const right = inside.x + inside.width;
  return [
    { ...area, height: inside.y - area.y },
    { ...area, y: bottom, height: area.y + area.height - bottom },
    { ...inside, x: area.x, width: inside.x - area.x },
    { ...inside, x: right, width: area.x + area.width - right },
  ].filter((one) => pixelsOf(one) > 0);
}
