/** The messages between the two processes: found however they are split, and bounded before they are read. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { countFrame, countIn, type Frame, frame, FrameReader, KIND } from '#engines/remote/frames.ts';
import { failsWith } from '../../../fixtures/fails-with.ts';

const kinds = fc.constantFrom(...Object.values(KIND));
const bodies = fc.uint8Array({ maxLength: 300 });

test('messages arrive as they were sent, however the bytes are split', () => {
  const sizes = fc.array(fc.integer({ min: 1, max: 50 }), { minLength: 1 });
  fc.assert(
    fc.property(fc.array(fc.record({ kind: kinds, body: bodies })), sizes, (sent, pieces) => {
      const bytes = Buffer.concat(sent.map(({ kind, body }) => frame(kind, body)));
      const reader = new FrameReader(300);
      const got: Frame[] = [];
      for (let at = 0, count = 0; at < bytes.length; count += 1) {
        const next = at + (pieces[count % pieces.length] ?? 1);
        got.push(...reader.push(bytes.subarray(at, next)));
        at = next;
      }
      assert.deepEqual(
        got.map(({ kind, body }) => ({ kind, body: Uint8Array.from(body) })),
        sent.map(({ kind, body }) => ({ kind, body: Uint8Array.from(body) })),
      );
    }),
  );
});

test('a message that is too long is refused at its header, before anything is kept', () => {
  const header = Buffer.from([KIND.call, 0, 0, 1, 1]);
  assert.throws(() => [...new FrameReader(256).push(header)], failsWith('payload_too_large', /257 bytes/));
  assert.deepEqual([...new FrameReader(257).push(header)], []);
});

test('bytes that are no message are refused', () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 5 }), (bytes) => {
      fc.pre(!Object.values<number>(KIND).includes(bytes[0] ?? 0));
      assert.throws(() => [...new FrameReader(10).push(Buffer.from(bytes))], failsWith('invalid_request', /kind/));
    }),
  );
});

test('a count is read back, and anything else counts as nothing', () => {
  const [message] = new FrameReader(10).push(countFrame(70_000));
  assert.equal(countIn(message?.body ?? Buffer.alloc(0)), 70_000);
  assert.equal(countIn(Buffer.alloc(3)), 0);
});
