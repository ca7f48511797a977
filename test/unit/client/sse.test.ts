/** The parser of event streams returns the same messages for any chunks. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createSseParser, readSse } from '#client/sse.ts';
import { array, assert as check, nat, property } from 'fast-check';

function bodyOf(chunks: readonly string[], { open = false } = {}): ReadableStream<Uint8Array> {
  return new ReadableStream({
    start(controller) {
      for (const chunk of chunks) controller.enqueue(new TextEncoder().encode(chunk));
      if (!open) controller.close();
    },
  });
}

test('a message has its name and its joined data lines', () => {
  assert.deepEqual(createSseParser()('event: end\ndata: one\ndata:two\n\n'), [{ event: 'end', data: 'one\ntwo' }]);
});

test('comments and unknown fields are not messages', () => {
  assert.deepEqual(createSseParser()(': still here\n\nretry: 10\n\ndata: x\n\n'), [{ event: 'message', data: 'x' }]);
});

test('a message without its final empty line is not delivered', () => {
  assert.deepEqual(createSseParser()('data: half\n'), []);
});

test('chunk boundaries make no difference', () => {
  const stream = '\uFEFF: hi\r\ndata: {"a":1}\r\n\r\nevent: end\rdata: ü\r\rdata: x\ndata\n\n';
  const whole = createSseParser()(stream);
  assert.equal(whole.length, 3);
  check(
    property(array(nat(stream.length), { maxLength: 20 }), (cuts) => {
      const at = [0, ...cuts.toSorted((a, b) => a - b), stream.length];
      const parse = createSseParser();
      assert.deepEqual(
        at.slice(1).flatMap((end, index) => parse(stream.slice(at[index], end))),
        whole,
      );
    }),
  );
});

test('a silent stream is closed after the idle timeout', async () => {
  const seen: string[] = [];
  for await (const { data } of readSse(bodyOf(['data: a\n\n'], { open: true }), { idleMs: 20 })) seen.push(data);
  assert.deepEqual(seen, ['a']);
});

test('leaving the loop closes the body', async () => {
  let cancelled = false;
  const body = new ReadableStream<Uint8Array>({
    start: (controller) => controller.enqueue(new TextEncoder().encode('data: a\n\ndata: b\n\n')),
    cancel: () => {
      cancelled = true;
    },
  });
  for await (const { data } of readSse(body)) if (data === 'a') break;
  assert.equal(cancelled, true);
});
