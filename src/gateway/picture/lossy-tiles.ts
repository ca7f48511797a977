/** Which parts of a screen were painted with loss, and since when they rest. In tiles of 16 pixels. Pure. */
import { type Area, overlap, pixelsOf } from '#gateway/rfb/area.ts';

const SIDE = 16;

interface Span {
  readonly left: number;
  readonly top: number;
  /** Exclusive, like `bottom`. */
  readonly right: number;
  readonly bottom: number;
}

export class LossyTiles {
  #width = 0;
  #height = 0;
  #columns = 0;
  #rows = 0;
  #lossy = new Uint8Array(0);
  /** When a lossy tile can be asked for again, in ms. */
  #dueAt = new Float64Array(0);
  #count = 0;
  /** Of lossy tiles that this update has painted in part without loss: their pixels that it has painted. */
  readonly #repainted = new Map<number, number>();
  readonly #restMs: number;

  /** A tile rests when nothing was painted there for `restMs`. */
  constructor(width: number, height: number, restMs: number) {
    this.#restMs = restMs;
    this.resize(width, height);
  }

  /** Nothing is lossy then: after a new size, all is painted again. */
  resize(width: number, height: number): void {
    if (width === this.#width && height === this.#height) return;
    this.#width = width;
    this.#height = height;
    this.#columns = Math.ceil(width / SIDE);
    this.#rows = Math.ceil(height / SIDE);
    this.#repainted.clear();
    this.#lossy = new Uint8Array(0);
    this.#count = 0;
  }

  get isEmpty(): boolean {
    return this.#count === 0;
  }

  paint(area: Area, isLossy: boolean, now: number): void {
    if (!isLossy && this.#count === 0) return;
    if (this.#lossy.length === 0) this.#begin();
    this.#each(touched(area), (tile, column, row) => {
      if (isLossy) {
        this.#set(tile, 1);
        this.#repainted.delete(tile);
      } else if (this.#lossy[tile] === 1) this.#repaint(tile, this.#tile(column, row), area);
      this.#dueAt[tile] = now + this.#restMs;
    });
  }

  /** Most viewers need the memory only now and then. */
  #begin(): void {
    this.#lossy = new Uint8Array(this.#columns * this.#rows);
    this.#dueAt = new Float64Array(this.#lossy.length);
  }

  /** Rectangles of one update don't overlap, so together they can paint a whole tile; those of several updates can't. */
  updateEnd(): void {
    this.#repainted.clear();
  }

  #repaint(tile: number, place: Area, area: Area): void {
    const painted = (this.#repainted.get(tile) ?? 0) + pixelsOf(overlap(place, area));
    if (painted < pixelsOf(place)) return void this.#repainted.set(tile, painted);
    this.#set(tile, 0);
    this.#repainted.delete(tile);
  }

  /** What was lossy stays so where it is copied to. */
  copy(area: Area, from: { readonly x: number; readonly y: number }, now: number): void {
    if (this.#count === 0) return;
    const before = this.#lossy.slice();
    this.paint(area, false, now);
    const [dx, dy] = [from.x - area.x, from.y - area.y];
    this.#each(touched(area), (tile, column, row) => {
      const part = overlap(this.#tile(column, row), area);
      this.#each(touched({ ...part, x: part.x + dx, y: part.y + dy }), (source) => {
        if (before[source] !== 1) return;
        this.#set(tile, 1);
        this.#repainted.delete(tile);
      });
    });
  }

  /**
   * Takes areas that rest, of about `pixels` in total. They are due again after `againMs` unless they are painted without
   * loss until then.
   */
  take(now: number, pixels: number, againMs: number): Area[] {
    const areas: Area[] = [];
    let left = this.#count === 0 ? 0 : pixels;
    for (let row = 0; row < this.#rows && left > 0; row += 1) {
      for (let column = 0; column < this.#columns && left > 0; column += 1) {
        const end = this.#runEnd(row, column, Math.ceil(left / SIDE / SIDE), now);
        if (end === column) continue;
        for (let at = column; at < end; at += 1) this.#dueAt[row * this.#columns + at] = now + againMs;
        left -= (end - column) * SIDE * SIDE;
        append(areas, this.#areaOf(row, column, end));
        column = end;
      }
    }
    return areas;
  }

  /** Where the due tiles end that start in this column, after at most `most` of them. */
  #runEnd(row: number, column: number, most: number, now: number): number {
    let end = column;
    while (end < this.#columns && end - column < most) {
      const tile = row * this.#columns + end;
      if (this.#lossy[tile] !== 1 || (this.#dueAt[tile] ?? 0) > now) break;
      end += 1;
    }
    return end;
  }

  #areaOf(row: number, column: number, end: number): Area {
    const x = column * SIDE;
    const y = row * SIDE;
    return { x, y, width: Math.min(end * SIDE, this.#width) - x, height: Math.min(y + SIDE, this.#height) - y };
  }

  /** Those at the edge of the screen are smaller. */
  #tile(column: number, row: number): Area {
    return this.#areaOf(row, column, column + 1);
  }

  #set(tile: number, lossy: 0 | 1): void {
    this.#count += lossy - (this.#lossy[tile] ?? 0);
    this.#lossy[tile] = lossy;
  }

  #each({ left, top, right, bottom }: Span, tell: (tile: number, column: number, row: number) => void): void {
    for (let row = Math.max(0, top); row < Math.min(bottom, this.#rows); row += 1) {
      for (let column = Math.max(0, left); column < Math.min(right, this.#columns); column += 1) {
        tell(row * this.#columns + column, column, row);
      }
    }
  }
}

function touched({ x, y, width, height }: Area): Span {
  return {
    left: Math.floor(x / SIDE),
    top: Math.floor(y / SIDE),
    right: Math.ceil((x + width) / SIDE),
    bottom: Math.ceil((y + height) / SIDE),
  };
}

/** Rows of the same columns become one area. */
function append(areas: Area[], area: Area): void {
  const above = areas.findIndex((one) => one.x === area.x && one.width === area.width && one.y + one.height === area.y);
  const upper = areas[above];
  if (upper === undefined) areas.push(area);
  else areas[above] = { ...upper, height: upper.height + area.height };
}
