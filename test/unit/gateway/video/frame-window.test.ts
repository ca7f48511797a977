/** How many frames are on their way to a page that decodes slowly, or is far away. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { FrameWindow } from '#gateway/video/frame-window.ts';

/** An encoder with 30 pictures per second and a page that gets each after `wayMs`, for four seconds. */
function played(wayMs: number): { readonly sent: number; readonly most: number } {
  const window = new FrameWindow(30);
  const onTheWay: { sequence: number; at: number }[] = [];
  let [sent, most] = [0, 0];
  for (let now = 0; now < 4_000; now += 1) {
    while ((onTheWay[0]?.at ?? Infinity) <= now) window.decoded(onTheWay.shift()?.sequence ?? 0, now);
    if (now % 33 === 0 && !window.isFull) {
      onTheWay.push({ sequence: window.next, at: now + wayMs });
      window.sent(now);
      sent += 1;
    }
    most = Math.max(most, onTheWay.length);
  }
  return { sent, most };
}

test('a page that is far away gets every picture', () => {
  for (const wayMs of [1, 40, 150, 400]) assert.ok(played(wayMs).sent >= 110, `${wayMs} ms: ${played(wayMs).sent}`);
});

test('what is on its way is bounded, whatever a page reports', () => {
  const step = fc.oneof(fc.constant('sent' as const), fc.integer({ min: 0, max: 0xff_ff }));
  fc.assert(
    fc.property(fc.array(step, { maxLength: 300 }), (steps) => {
      const window = new FrameWindow(60);
      let now = 0;
      let [first, next] = [0, 0];
      for (const one of steps) {
        now += 10;
        if (one !== 'sent') {
          window.decoded(one, now);
          if (one >= first && one < next) first = one + 1;
        } else if (!window.isFull) {
          assert.equal(window.next, next & 0xff_ff);
          window.sent(now);
          next += 1;
        }
        assert.ok(next - first <= 20);
      }
    }),
  );
});

test('without reports, only the first pictures are sent; a report lets the next ones through', () => {
  const window = new FrameWindow(30);
  for (let frame = 0; !window.isFull; frame += 1) window.sent(frame);
  assert.equal(window.next, 4);
  window.decoded(9, 50);
  assert.ok(window.isFull);
  window.decoded(3, 50);
  assert.ok(!window.isFull);
});
