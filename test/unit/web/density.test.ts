/** The size that a window requests: one pixel of the desktop for each device pixel, within the limits of a desktop. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { ViewerMessages } from '#gateway/rfb/messages.ts';
import { MAX_PIXELS, MAX_SIDE } from '#protocol/screen.ts';
import { fit, scaleFor, setDesktopSize } from '../../../web/screen/density.ts';
import { DesktopSize } from '../../../web/screen/desktop-size.ts';

test('the desktop has one pixel for each device pixel', () => {
  assert.deepEqual(fit({ width: 1280, height: 764 }, 2), { width: 2560, height: 1528, density: 2, isReduced: false });
  assert.deepEqual(fit({ width: 853.328, height: 500 }, 1.5), {
    width: 1280,
    height: 750,
    density: 1.5,
    isReduced: false,
  });
});

test('a window with more pixels than a desktop can have gets a desktop of the same shape with fewer', () => {
  const { width, height, density, isReduced } = fit({ width: 4000, height: 2000 }, 3);
  assert.ok(isReduced && density < 3);
  assert.equal(width, MAX_SIDE);
  assert.equal(height, MAX_SIDE / 2);
});

test('no window requests a desktop beyond the limits', () => {
  const side = fc.double({ min: 0, max: 40_000, noNaN: true });
  fc.assert(
    fc.property(side, side, fc.double({ min: 0.25, max: 8, noNaN: true }), (width, height, pixels) => {
      const fitted = fit({ width, height }, pixels);
      assert.ok(Math.max(fitted.width, fitted.height) <= MAX_SIDE);
      assert.ok(fitted.width * fitted.height <= MAX_PIXELS || Math.min(fitted.width, fitted.height) === 64);
      assert.ok(Math.min(fitted.width, fitted.height) >= 64);
    }),
  );
});

test('programs draw as large as the page, between 100 and 300 percent, or as the user chose', () => {
  assert.equal(scaleFor('auto', { density: 1.5 }), 150);
  assert.equal(scaleFor('auto', { density: 0.5 }), 100);
  assert.equal(scaleFor('auto', { density: 4 }), 300);
  assert.equal(scaleFor(125, { density: 2 }), 125);
});

test('the gateway understands the request', () => {
  const messages = new ViewerMessages();
  messages.push(Buffer.from('RFB 003.008\n\x01\x01', 'latin1'));
  const [message, ...more] = messages.push(Buffer.from(setDesktopSize({ width: 2560, height: 1528 })));
  assert.equal(message?.kind, 'set_desktop_size');
  assert.deepEqual([message?.bytes.readUInt16BE(2), message?.bytes.readUInt16BE(4), more.length], [2560, 1528, 0]);
});

test('while a window is dragged, requests are 100 ms apart, and the last one is for its final size', () => {
  let now = 0;
  const timers: (() => void)[] = [];
  const sent: number[] = [];
  const wanted = { width: 1000, height: 700 };
  const size = new DesktopSize({
    wanted: () => wanted,
    size: () => ({ width: 800, height: 700 }),
    send: (message) => sent.push(new DataView(message.buffer).getUint16(2)),
    now: () => now,
    later: (_ms, then) => timers.push(then),
  });
  for (const width of [1000, 1010, 1020]) {
    wanted.width = width;
    assert.equal(size.ask(), true);
    now += 10;
  }
  assert.deepEqual([sent, timers.length], [[1000], 1]);
  now = 100;
  timers[0]?.();
  assert.deepEqual(sent, [1000, 1020]);
  wanted.width = 800;
  assert.equal(size.ask(), false, 'the desktop has it');
});
