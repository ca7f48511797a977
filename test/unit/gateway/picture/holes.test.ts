/** The areas that a viewer has as video: what is asked for around them, and when they have their pixels again. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import type { Area } from '#gateway/rfb/area.ts';
import { Holes } from '#gateway/picture/holes.ts';

const SIDE = 24;
const SCREEN: Area = { x: 0, y: 0, width: SIDE, height: SIDE };
const area: fc.Arbitrary<Area> = fc.record({
  x: fc.integer({ min: 0, max: SIDE + 8 }),
  y: fc.integer({ min: 0, max: SIDE + 8 }),
  width: fc.integer({ min: 1, max: SIDE }),
  height: fc.integer({ min: 1, max: SIDE }),
});

function covers({ x, y, width, height }: Area, column: number, row: number): boolean {
  return column >= x && column < x + width && row >= y && row < y + height;
}

test('each pixel of the screen is in a hole, or in exactly one of the areas around', () => {
  fc.assert(
    fc.property(fc.array(area, { maxLength: 2 }), (areas) => {
      const holes = new Holes();
      holes.become(areas);
      const around = holes.around(SCREEN);
      assert.ok(around.length <= 9);
      for (let row = 0; row < SIDE; row += 1) {
        for (let column = 0; column < SIDE; column += 1) {
          const times = around.filter((one) => covers(one, column, row)).length;
          assert.equal(times, areas.some((hole) => covers(hole, column, row)) ? 0 : 1);
        }
      }
    }),
  );
});

test('a hole that ended is filled when each of its pixels was painted', () => {
  fc.assert(
    fc.property(area, fc.array(area, { maxLength: 12 }), (hole, painted) => {
      const holes = new Holes();
      assert.deepEqual(holes.become([hole]), []);
      assert.deepEqual(holes.become([]), [hole]);
      for (const one of painted) holes.painted(one);
      let isFilled = true;
      for (let row = 0; row < SIDE; row += 1)
        for (let column = 0; column < SIDE; column += 1)
          if (covers(hole, column, row) && !painted.some((one) => covers(one, column, row))) isFilled = false;
      assert.deepEqual(holes.takeFilled(SCREEN), isFilled ? [hole] : []);
      assert.equal(holes.hasOld, !isFilled);
    }),
  );
});

test('a hole that begins again before it is filled is one', () => {
  const holes = new Holes();
  const hole = { x: 4, y: 4, width: 10, height: 10 };
  holes.become([hole]);
  holes.become([]);
  holes.become([hole]);
  holes.painted(SCREEN);
  assert.deepEqual(holes.takeFilled(SCREEN), []);
  assert.deepEqual(holes.takeAll(), [hole]);
});

test('what is outside the screen, because that has become smaller, needs no pixels', () => {
  const holes = new Holes();
  const hole = { x: SIDE, y: 0, width: 4, height: 4 };
  holes.become([hole]);
  holes.become([]);
  assert.deepEqual(holes.takeFilled(SCREEN), [hole]);
});
