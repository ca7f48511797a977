/** A viewer's picture, with a desktop that behaves like Xvnc: sharp at rest, whatever happened before. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { LossyTiles } from '#gateway/picture/lossy-tiles.ts';
import type { Area } from '#gateway/rfb/area.ts';
import { PictureControl } from '#gateway/picture/picture-control.ts';
import { ENCODING } from '#gateway/rfb/encodings.ts';
import { ServerFramer } from '#gateway/rfb/framer.ts';
import { continuousUpdates, updateRequest } from '#gateway/rfb/requests.ts';
import { Picture } from '#protocol/picture.ts';
import { each, FakeXvnc, SIDE } from '../../../fakes/xvnc.ts';
import { u16, u32 } from '../../../fixtures/rfb-stream.ts';

const SCREEN: Area = { x: 0, y: 0, width: SIDE, height: SIDE };
const ENCODINGS = [
  ENCODING.tight,
  ENCODING.copyRect,
  -24,
  -255,
  ENCODING.extendedDesktopSize,
  ENCODING.fence,
  ENCODING.continuousUpdates,
];
const SET_ENCODINGS = Buffer.from([2, 0, ...u16(ENCODINGS.length), ...ENCODINGS.flatMap(u32)]);
const PONG = Buffer.from([248, 0, 0, 0, ...u32(1), 1, 1]);
const STEP_MS = 20;

/** A browser with a desktop, without a clock. */
class Stage {
  readonly xvnc = new FakeXvnc();
  readonly lossy = new LossyTiles(SIDE, SIDE, 0);
  /** Pixels that the browser doesn't have as they are now. */
  readonly old = new Set<number>();
  now = 1_000;
  /** How long each byte takes to the viewer. */
  msPerByte = 0;
  ends = 0;
  caps = 0;
  bytes = 0;
  lost: string | null = null;
  readonly filled: Area[] = [];
  #freeAt = 0;
  #onTheWay: { at: number; bytes: Buffer }[] = [];
  #pongs: number[] = [];
  readonly control: PictureControl;
  readonly #framer: ServerFramer;

