/** PulseAudio's native protocol as bytes: values, packets, and what a hostile sound server may send. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { PulseError } from '#gateway/sound/pulse-error.ts';
import { parseMessage, parseSinkInputs } from '#gateway/sound/pulse-messages.ts';
import { messagePacket, PulsePackets } from '#gateway/sound/pulse-packets.ts';
import { TagReader, TagWriter } from '#gateway/sound/pulse-tagstruct.ts';

const word = fc.integer({ min: 0, max: 0xff_ff_ff_ff });
const text = fc.string().map((value) => value.replaceAll('\0', ''));
const channels = fc.array(fc.integer({ min: 0, max: 255 }), { minLength: 1, maxLength: 32 });

test('what is written is read again', () => {
  fc.assert(
    fc.property(
      word,
      text,
      fc.uint8Array(),
      channels,
      fc.array(word, { maxLength: 32 }),
      fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
      fc.dictionary(text, text),
      fc.boolean(),
      (number, name, bytes, map, volumes, usec, properties, flag) => {
        const spec = { format: 3, channels: 2, rate: number };
        const written = new TagWriter()
          .u32(number)
          .string(name)
          .string(null)
          .arbitrary(Buffer.from(bytes))
          .channelMap(map)
          .volumes(volumes)
          .usec(usec)
          .sampleSpec(spec)
          .properties(properties)
          .bool(flag)
          .bytes();
        const reader = new TagReader(written);
        assert.equal(reader.u32(), number);
        assert.equal(reader.string(), name);
        assert.equal(reader.string(), null);
        assert.deepEqual([...reader.arbitrary()], [...bytes]);
        assert.deepEqual(reader.channelMap(), map);
        assert.deepEqual(reader.volumes(), volumes);
        assert.equal(reader.usec(), usec);
        assert.deepEqual(reader.sampleSpec(), spec);
        assert.deepEqual(reader.properties(), new Map(Object.entries(properties)));
        assert.equal(reader.bool(), flag);
        assert.ok(reader.isAtEnd);
      },
    ),
  );
});

test('any bytes are either read or refused as an error of the protocol', () => {
  // Starts as a message that describes a stream, so that more than the first value is read.
  const start = new TagWriter().u32(2).u32(1).u32(3).string('Tone').u32(0).u32(0).u32(0).bytes();
  fc.assert(
    fc.property(fc.nat({ max: start.length }), fc.uint8Array({ maxLength: 400 }), (kept, rest) => {
      const bytes = Buffer.concat([start.subarray(0, kept), rest]);
      try {
        parseSinkInputs(parseMessage(bytes).body);
      } catch (error) {
        assert.ok(error instanceof PulseError, String(error));
      }
    }),
    { numRuns: 2000 },
  );
});

test('every message that is cut is refused', () => {
  const whole = new TagWriter()
    .u32(2)
    .string('Tone')
    .volumes([1, 2])
    .channelMap([1])
    .usec(1n)
    .sampleSpec({ format: 3, channels: 2, rate: 48_000 })
    .properties({ 'application.name': 'Tone' })
    .bytes();
  for (let length = 0; length < whole.length; length++) {
    const reader = new TagReader(whole.subarray(0, length));
    const read = (): void => {
      reader.u32();
      reader.string();
      reader.volumes();
      reader.channelMap();
      reader.usec();
      reader.sampleSpec();
      reader.properties();
    };
    assert.throws(read, PulseError);
  }
});

test('packets are found however the stream is split', () => {
  fc.assert(
    fc.property(
      fc.array(fc.uint8Array({ maxLength: 60 }), { maxLength: 6 }),
      fc.infiniteStream(fc.integer({ min: 1, max: 50 })),
      (contents, sizes) => {
        const stream = Buffer.concat(contents.map((content) => messagePacket(Buffer.from(content))));
        const packets = new PulsePackets();
        const found = [];
        for (let at = 0; at < stream.length;) {
          const size = Number(sizes.next().value);
          found.push(...packets.push(stream.subarray(at, at + size)));
          at += size;
        }
        assert.deepEqual(
          found.map(({ bytes }) => [...bytes]),
          contents.map((content) => [...content]),
        );
      },
    ),
  );
});

function descriptor(length: number, channel: number, flags: number): Buffer {
  const bytes = Buffer.alloc(20);
  bytes.writeUInt32BE(length, 0);
  bytes.writeUInt32BE(channel, 4);
  bytes.writeUInt32BE(flags, 16);
  return bytes;
}

test('a packet that is too long or refers to shared memory is refused before it arrives', () => {
  const control = 0xff_ff_ff_ff;
  const push = (bytes: Buffer) => () => new PulsePackets().push(bytes);
  assert.throws(push(descriptor(1024 * 1024 + 1, control, 0)), PulseError);
  assert.throws(push(descriptor(256 * 1024 + 1, 0, 0)), PulseError);
  assert.throws(push(descriptor(4, 0, 0x80_00_00_00)), PulseError);
  assert.throws(push(descriptor(0, control, 0x40_00_00_00)), PulseError);
  assert.deepEqual(new PulsePackets().push(descriptor(256 * 1024, 0, 0)), []);
});
