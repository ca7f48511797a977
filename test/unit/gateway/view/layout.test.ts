/** Layouts of screens: what a desktop can have, and how RFB writes it. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { wishOf } from '#gateway/picture/viewer-picture.ts';
import { RfbError } from '#gateway/rfb/error.ts';
import { faultOf, oneScreen, screensOf, setDesktopSize } from '#gateway/view/layout.ts';
import { MAX_SCREENS } from '#protocol/screens.ts';

const ONE = { id: 1, x: 0, y: 0, width: 1920, height: 1080 };
const OTHER = { id: 2, x: 1920, y: 20, width: 1280, height: 1024 };

test('a layout becomes one SetDesktopSize with all screens, and is read back from what the desktop tells', () => {
  const message = setDesktopSize([ONE, OTHER]);
  assert.deepEqual([...message.subarray(0, 8)], [251, 0, 3200 >> 8, 3200 & 255, 1080 >> 8, 1080 & 255, 2, 0]);
  assert.deepEqual(screensOf(Buffer.concat([Buffer.from([2, 0, 0, 0]), message.subarray(8)])), [ONE, OTHER]);
  assert.deepEqual(screensOf(oneScreen(5, 40, 30)), [{ id: 5, x: 0, y: 0, width: 40, height: 30 }]);
  assert.deepEqual(screensOf(Buffer.alloc(0)), []);
});

test('screens that overlap, are there twice or are too large are refused with the reason', () => {
  assert.equal(faultOf([ONE, OTHER]), null);
  assert.match(faultOf([ONE, { ...OTHER, x: 1919 }]) ?? '', /screens 1 and 2 overlap/);
  assert.match(faultOf([ONE, { ...OTHER, id: 1 }]) ?? '', /screen 1 is there twice/);
  assert.match(faultOf([ONE, { ...OTHER, x: 8000 }]) ?? '', /9280x1080 pixels together are too large/);
  assert.match(faultOf([{ ...ONE, width: 8192, height: 8192 }]) ?? '', /too large/);
});

test('wishes that are no layout are refused: 17 screens, none, negative, fractions, huge numbers', () => {
  const layout = (screens: unknown) => wishOf(Buffer.from(JSON.stringify({ kind: 'layout', screens })));
  const row = Array.from({ length: MAX_SCREENS }, (_, id) => ({ id, x: id * 100, y: 0, width: 100, height: 100 }));
  assert.deepEqual(layout(row), { kind: 'layout', screens: row });
  const wrong: readonly unknown[] = [
    [...row, { ...ONE, id: 99, x: 5000 }],
    [],
    [{ ...ONE, x: -1 }],
    [{ ...ONE, width: 0 }],
    [{ ...ONE, y: 0.5 }],
    [{ ...ONE, height: 70_000 }],
    [{ ...ONE, id: -1 }],
    'all',
  ];
  for (const screens of wrong) assert.throws(() => layout(screens), RfbError);
});
