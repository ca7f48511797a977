/** Framing of a viewer's messages: any chunks result in the same messages, and in no other error than its own. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { RfbError } from '#gateway/rfb/error.ts';
import { ViewerMessages, type ViewerMessage } from '#gateway/rfb/messages.ts';
import { MAX_CLIPBOARD_BYTES } from '#protocol/screen.ts';

const VERSION = Buffer.from('RFB 003.008\n', 'latin1');
const CHOICE = Buffer.from([1, 1]);
const HELLO = Buffer.concat([VERSION, CHOICE]);
const bytes = (length: number) =>
  fc.uint8Array({ minLength: length, maxLength: length }).map((array) => Buffer.from(array));
const after = (head: number[], rest: number) => bytes(rest).map((tail) => Buffer.concat([Buffer.from(head), tail]));

function u16(value: number): number[] {
  return [value >> 8, value & 0xff];
}

function u32(value: number): number[] {
  return [(value >>> 24) & 0xff, (value >>> 16) & 0xff, (value >>> 8) & 0xff, value & 0xff];
}

/** Every valid message type, without extended mouse buttons. */
const message = fc.oneof(
  after([0], 19),
  fc
    .array(fc.integer({ min: 0, max: 100 }), { maxLength: 40 })
    .map((list) => Buffer.from([2, 0, ...u16(list.length), ...list.flatMap(u32)])),
  after([3], 9),
  after([4], 7),
  after([5], 5),
  fc.nat(3000).chain((length) => after([6, 0, 0, 0, ...u32(length)], length)),
  fc.integer({ min: 4, max: 3000 }).chain((length) => after([6, 0, 0, 0, ...u32(-length)], length)),
  after([150], 9),
  fc.nat(64).chain((length) => after([248, 0, 0, 0, 0, 0, 0, 0, length], length)),
  after([250], 3),
  fc.nat(8).chain((screens) => after([251, 0, 0, 0, 0, 0, screens, 0], screens * 16)),
  fc.nat(300).chain((length) => after([253, 0x81, ...u16(length)], length)),
  fc.nat(300).chain((length) => after([253, 1, length & 0xff, length >> 8], length)),
  after([255, 0], 10),
  after([255, 1, 0, 0], 0),
  after([255, 1, 0, 2], 6),
);

function parse(chunks: readonly Buffer[]): ViewerMessage[] {
  const parser = new ViewerMessages();
  // Copies the bytes, so that a message that still shares a chunk's memory is detected.
  return chunks.flatMap((chunk) => parser.push(chunk).map((one) => ({ ...one, bytes: Buffer.from(one.bytes) })));
}

function cut(whole: Buffer, sizes: readonly number[]): Buffer[] {
  const chunks: Buffer[] = [];
  let at = 0;
  for (const size of sizes) {
    chunks.push(Buffer.from(whole.subarray(at, at + size)));
    at += size;
  }
  return [...chunks, Buffer.from(whole.subarray(at))];
}

test('any chunks result in the same messages, byte for byte', () => {
  fc.assert(
    fc.property(
      fc.array(message, { maxLength: 20 }),
      fc.array(fc.integer({ min: 1, max: 200 }), { maxLength: 200 }),
      (sent, sizes) => {
        const whole = Buffer.concat([HELLO, ...sent]);
        assert.deepEqual(
          parse(cut(whole, sizes)).map((one) => one.bytes.toString('hex')),
          [VERSION, CHOICE, ...sent].map((one) => one.toString('hex')),
        );
      },
    ),
  );
});

test('single bytes are parsed, too', () => {
  fc.assert(
    fc.property(fc.array(message, { maxLength: 5 }), (sent) => {
      const whole = Buffer.concat([HELLO, ...sent]);
      assert.equal(parse([...whole].map((byte) => Buffer.from([byte]))).length, sent.length + 2);
    }),
    { numRuns: 30 },
  );
});

test("random bytes result in messages, in waiting for more, or in the parser's own error", () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 400 }), { maxLength: 10 }), (chunks) => {
      try {
        parse([HELLO, ...chunks.map((chunk) => Buffer.from(chunk))]);
      } catch (error) {
        assert.ok(error instanceof RfbError, String(error));
      }
    }),
  );
});

test('a pointer message has seven bytes only if the viewer requested more buttons and marks it', () => {
  const plain = Buffer.from([5, 0x80, 0, 1, 0, 2]);
  const long = Buffer.from([5, 0x81, 0, 1, 0, 2, 1]);
  const asks = Buffer.from([2, 0, ...u16(1), ...u32(-316)]);
  const kinds = parse([HELLO, plain, asks, long.subarray(0, 1), long.subarray(1), Buffer.from([5, 1, 0, 1, 0, 2])]);
  assert.deepEqual(
    kinds.map((one) => [one.kind, one.bytes.length]),
    [
      ['version', 12],
      ['choice', 2],
      ['pointer', 6],
      ['set_encodings', 8],
      ['pointer', 7],
      ['pointer', 6],
    ],
  );
});

test('a message of an unknown type causes an error with the type', () => {
  assert.throws(() => parse([HELLO, Buffer.from([99])]), /unknown type 99/);
});

test('clipboard text over 1 MiB is skipped in any chunks, and later messages are parsed', () => {
  const key = Buffer.from([4, 1, 0, 0, 0, 0, 0, 0x61]);
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 100_000 }),
      fc.boolean(),
      fc.array(fc.integer({ min: 1, max: 300_000 }), { maxLength: 8 }),
      (over, extended, sizes) => {
        const length = MAX_CLIPBOARD_BYTES + over;
        const head = Buffer.from([6, 0, 0, 0, ...u32(extended ? -length : length)]);
        // Filled with an invalid type: any byte parsed as a message would be an error.
        const whole = Buffer.concat([HELLO, key, head, Buffer.alloc(length, 99), key]);
        assert.deepEqual(
          parse(cut(whole, sizes)).map(({ kind, bytes: { length: kept } }) => [kind, kept]),
          [
            ['version', 12],
            ['choice', 2],
            ['key', 8],
            ['oversized_cut_text', extended ? 12 : 8],
            ['key', 8],
          ],
        );
      },
    ),
    { numRuns: 40 },
  );
});

test('clipboard text that announces the maximum length uses no memory', () => {
  for (const length of [-0x8000_0000, 0x7fff_ffff]) {
    const head = Buffer.from([6, 0, 0, 0, ...u32(length), 0x10, 0, 0, 1]);
    assert.equal(parse([HELLO, head, Buffer.alloc(1000)]).at(-1)?.kind, 'oversized_cut_text');
  }
});

test('clipboard text of 1 MiB passes', () => {
  const text = Buffer.concat([
    Buffer.from([6, 0, 0, 0, ...u32(MAX_CLIPBOARD_BYTES)]),
    Buffer.alloc(MAX_CLIPBOARD_BYTES),
  ]);
  assert.equal(parse([HELLO, ...cut(text, [3, 70_000, 1])])[2]?.bytes.length, text.length);
});
