/** Layouts of several screens, addresses of their windows, and which monitor gets the next one. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { MAX_PIXELS, MAX_SIDE } from '#protocol/screen.ts';
import { screenInAddress, screenPath } from '../../../web/screens/address.ts';
import { arrange, isSameLayout, type Placed } from '../../../web/screens/arrangement.ts';
import { freeMonitor } from '../../../web/screens/free-monitor.ts';

function placed(id: number, width: number, height: number, room = { width, height }): Placed {
  return { id, width, height, room };
}

test('screens are side by side, and a window that grows within its monitor moves no other screen', () => {
  const monitor = { width: 1920, height: 1080 };
  const others = [placed(1, 1280, 1024), placed(2, 700, 500)];
  const before = arrange([placed(0, 1000, 700, monitor), ...others]);
  const after = arrange([placed(0, 1900, 1000, monitor), ...others]);
  assert.deepEqual(before, [
    { id: 0, x: 0, y: 0, width: 1000, height: 700 },
    { id: 1, x: 1920, y: 0, width: 1280, height: 1024 },
    { id: 2, x: 3200, y: 0, width: 700, height: 500 },
  ]);
  assert.deepEqual(after.slice(1), before.slice(1));
});

test('screens never overlap; where room for growth would be too much, there is none', () => {
  const side = fc.integer({ min: 64, max: 3840 });
  const one = fc.record({ width: side, height: side, room: fc.record({ width: side, height: side }) });
  fc.assert(
    fc.property(fc.array(one, { minLength: 1, maxLength: 16 }), (sizes) => {
      const screens = arrange(sizes.map((size, id) => ({ id, ...size })));
      assert.equal(screens.length, sizes.length);
      for (const [index, a] of screens.entries()) {
        assert.ok(a.x + a.width <= MAX_SIDE);
        for (const b of screens.slice(index + 1)) {
          const apart = a.x + a.width <= b.x || b.x + b.width <= a.x || a.y + a.height <= b.y || b.y + b.height <= a.y;
          assert.ok(apart, `${JSON.stringify(a)} and ${JSON.stringify(b)}`);
        }
      }
    }),
  );
  const wide = { width: 4096, height: 4096 };
  const screens = arrange([placed(0, 1000, 1000, wide), placed(1, 1000, 1000, wide), placed(2, 1000, 1000, wide)]);
  assert.ok(
    Math.max(...screens.map(({ x }) => x + 1000)) * Math.max(...screens.map(({ y }) => y + 1000)) <= MAX_PIXELS,
  );
});

test('two layouts are the same whatever the order of their screens', () => {
  const [one, other] = [placed(1, 10, 10), placed(2, 20, 20)].map(({ id, width, height }) => ({
    id,
    width,
    height,
    x: 30 * id,
    y: 0,
  }));
  assert.ok(one && other);
  assert.equal(isSameLayout([one, other], [other, one]), true);
  assert.equal(isSameLayout([one, other], [one, { ...other, x: 1 }]), false);
  assert.equal(isSameLayout([one, other], [one]), false);
});

test('the address of a window says its screen, its page and its app; others are those of desktops', () => {
  const of = (url: string) => screenInAddress(new URL(url, 'http://x'), '/desk/');
  for (const address of [
    { id: 3, main: 'a b', app: null },
    { id: 15, main: 'm', app: 0x1200003 },
  ])
    assert.deepEqual(of(`/desk/${screenPath(address)}`), address);
  for (const url of ['/desk/', '/screen/3?main=m', '/desk/screen/0?main=m', '/desk/screen/x?main=m', '/desk/screen/3'])
    assert.equal(of(url), null);
  assert.equal(of('/desk/screen/3?main=m&window=-1'), null);
});

test('the next screen goes to the first monitor on which no window of the desktop starts', () => {
  const left = { left: 0, top: 0, width: 1920, height: 1040 };
  const right = { left: 1920, top: -200, width: 2560, height: 1400 };
  assert.deepEqual(freeMonitor([left, right], [left]), right);
  assert.deepEqual(freeMonitor([left, right], [{ left: 2000, top: -100 }]), left);
  assert.equal(freeMonitor([left, right], [left, { left: 1920, top: -200 }]), null);
});
