/** The guard in front of the X library: limits hold for any chunks, and ordinary traffic passes. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { XFrameGuard, XProtocolError } from '#display/frames.ts';

function setup(bodyWords = 60, resourceMask = 0x1fffff, screens = 1): Buffer {
  const greeting = Buffer.alloc(8 + bodyWords * 4);
  greeting[0] = 1;
  greeting.writeUInt16LE(bodyWords, 6);
  greeting.writeUInt32LE(resourceMask, 16);
  greeting[28] = screens;
  return greeting;
}

function reply(words: number): Buffer {
  const message = Buffer.alloc(32 + words * 4, 0xff);
  message[0] = 1;
  message.writeUInt32LE(words, 4);
  return message;
}

function event(type: number): Buffer {
  const message = Buffer.alloc(32, 0xff);
  message[0] = type;
  return message;
}

function feed(whole: Buffer, sizes: readonly number[] = []): void {
  const guard = new XFrameGuard();
  let at = 0;
  for (const size of sizes) {
    guard.check(whole.subarray(at, at + size));
    at += size;
  }
  guard.check(whole.subarray(at));
}

const traffic = fc.array(fc.oneof(fc.nat(200).map(reply), fc.constantFrom(0, 2, 12, 28, 0x80 | 33).map(event)), {
  maxLength: 30,
});
const sizes = fc.array(fc.integer({ min: 1, max: 90 }), { maxLength: 80 });

test('a greeting, replies, errors and events pass in any chunks', () => {
  fc.assert(fc.property(traffic, sizes, (messages, sizes) => feed(Buffer.concat([setup(), ...messages]), sizes)));
});

test('a reply over the limit is detected at any position, in any chunks', () => {
  fc.assert(
    fc.property(traffic, sizes, fc.integer({ min: 600_000, max: 0xffff_ffff }), (messages, sizes, words) => {
      const huge = Buffer.alloc(32);
      huge[0] = 1;
      huge.writeUInt32LE(words, 4);
      assert.throws(() => feed(Buffer.concat([setup(), ...messages, huge]), sizes), XProtocolError);
    }),
  );
});

test('a generic event is measured like a reply, and an ordinary event is not', () => {
  const generic = event(35);
  generic.writeUInt32LE(0xffff_ffff, 4);
  assert.throws(() => feed(Buffer.concat([setup(), generic])), XProtocolError);
  feed(Buffer.concat([setup(), event(28), event(28)]));
});

test('a greeting that would make the library search endlessly is refused', () => {
  assert.throws(() => feed(setup(60, 0)), XProtocolError);
  assert.throws(() => feed(setup(60, 1, 0)), XProtocolError);
  const truncated = setup();
  truncated.writeUInt16LE(2, 6);
  assert.throws(() => feed(truncated), XProtocolError);
  assert.throws(() => feed(setup(20_000)), XProtocolError);
});

test("random bytes pass or cause the guard's own error", () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 300 })), (chunks) => {
      const guard = new XFrameGuard();
      try {
        for (const chunk of chunks) guard.check(Buffer.from(chunk));
      } catch (error) {
        assert.ok(error instanceof XProtocolError, String(error));
      }
    }),
  );
});
