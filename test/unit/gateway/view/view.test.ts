/** A viewer of one screen sees exactly that part of the framebuffer, and its pointer and requests go there. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import type { Area } from '#gateway/rfb/area.ts';
import { ENCODING } from '#gateway/rfb/encodings.ts';
import { ServerFramer } from '#gateway/rfb/framer.ts';
import { encodingsOf } from '#gateway/rfb/messages.ts';
import { continuousUpdates, updateRequest } from '#gateway/rfb/requests.ts';
import { View } from '#gateway/view/view.ts';
import type { ScreenArea, ScreenLayout } from '#protocol/screens.ts';
import { copyUpdate, Decoder, Framebuffer, rawUpdate, sizeUpdate } from '../../../fakes/framebuffer.ts';
import { Random } from '../../../fixtures/random.ts';
import { rectangleHead, serverInit } from '../../../fixtures/rfb-stream.ts';

const SIDE = 24;
const LEFT: ScreenArea = { id: 0, x: 0, y: 0, width: 16, height: 12 };
const RIGHT: ScreenArea = { id: 7, x: 16, y: 4, width: 8, height: 10 };
const BOTH = [LEFT, RIGHT];

/** A desktop that paints all of an area when the view asks for it, as Xvnc does. */
class Stage {
  readonly desktop = new Framebuffer(SIDE, SIDE);
  readonly decoder: Decoder;
  readonly view: View;
  readonly refused: number[] = [];
  told: ScreenLayout = [];
  areas = 0;
  readonly #framer: ServerFramer;

  constructor(screen: number | null) {
    this.decoder = new Decoder(SIDE, SIDE);
    this.view = new View(serverInit(SIDE, SIDE), this.decoder, {
      onScreens: (screens) => (this.told = screens),
      onRefused: (code) => this.refused.push(code),
      onArea: () => (this.areas += 1),
    });
    this.view.setScreen(screen);
    this.#framer = new ServerFramer(serverInit(SIDE, SIDE), this.view);
  }

  sends(bytes: Buffer, random?: Random): void {
    for (let at = 0; at < bytes.length;) {
      const end = at + (random === undefined ? bytes.length : 1 + random.below(40));
      this.#framer.push(bytes.subarray(at, end));
      at = end;
    }
  }

  /** Of a request in the viewer's coordinates. */
  placeOf(area: Area): number[] {
    const message = this.view.toDesktop(updateRequest(area, false));
    return [2, 4, 6, 8].map((at) => message.readUInt16BE(at));
  }

  arranges(screens: ScreenLayout, random?: Random): void {
    const before = this.areas;
    this.sends(sizeUpdate(this.desktop, screens), random);
    if (this.areas > before) this.paints(this.view.whole, random);
  }

  paints(area: Area, random?: Random): void {
    const [x = 0, y = 0, width = 0, height = 0] = this.placeOf(area);
    this.sends(rawUpdate(this.desktop, { x, y, width, height }), random);
  }
}

function areaIn(random: Random, width: number, height: number): Area {
  const [w, h] = [1 + random.below(width), 1 + random.below(height)];
  return { x: random.below(width - w + 1), y: random.below(height - h + 1), width: w, height: h };
}

function screensIn(random: Random): ScreenLayout {
  const middle = 4 + random.below(SIDE - 8);
  const one = { id: 0, x: 0, y: 0, width: middle, height: 1 + random.below(SIDE) };
  const other = { id: 7, x: middle, y: random.below(4), width: SIDE - middle, height: 1 + random.below(SIDE - 4) };
  return random.below(4) === 0 ? [one] : [one, other];
}

test('whatever a desktop paints, copies and rearranges, a viewer shows the pixels of its screen', () => {
  fc.assert(
    fc.property(fc.integer(), (seed) => {
      const random = new Random(seed);
      const stage = new Stage(0);
      const { desktop } = stage;
      stage.arranges(screensIn(random), random);
      for (let step = 0; step < 12; step += 1) {
        const area = areaIn(random, SIDE, SIDE);
        const colour = random.below(0xffff_ffff);
        if (random.below(3) === 0) {
          // What is painted for an earlier layout may lie anywhere.
          stage.sends(rawUpdate(desktop, area), random);
          stage.sends(copyUpdate(area, { x: random.below(SIDE - area.width + 1), y: 0 }), random);
          desktop.resize(SIDE - random.below(2), SIDE);
          desktop.resize(SIDE, SIDE);
          stage.arranges([{ ...LEFT, width: 1 + random.below(3) }], random);
          stage.arranges(screensIn(random), random);
        } else desktop.draw(area, (x, y) => (colour + 31 * x + 17 * y) >>> 0);
        stage.paints(stage.view.whole, random);
        const [x = 0, y = 0, width = 0, height = 0] = stage.placeOf(stage.view.whole);
        const { shown } = stage.decoder;
        assert.deepEqual([shown.width, shown.height], [width, height]);
        assert.deepEqual(shown.part(stage.view.whole), desktop.part({ x, y, width, height }));
      }
    }),
  );
});

