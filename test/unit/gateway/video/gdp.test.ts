/** What is read of an encoder's stream, and what is refused. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { type EncodedFrame, GdpError, GdpReader, MAX_FRAME_BYTES } from '#gateway/video/gdp.ts';
import { gdpBuffer, gdpCaps, gdpPacket } from '../../../fixtures/gdp.ts';

function read(stream: Buffer, sizes: readonly number[] = [stream.length]): EncodedFrame[] {
  const frames: EncodedFrame[] = [];
  const reader = new GdpReader((frame) => frames.push({ ...frame, data: Buffer.from(frame.data) }));
  let at = 0;
  for (const size of [...sizes, stream.length]) {
    reader.push(stream.subarray(at, at + size));
    at += size;
  }
  return frames;
}

const frame = fc.record(
  {
    isKey: fc.boolean(),
    ms: fc.integer({ min: 0, max: 0xff_ff_ff_ff }),
    data: fc.uint8Array({ minLength: 1, maxLength: 300 }).map((bytes) => Buffer.from(bytes)),
  },
  { noNullPrototype: true },
);

test('frames are the same however their bytes arrive, and everything else is skipped', () => {
  fc.assert(
    fc.property(fc.array(frame, { maxLength: 8 }), fc.array(fc.integer({ min: 0, max: 200 })), (frames, sizes) => {
      const packets = frames.flatMap((one) => [gdpCaps('video/x-h264'), gdpBuffer(one)]);
      assert.deepEqual(read(Buffer.concat(packets), sizes), frames);
    }),
  );
});

test('a frame without a time is one of the beginning', () => {
  const packet = gdpBuffer({ isKey: true, ms: 0, data: Buffer.from([1]) });
  packet.fill(0xff, 10, 18);
  assert.equal(read(packet)[0]?.ms, 0);
});

test('packets of another version, and those that are too large, end the stream', () => {
  const other = gdpBuffer({ isKey: true, ms: 0, data: Buffer.from([1]) });
  other.writeUInt8(0, 0);
  assert.throws(() => read(other), GdpError);
  assert.throws(() => read(gdpPacket(1, MAX_FRAME_BYTES + 1)), GdpError);
  assert.throws(() => read(gdpPacket(64, 100_000)), GdpError);
});

test('any bytes are frames, nothing, or an error that says what is wrong', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 2_000 }), fc.array(fc.integer({ min: 0, max: 300 })), (bytes, sizes) => {
      try {
        read(Buffer.from(bytes), sizes);
      } catch (error) {
        assert.ok(error instanceof GdpError);
      }
    }),
  );
});
