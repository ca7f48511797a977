/** The gateway's own requests for a viewer of one screen, and the end of a viewer whose screen doesn't exist. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { PictureControl } from '#gateway/picture/picture-control.ts';
import { isInside } from '#gateway/rfb/area.ts';
import { continuousUpdates, updateRequest } from '#gateway/rfb/requests.ts';
import type { Picture } from '#protocol/picture.ts';
import { Framebuffer, rawUpdate, sizeUpdate } from '../../../fakes/framebuffer.ts';
import { serverInit } from '../../../fixtures/rfb-stream.ts';

const SIDE = 64;
const LEFT = { id: 0, x: 0, y: 0, width: 32, height: 64 };
const RIGHT = { id: 7, x: 32, y: 16, width: 32, height: 48 };
/** Tight, JPEG of quality 8, ExtendedDesktopSize. */
const SET_ENCODINGS = Buffer.from([2, 0, 0, 3, 0, 0, 0, 7, 255, 255, 255, 232, 255, 255, 254, 204]);

function stage(picture: Picture) {
  const told: Buffer[] = [];
  const missing: number[] = [];
  const control = new PictureControl({
    serverInit: serverInit(SIDE, SIDE),
    picture,
    tell: (bytes) => told.push(bytes),
    onLost: (error) => assert.fail(error.message),
    onFilled: () => {},
    onScreens: () => {},
    onLayoutRefused: () => {},
    onScreenMissing: (screen) => missing.push(screen),
  });
  return { control, told, missing, desktop: new Framebuffer(SIDE, SIDE) };
}

test('everything that the gateway itself requests lies in the viewer’s screen', () => {
  for (const picture of ['auto', 'frugal', 'sharp'] as const) {
    const { control, told, desktop } = stage(picture);
    control.setScreen(7, 0);
    assert.deepEqual(control.size, { x: 0, y: 0, width: 1, height: 1 });
    control.fromViewer('set_encodings', SET_ENCODINGS, 0);
    control.fromViewer('continuous_updates', continuousUpdates(true, { x: 0, y: 0, width: 1, height: 1 }), 0);
    control.toViewer(sizeUpdate(desktop, [LEFT, RIGHT]), 10);
    for (let now = 100; now < 3_000; now += 100) {
      control.toViewer(rawUpdate(desktop, RIGHT), now);
      control.check(now);
    }
    const requests = told.filter(([type]) => type === 3 || type === 150);
    assert.ok(requests.length > 0);
    for (const request of requests) {
      const [x = 0, y = 0, width = 0, height = 0] = [2, 4, 6, 8].map((at) => request.readUInt16BE(at));
      // The end of continuous updates for the place before the screens were known.
      if (width > 1) assert.ok(isInside({ x, y, width, height }, RIGHT), `${x}, ${y}, ${width}x${height}`);
    }
    assert.ok(requests.some((request) => request.readUInt16BE(6) === RIGHT.width));
  }
});

test('a viewer whose screen is missing from what the desktop tells is reported after two seconds, not before', () => {
  const { control, missing, desktop } = stage('auto');
  control.setScreen(5, 0);
  control.fromViewer('set_encodings', SET_ENCODINGS, 0);
  control.fromViewer('update_request', updateRequest({ x: 0, y: 0, width: 1, height: 1 }, false), 0);
  control.toViewer(sizeUpdate(desktop, [LEFT]), 100);
  control.check(1_900);
  assert.deepEqual(missing, []);
  control.check(2_100);
  assert.deepEqual(missing, [5]);
});

test('a viewer may take its time until the screens are known, but not for ever', () => {
  const { control, missing } = stage('auto');
  control.setScreen(5, 0);
  assert.equal(control.isBusy, true);
  control.check(9_000);
  assert.deepEqual(missing, []);
  control.check(10_100);
  assert.deepEqual(missing, [5]);
});

test('a screen that is missing for a moment, while the desktop changes its layout, is none of these', () => {
  const { control, missing, desktop } = stage('auto');
  control.setScreen(7, 0);
  control.fromViewer('set_encodings', SET_ENCODINGS, 0);
  for (const [now, screens] of [
    [100, [LEFT, RIGHT]],
    [5_000, [LEFT]],
    [6_500, [LEFT, RIGHT]],
  ] as const) {
    control.check(now - 1);
    control.toViewer(sizeUpdate(desktop, screens), now);
  }
  control.check(9_000);
  assert.deepEqual(missing, []);
});