test('a viewer of everything gets every byte unchanged', () => {
  const stage = new Stage(null);
  stage.desktop.draw({ x: 3, y: 3, width: 9, height: 9 }, (x) => x);
  stage.arranges(BOTH);
  stage.sends(rawUpdate(stage.desktop, { x: 0, y: 0, width: SIDE, height: SIDE }));
  stage.sends(copyUpdate({ x: 0, y: 0, width: 4, height: 4 }, { x: 20, y: 20 }));
  assert.equal(stage.areas, 0);
  assert.equal(stage.decoder.screens, 2);
  assert.deepEqual([stage.decoder.shown.width, stage.decoder.shown.height], [SIDE, SIDE]);
});

test('a viewer of one screen is told of this screen alone, and the gateway of all', () => {
  const stage = new Stage(7);
  assert.deepEqual(stage.view.whole, { x: 0, y: 0, width: 1, height: 1 });
  stage.arranges(BOTH);
  assert.equal(stage.decoder.screens, 1);
  assert.deepEqual([stage.decoder.shown.width, stage.decoder.shown.height], [8, 10]);
  assert.deepEqual(stage.told, BOTH);
  assert.equal(stage.areas, 1);
  stage.arranges(BOTH);
  assert.equal(stage.areas, 1, 'all is requested only for another area');
});

test('requests and the pointer go to the screen, and not beyond it', () => {
  const stage = new Stage(7);
  stage.arranges(BOTH);
  assert.deepEqual(stage.placeOf({ x: 0, y: 0, width: 8, height: 10 }), [16, 4, 8, 10]);
  assert.deepEqual(stage.placeOf({ x: 2, y: 3, width: 500, height: 500 }), [18, 7, 6, 7]);
  assert.deepEqual(stage.placeOf({ x: 900, y: 900, width: 5, height: 5 }), [24, 14, 0, 0]);
  const continuous = stage.view.toDesktop(continuousUpdates(true, { x: 0, y: 0, width: 8, height: 10 }));
  assert.equal(continuous.readUInt16BE(2), 16);
  const pointer = (x: number, y: number) => [...stage.view.toDesktop(Buffer.from([5, 1, x >> 8, x & 255, 0, y]))];
  assert.deepEqual(pointer(2, 3), [5, 1, 0, 18, 0, 7]);
  assert.deepEqual(pointer(5_000, 200), [5, 1, 0, 23, 0, 13]);
});

test('copies are asked for only while the whole framebuffer is shown', () => {
  const stage = new Stage(0);
  const asked = Buffer.from([2, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 7]);
  stage.arranges(BOTH);
  assert.deepEqual(encodingsOf(stage.view.toDesktop(asked)), [ENCODING.tight]);
  stage.arranges([{ ...LEFT, width: SIDE, height: SIDE }]);
  assert.deepEqual(encodingsOf(stage.view.toDesktop(asked)), [ENCODING.copyRect, ENCODING.tight]);
});

test('a screen can be chosen and left while the desktop is shown, from the next layout that it tells', () => {
  const stage = new Stage(null);
  stage.arranges(BOTH);
  stage.view.setScreen(7);
  assert.deepEqual(stage.placeOf({ x: 0, y: 0, width: 5, height: 5 }), [0, 0, 5, 5]);
  stage.arranges(BOTH);
  assert.deepEqual(stage.placeOf({ x: 0, y: 0, width: 5, height: 5 }), [16, 4, 5, 5]);
  stage.view.setScreen(null);
  stage.arranges(BOTH);
  assert.deepEqual(stage.view.whole, { x: 0, y: 0, width: SIDE, height: SIDE });
  assert.equal(stage.areas, 2);
});

test('a screen that is gone from a layout is missing, and its viewer keeps what the framebuffer still has', () => {
  const stage = new Stage(7);
  stage.arranges(BOTH);
  assert.equal(stage.view.isMissing, false);
  stage.desktop.resize(20, 8);
  stage.arranges([LEFT]);
  assert.equal(stage.view.isMissing, true);
  assert.deepEqual(stage.view.whole, { x: 0, y: 0, width: 4, height: 4 });
  stage.desktop.resize(SIDE, SIDE);
  stage.arranges(BOTH);
  assert.equal(stage.view.isMissing, false);
});

test('a refused layout is reported with its code', () => {
  const stage = new Stage(null);
  stage.sends(sizeUpdate(stage.desktop, [LEFT], 1, 3));
  stage.sends(sizeUpdate(stage.desktop, [LEFT], 2, 0));
  assert.deepEqual(stage.refused, [3]);
});

test('the position of the pointer is that of the screen; other pseudo-encodings have no position', () => {
  const stage = new Stage(7);
  stage.arranges(BOTH);
  const seen: number[][] = [];
  stage.decoder.rectangleEnd = ({ x, y }) => seen.push([x, y]);
  for (const [x, y] of [
    [20, 6],
    [1, 1],
  ] as const)
    stage.sends(Buffer.concat([Buffer.from([0, 0, 0, 1]), rectangleHead(x, y, 0, 0, ENCODING.vmwareCursorPosition)]));
  stage.sends(Buffer.concat([Buffer.from([0, 0, 0, 1]), rectangleHead(1, 1, 0, 0, ENCODING.cursor)]));
  assert.deepEqual(seen, [
    [4, 2],
    [0, 0],
    [1, 1],
  ]);
});