  constructor(picture: Picture) {
    const { serverInit } = this.xvnc;
    this.control = new PictureControl({
      serverInit,
      picture,
      tell: (bytes) => this.xvnc.receive(bytes),
      onLost: (error) => (this.lost = error.message),
      onFilled: (area) => this.filled.push(area),
      onScreens: () => {},
      onLayoutRefused: () => {},
      onScreenMissing: () => {},
    });
    this.#framer = new ServerFramer(serverInit, {
      message: (type) => {
        if (type === 150 && (this.ends += 1) === 1) this.sends('continuous_updates', continuousUpdates(true, SCREEN));
        if (type === 3) this.caps += 1;
        if (type === 248) this.#pongs.push(this.now);
      },
      update: () => {},
      rectangle: () => {},
      data: () => {},
      rectangleEnd: (rectangle, { isJpeg }) => {
        if (rectangle.encoding === ENCODING.tight) {
          this.lossy.paint(rectangle, isJpeg, this.now);
          each(rectangle, (pixel) => this.old.delete(pixel));
        }
        // As noVNC does for each size.
        else if (rectangle.encoding === ENCODING.extendedDesktopSize && this.ends > 0)
          this.sends('continuous_updates', continuousUpdates(true, SCREEN));
      },
      updateEnd: () => this.lossy.updateEnd(),
    });
    this.sends('set_encodings', SET_ENCODINGS);
    this.sends('update_request', updateRequest(SCREEN, false));
  }

  sends(kind: 'set_encodings' | 'update_request' | 'continuous_updates' | 'fence' | 'key', bytes: Buffer): void {
    const passed = this.control.fromViewer(kind, bytes, this.now);
    if (passed !== null && kind !== 'fence' && kind !== 'key') this.xvnc.receive(passed);
  }

  draws(area: Area): void {
    this.xvnc.draw(area);
    each(area, (pixel) => this.old.add(pixel));
  }

  /** Time passes. */
  runs(ms: number): void {
    for (const end = this.now + ms; this.now < end; this.now += STEP_MS) {
      for (const bytes of this.control.toViewer(this.xvnc.flush(), this.now)) {
        this.#freeAt = Math.max(this.now, this.#freeAt) + bytes.length * this.msPerByte;
        this.#onTheWay.push({ at: this.#freeAt, bytes });
        this.bytes += bytes.length;
      }
      while ((this.#onTheWay[0]?.at ?? Infinity) <= this.now) this.#framer.push(this.#onTheWay.shift()?.bytes ?? PONG);
      for (const _ of this.#pongs.splice(0)) this.sends('fence', PONG);
      if (this.control.isBusy) this.control.check(this.now);
    }
  }
}

const HOLES: Area[] = [
  { x: 4, y: 6, width: 30, height: 20 },
  { x: 20, y: 16, width: 40, height: 48 },
];

const action = fc.oneof(
  fc.record({
    kind: fc.constant('draw' as const),
    x: fc.nat(SIDE - 1),
    y: fc.nat(SIDE - 1),
    width: fc.integer({ min: 1, max: SIDE }),
    height: fc.integer({ min: 1, max: SIDE }),
  }),
  fc.record({ kind: fc.constant('wait' as const), ms: fc.integer({ min: 1, max: 900 }) }),
  fc.record({ kind: fc.constant('want' as const), picture: fc.constantFrom(...Picture.options) }),
  fc.record({ kind: fc.constant('link' as const), msPerByte: fc.constantFrom(0, 0.008, 1) }),
  fc.record({ kind: fc.constant('key' as const) }),
  fc.record({ kind: fc.constant('holes' as const), holes: fc.subarray(HOLES) }),
);

test('after any drawing, choosing and slowing down, the picture at rest is without loss and the stream is valid', () => {
  fc.assert(
    fc.property(fc.constantFrom(...Picture.options), fc.array(action, { maxLength: 30 }), (picture, actions) => {
      const stage = new Stage(picture);
      for (const one of actions) {
        if (one.kind === 'draw') {
          const { x, y } = one;
          stage.draws({ x, y, width: Math.min(one.width, SIDE - x), height: Math.min(one.height, SIDE - y) });
        } else if (one.kind === 'want') stage.control.setPicture(one.picture, stage.now);
        else if (one.kind === 'holes') stage.control.setHoles(one.holes, stage.now);
        else if (one.kind === 'link') stage.msPerByte = one.msPerByte;
        else if (one.kind === 'key') stage.sends('key', Buffer.from([4, 1, 0, 0, 0, 0, 0, 97]));
        stage.runs(one.kind === 'wait' ? one.ms : STEP_MS);
      }
      stage.control.setHoles([], stage.now);
      stage.runs(20_000);
      assert.equal(stage.lossy.isEmpty, true, 'lossless');
      assert.equal(stage.old.size, 0, 'every pixel is there');
      assert.ok(stage.xvnc.encodings.includes(ENCODING.copyRect));
      assert.equal(stage.xvnc.flush().length, 0, 'nothing is left to send');
      assert.equal(stage.lost, null);
      assert.equal(stage.ends, 1, 'noVNC does not expect that continuous updates end');
      assert.equal(stage.caps, 1);
    }),
    { numRuns: 200 },
  );
});

test('a picture that rests costs nothing: no message, no timer', () => {
  const stage = new Stage('auto');
  stage.runs(3_000);
  const { bytes } = stage;
  stage.runs(60_000);
  assert.equal(stage.bytes, bytes);
  assert.equal(stage.control.isBusy, false);
});

test('a frugal viewer gets updates only on the gateway’s own requests', () => {
  const stage = new Stage('frugal');
  stage.runs(3_000);
  assert.equal(stage.xvnc.isContinuous, false);
  stage.control.setPicture('auto', stage.now);
  assert.equal(stage.xvnc.isContinuous, true);
});

test('a frugal viewer does not pay for what it got before it was frugal', () => {
  const stage = new Stage('sharp');
  stage.runs(100);
  const long = Buffer.alloc(8 + 1_000_000);
  long.writeUInt8(3, 0);
  long.writeUInt32BE(1_000_000, 4);
  stage.control.toViewer(long, stage.now);
  stage.control.setPicture('frugal', stage.now);
  stage.xvnc.draw(SCREEN);
  const { bytes } = stage;
  stage.runs(100);
  assert.ok(stage.bytes > bytes);
});

test('a sharp viewer never gets JPEG', () => {
  const stage = new Stage('sharp');
  stage.runs(100);
  assert.equal(stage.xvnc.usesJpeg, false);
});

test('what the framer does not understand passes as it is, encoded as the viewer wants it', () => {
  const stage = new Stage('sharp');
  stage.runs(100);
  const strange = Buffer.from([2, 99, 1, 2, 3]);
  const passed = [strange.subarray(0, 1), strange.subarray(1), strange].flatMap((one) =>
    stage.control.toViewer(one, 0),
  );
  assert.deepEqual(Buffer.concat(passed), Buffer.concat([strange, strange]));
  assert.match(stage.lost ?? '', /unknown type 99/);
  assert.equal(stage.xvnc.usesJpeg, true);
  assert.equal(stage.control.isBusy, false);
});

test('a part of a head that turns out to be strange is not lost', () => {
  const stage = new Stage('auto');
  stage.runs(100);
  const parts = [Buffer.from([0, 0, 0, 1, 0, 0, 0]), Buffer.from([0, 0, 8, 0, 8, 0, 0, 0, 99, 5])];
  const passed = parts.flatMap((part) => stage.control.toViewer(part, 0));
  assert.deepEqual(Buffer.concat(passed), Buffer.concat(parts));
});

test('what a viewer has as video isn’t sent and nothing is copied, until it is filled again', () => {
  const stage = new Stage('auto');
  stage.runs(1_000);
  const [hole] = HOLES;
  assert.ok(hole);
  stage.control.setHoles([hole], stage.now);
  stage.runs(100);
  assert.ok(!stage.xvnc.encodings.includes(ENCODING.copyRect));
  stage.draws(SCREEN);
  stage.runs(1_000);
  const left = new Set<number>();
  each(hole, (pixel) => left.add(pixel));
  assert.deepEqual(stage.old, left);
  assert.deepEqual(stage.filled, []);
  stage.control.setHoles([], stage.now);
  stage.runs(100);
  assert.equal(stage.old.size, 0);
  assert.deepEqual(stage.filled, [hole]);
  assert.ok(stage.xvnc.encodings.includes(ENCODING.copyRect));
});

test('a viewer whose stream isn’t understood has all its pixels: its holes are filled at once', () => {
  const stage = new Stage('auto');
  stage.runs(100);
  stage.control.setHoles(HOLES, stage.now);
  stage.control.toViewer(Buffer.from([99]), stage.now);
  assert.deepEqual(stage.filled, HOLES);
});
