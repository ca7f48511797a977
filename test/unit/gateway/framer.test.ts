/** Framing of what a desktop sends: any chunks give the same pieces, every byte passes once, damage is refused. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { ENCODING } from '#gateway/rfb/encodings.ts';
import { RfbError } from '#gateway/rfb/error.ts';
import { ServerFramer } from '#gateway/rfb/framer.ts';
import { Random } from '../../fixtures/random.ts';
import { compact, rectangleHead, serverInit, serverStream, u32 } from '../../fixtures/rfb-stream.ts';
import { frame, Trace } from '../../fixtures/rfb-trace.ts';
import { fuzzFramer } from '../../fuzz/framer.ts';

const UPDATE_OF_ONE = Buffer.from([0, 0, 0, 1]);
/** A few seconds; `npm run fuzz` tries far more. */
const FUZZ_INPUTS = 100_000;

function one(encoding: number, width: number, height: number, data: readonly number[] | Buffer): Buffer {
  return Buffer.concat([UPDATE_OF_ONE, rectangleHead(0, 0, width, height, encoding), Buffer.from(data)]);
}

test('every message and rectangle of a stream is found, whatever its chunks', () => {
  fc.assert(
    fc.property(fc.integer(), fc.array(fc.integer({ min: 1, max: 300 }), { maxLength: 60 }), (seed, sizes) => {
      const { serverInit: init, bytes, lines } = serverStream(new Random(seed), 6);
      const chunks: Buffer[] = [];
      let at = 0;
      for (const size of sizes) chunks.push(bytes.subarray(at, (at += size)));
      const framed = frame(init, [...chunks, bytes.subarray(at)]);
      assert.equal(framed.refused, null);
      assert.deepEqual(framed.lines, lines);
      assert.ok(framed.bytes.equals(bytes));
    }),
  );
});

test('damaged streams are refused with the framer’s own error, the same whatever their chunks', () => {
  const { understood, refused } = fuzzFramer(FUZZ_INPUTS, 13);
  assert.ok(refused > FUZZ_INPUTS / 10 && understood > FUZZ_INPUTS / 10, `${refused} refused`);
});

test('pixels are passed on without copying them', () => {
  const chunk = one(ENCODING.raw, 8, 8, Buffer.alloc(256, 7));
  const seen: Buffer[] = [];
  const trace = new Trace();
  const framer = new ServerFramer(serverInit(), {
    message: () => {},
    update: () => {},
    rectangle: () => {},
    data: (bytes) => seen.push(bytes),
    rectangleEnd: () => {},
    updateEnd: () => trace.updateEnd(),
  });
  framer.push(chunk);
  assert.ok(seen.every(({ buffer }) => buffer === chunk.buffer));
  assert.equal(framer.isBetweenMessages, true);
});

test('pixels before the rest of an update are passed on at once', () => {
  const { bytes } = frame(serverInit(), [one(ENCODING.raw, 8, 8, [1, 2, 3])]);
  assert.equal(bytes.length, 4 + 12 + 3);
});

test('the viewer’s pixel format counts', () => {
  const trace = new Trace();
  const framer = new ServerFramer(serverInit(), trace);
  framer.setPixelFormat(Buffer.from([0, 0, 0, 0, 16, 16, 0, 1, 0, 31, 0, 63, 0, 31, 11, 5, 0, 0, 0, 0]));
  framer.push(one(ENCODING.raw, 2, 2, Buffer.alloc(8)));
  framer.push(one(ENCODING.tight, 2, 2, [0x80, 1, 2]));
  assert.deepEqual(
    trace.lines.filter((line) => line.includes('bytes')),
    ['0 2x2 at 0, 0: 8 bytes', '7 2x2 at 0, 0: 3 bytes'],
  );
});

test('a new size of the desktop allows rectangles of that size', () => {
  const wide = one(ENCODING.tight, 100, 8, [0x80, 1, 2, 3]);
  assert.match(frame(serverInit(64, 64), [wide]).refused ?? '', /100x8 at 0, 0 exceeds the framebuffer of 64x64/);
  const resized = Buffer.concat([one(ENCODING.extendedDesktopSize, 100, 80, [1, 0, 0, 0, ...Buffer.alloc(16)]), wide]);
  assert.equal(frame(serverInit(64, 64), [resized]).refused, null);
});

const REFUSED: readonly (readonly [string, Buffer, RegExp])[] = [
  ['an unknown message', Buffer.from([77]), /unknown type 77/],
  ['an unknown encoding', one(5, 8, 8, []), /unknown encoding 5/],
  ['an unknown encoding of a pseudo-rectangle', one(-1000, 8, 8, []), /unknown encoding -1000/],
  ['an unknown type of Tight', one(ENCODING.tight, 8, 8, [0xa0]), /unknown type 10/],
  ['an unknown filter of Tight', one(ENCODING.tight, 8, 8, [0x40, 3]), /unknown filter 3/],
  ['more ZRLE than its pixels can need', one(ENCODING.zrle, 8, 8, u32(10_000)), /ZRLE rectangle of 10000 bytes/],
  ['a huge mouse pointer', one(ENCODING.cursor, 60_000, 8, []), /60000x8/],
  ['a mouse pointer that is compressed', one(ENCODING.cursorWithAlpha, 8, 8, u32(7)), /raw/],
  ['a long name', one(ENCODING.desktopName, 0, 0, u32(70_000)), /name of 70000 bytes/],
  ['a long text', Buffer.from([3, 0, 0, 0, ...u32(0x7fffffff)]), /text of 2147483647 bytes/],
  ['a clipboard message without flags', Buffer.from([3, 0, 0, 0, ...u32(-3)]), /without flags/],
  ['a long fence', Buffer.from([248, 0, 0, 0, 0, 0, 0, 0, 65]), /fence of 65 bytes/],
];

for (const [what, stream, message] of REFUSED) {
  test(`${what} is refused`, () => {
    assert.match(frame(serverInit(), [stream]).refused ?? '', message);
  });
}

test('an impossible pixel format is refused', () => {
  const init = serverInit();
  init[4] = 24;
  assert.throws(() => new ServerFramer(init, new Trace()), RfbError);
});

test('the longest compressed rectangle of Tight has 4 MiB', () => {
  const length = 4 * 1024 * 1024 - 1;
  const stream = one(ENCODING.tight, 64, 64, [0x90, ...compact(length), ...Buffer.alloc(length)]);
  const { lines, refused } = frame(serverInit(), [stream, Buffer.from([2])]);
  assert.equal(refused, null);
  assert.deepEqual(lines, ['update', `7 64x64 at 0, 0: ${length + 4} bytes jpeg`, 'end', 'message 2, 1 bytes']);
});
