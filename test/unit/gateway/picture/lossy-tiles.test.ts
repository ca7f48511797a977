/** Where a screen is lossy: never less than what is, and everything can be mended. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { LossyTiles } from '#gateway/picture/lossy-tiles.ts';
import type { Area } from '#gateway/rfb/area.ts';

const [WIDTH, HEIGHT] = [70, 50];
const REST_MS = 300;
const AGAIN_MS = 2_000;
const ALL = WIDTH * HEIGHT * 2;

const area = fc
  .tuple(fc.nat(WIDTH - 1), fc.nat(HEIGHT - 1), fc.nat(WIDTH), fc.nat(HEIGHT))
  .map(([x, y, width, height]) => ({
    x,
    y,
    width: Math.min(1 + width, WIDTH - x),
    height: Math.min(1 + height, HEIGHT - y),
  }));
const step = fc.record({ area, isLossy: fc.boolean(), from: fc.option(fc.tuple(fc.nat(WIDTH), fc.nat(HEIGHT))) });

/** The same with a flag for each pixel. */
class Pixels {
  flags = new Uint8Array(WIDTH * HEIGHT);

  paint(area: Area, isLossy: boolean): void {
    this.#each(area, (at) => (this.flags[at] = isLossy ? 1 : 0));
  }

  copy(area: Area, x: number, y: number): void {
    const before = this.flags.slice();
    const moved = (y - area.y) * WIDTH + x - area.x;
    this.#each(area, (at) => (this.flags[at] = before[at + moved] ?? 0));
  }

  isLossy(area: Area): boolean {
    let lossy = false;
    this.#each(area, (at) => (lossy ||= this.flags[at] === 1));
    return lossy;
  }

  #each({ x, y, width, height }: Area, tell: (at: number) => void): void {
    for (let row = y; row < y + height; row += 1) for (let at = x; at < x + width; at += 1) tell(row * WIDTH + at);
  }
}

test('every pixel that is lossy is asked for, and then nothing is lossy', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 20 }), (steps) => {
      const tiles = new LossyTiles(WIDTH, HEIGHT, REST_MS);
      const pixels = new Pixels();
      for (const { area: at, isLossy, from } of steps) {
        if (from === null) {
          tiles.paint(at, isLossy, 0);
          pixels.paint(at, isLossy);
        } else {
          const [x, y] = [Math.min(from[0], WIDTH - at.width), Math.min(from[1], HEIGHT - at.height)];
          tiles.copy(at, { x, y }, 0);
          pixels.copy(at, x, y);
        }
        tiles.updateEnd();
      }
      const areas = tiles.take(REST_MS, ALL, AGAIN_MS);
      for (const one of areas) {
        tiles.paint(one, false, REST_MS);
        pixels.paint(one, false);
      }
      assert.equal(tiles.isEmpty, true);
      assert.equal(pixels.isLossy({ x: 0, y: 0, width: WIDTH, height: HEIGHT }), false);
    }),
  );
});

test('an area is due when nothing was painted there for a moment, and again when no answer came', () => {
  const tiles = new LossyTiles(WIDTH, HEIGHT, REST_MS);
  tiles.paint({ x: 0, y: 0, width: 16, height: 16 }, true, 0);
  tiles.paint({ x: 32, y: 16, width: 16, height: 16 }, true, 100);
  assert.deepEqual(tiles.take(299, ALL, AGAIN_MS), []);
  assert.deepEqual(tiles.take(300, ALL, AGAIN_MS), [{ x: 0, y: 0, width: 16, height: 16 }]);
  assert.deepEqual(tiles.take(400, ALL, AGAIN_MS), [{ x: 32, y: 16, width: 16, height: 16 }]);
  assert.deepEqual(tiles.take(2_299, ALL, AGAIN_MS), []);
  assert.deepEqual(tiles.take(2_300, ALL, AGAIN_MS), [{ x: 0, y: 0, width: 16, height: 16 }]);
});

test('neighbouring tiles are asked for as one area, and no more than allowed', () => {
  const tiles = new LossyTiles(WIDTH, HEIGHT, REST_MS);
  tiles.paint({ x: 0, y: 0, width: WIDTH, height: HEIGHT }, true, 0);
  assert.deepEqual(tiles.take(300, 16 * 16 * 2, AGAIN_MS), [{ x: 0, y: 0, width: 32, height: 16 }]);
  assert.deepEqual(tiles.take(300, ALL, AGAIN_MS), [
    { x: 32, y: 0, width: 38, height: 16 },
    { x: 0, y: 16, width: 70, height: 34 },
  ]);
});

test('rectangles of one update mend a tile together, those of different updates do not', () => {
  const tiles = new LossyTiles(WIDTH, HEIGHT, REST_MS);
  const halves = [0, 8].map((y) => ({ x: 0, y, width: 16, height: 8 }));
  tiles.paint({ x: 0, y: 0, width: 16, height: 16 }, true, 0);
  for (const half of halves) {
    tiles.paint(half, false, 0);
    tiles.updateEnd();
  }
  assert.equal(tiles.isEmpty, false);
  for (const half of halves) tiles.paint(half, false, 0);
  assert.equal(tiles.isEmpty, true);
});

test('a tile stays lossy if a part of it was copied from where it is', () => {
  const tiles = new LossyTiles(WIDTH, HEIGHT, REST_MS);
  tiles.paint({ x: 0, y: 0, width: 32, height: 16 }, true, 0);
  tiles.updateEnd();
  tiles.paint({ x: 0, y: 0, width: 16, height: 16 }, false, 0);
  tiles.copy({ x: 0, y: 0, width: 16, height: 8 }, { x: 16, y: 0 }, 0);
  tiles.paint({ x: 0, y: 8, width: 16, height: 8 }, false, 0);
  assert.deepEqual(tiles.take(REST_MS, ALL, AGAIN_MS), [{ x: 0, y: 0, width: 32, height: 16 }]);
});

test('a new size forgets what was lossy', () => {
  const tiles = new LossyTiles(WIDTH, HEIGHT, REST_MS);
  tiles.paint({ x: 0, y: 0, width: 16, height: 16 }, true, 0);
  tiles.resize(WIDTH, HEIGHT);
  assert.equal(tiles.isEmpty, false);
  tiles.resize(20, 20);
  assert.equal(tiles.isEmpty, true);
});
