/** What counts as a film on the screen, and where it is. */
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import * as fc from 'fast-check';
import { chosen, type Rectangle, WindowMotion } from '#display/motion.ts';
import { MovingRegion } from '#protocol/video.ts';

const SCREEN: Rectangle = { x: 0, y: 0, width: 1281, height: 1023 };
const FILM: Rectangle = { x: 10, y: 20, width: 640, height: 360 };
const JUDGE_MS = 250;

interface Drawing {
  readonly area: Rectangle;
  /** From, to and how often, in ms. */
  readonly from: number;
  readonly to: number;
  readonly every: number;
}

/** What was found at each look. */
function look(drawings: readonly Drawing[], until: number, origin = { x: 100, y: 50 }): (MovingRegion | null)[] {
  const motion = new WindowMotion();
  const found: (MovingRegion | null)[] = [];
  for (let now = 1; now <= until; now += 1) {
    for (const { area, from, to, every } of drawings)
      if (now >= from && now < to && (now - from) % every === 0) motion.draw(area, now);
    if (now % JUDGE_MS === 0) found.push(motion.region(origin, SCREEN, now));
  }
  return found;
}

suite('what moves', () => {
  test('a film does, after less than a second, and two seconds after its last picture it is still', () => {
    const found = look([{ area: FILM, from: 1, to: 3_000, every: 33 }], 6_000);
    assert.equal(found[1], null);
    assert.deepEqual(found[3], { area: { x: 110, y: 70, width: 640, height: 360 }, fps: 30 });
    assert.ok(found.slice(3, 12).every((region) => region !== null));
    assert.deepEqual(found.slice(20), [null, null, null, null]);
  });

  test('its rate is that of its pictures', () => {
    const rates = [100, 66, 50, 40, 33, 16].map(
      (every) => look([{ area: FILM, from: 1, to: 3_000, every }], 2_000)[6]?.fps,
    );
    assert.deepEqual(rates, [10, 15, 20, 30, 30, 60]);
  });

  test('typing, a clock and a page that is scrolled now and then do not', () => {
    const typing = { area: { x: 5, y: 5, width: 300, height: 20 }, from: 1, to: 9_000, every: 20 };
    const clock = { area: FILM, from: 1, to: 9_000, every: 1_000 };
    const scrolling = { area: FILM, from: 2_000, to: 2_500, every: 20 };
    assert.ok(look([typing, clock, scrolling], 9_000).every((region) => region === null));
  });

  test('a program that now and then draws its whole window still moves only where it draws all the time', () => {
    const whole = { area: { x: 0, y: 0, width: 900, height: 700 }, from: 500, to: 5_000, every: 900 };
    const found = look([{ area: FILM, from: 1, to: 5_000, every: 33 }, whole], 4_000);
    assert.deepEqual(found.at(-1)?.area, { x: 110, y: 70, width: 640, height: 360 });
  });

  test('a film that becomes larger is larger a moment later', () => {
    const large = { x: 0, y: 0, width: 1000, height: 600 };
    const drawings = [
      { area: FILM, from: 1, to: 2_000, every: 33 },
      { area: large, from: 2_000, to: 5_000, every: 33 },
    ];
    assert.deepEqual(look(drawings, 4_000).at(-1)?.area, { x: 100, y: 50, width: 1000, height: 600 });
  });

  test('what is outside the screen, or nearly, does not', () => {
    const film = { area: FILM, from: 1, to: 3_000, every: 33 };
    assert.ok(look([film], 2_000, { x: 1240, y: 50 }).every((region) => region === null));
    assert.deepEqual(look([film], 2_000, { x: -51, y: -31 }).at(-1)?.area, { x: 0, y: 0, width: 600, height: 350 });
  });
});

test('whatever programs draw, an encoder can show it', () => {
  const number = fc.integer({ min: -2_000, max: 9_000 });
  const side = fc.integer({ min: 1, max: 9_000 });
  const area = fc.record({ x: number, y: number, width: side, height: side });
  fc.assert(
    fc.property(
      fc.array(area, { minLength: 1, maxLength: 4 }),
      fc.record({ x: number, y: number }),
      (areas, origin) => {
        const drawings = areas.map((one, index) => ({ area: one, from: 1 + index, to: 2_000, every: 30 + index }));
        const found = look(drawings, 1_500, origin).filter((region) => region !== null);
        for (const region of found) {
          assert.deepEqual(MovingRegion.parse(region), region);
          assert.ok(region.area.x + region.area.width <= SCREEN.width);
          assert.ok(region.area.y + region.area.height <= SCREEN.height);
        }
      },
    ),
  );
});

test('of many regions the two largest count, and none that is inside another', () => {
  const region = (x: number, width: number): MovingRegion => ({ area: { x, y: 0, width, height: 400 }, fps: 30 });
  assert.deepEqual(chosen([region(0, 100), region(20, 40), region(200, 300), region(600, 200)]), [
    region(200, 300),
    region(600, 200),
  ]);
  assert.deepEqual(chosen([region(0, 100), region(20, 40)]), [region(0, 100)]);
});
