/** When a viewer gets JPEG: by what is painted, and by how fast the link is. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Content } from '#gateway/picture/content.ts';
import { type Circumstances, Levels, withLevel } from '#gateway/picture/level.ts';
import { LinkSpeed } from '#gateway/picture/link-speed.ts';
import { Pace } from '#gateway/picture/pace.ts';
import { encodingsOf } from '#gateway/rfb/messages.ts';

const RESTING: Circumstances = {
  picture: 'auto',
  isSlow: false,
  hasPainted: true,
  isMoving: false,
  isPhotographic: false,
  isStillPhotographic: false,
};
const MOVING = { ...RESTING, isMoving: true };
const FILM = { ...MOVING, isPhotographic: true, isStillPhotographic: true };
/** A screen of text or a photo, of 100,000 pixels. */
const PIXELS = 100_000;

function painted(bytesPerPixel: number, times: readonly number[]): Content {
  const content = new Content();
  for (const at of times) content.painted(PIXELS, PIXELS * bytesPerPixel, false, at);
  return content;
}

test('text that scrolls is moving, but not photographic', () => {
  const content = painted(0.3, [0, 100, 200, 300, 400]);
  assert.equal(content.isMoving(410), true);
  assert.equal(content.isPhotographic(410), false);
});

test('photos that scroll are photographic after two tenths of a second, and a single one is not', () => {
  assert.equal(painted(2.5, [0]).isPhotographic(50), false);
  assert.equal(painted(2.5, [0]).isStillPhotographic(50), true);
  assert.equal(painted(2.5, [0, 100]).isPhotographic(150), true);
});

test('photos that a busy desktop draws only three times a second are photographic, too', () => {
  const content = painted(2.5, [0, 350, 700]);
  assert.equal(content.isMoving(720) && content.isPhotographic(720), true);
});

test('half a second after the last large paint, nothing moves', () => {
  const content = painted(2.5, [0, 100]);
  assert.equal(content.isMoving(599), true);
  assert.equal(content.isMoving(601), false);
});

test('typing does not count as movement', () => {
  const content = new Content();
  for (let at = 0; at < 500; at += 50) content.painted(200, 100, false, at);
  assert.equal(content.isMoving(500), false);
});

test('a viewer gets JPEG until something was painted, then none for what rests or is text', () => {
  const levels = new Levels();
  assert.equal(levels.decide({ ...RESTING, hasPainted: false }, 0), 'jpeg');
  assert.equal(levels.decide(RESTING, 10), 'lossless');
  assert.equal(levels.decide(MOVING, 20), 'lossless');
});

test('what is photographic becomes JPEG until it rests', () => {
  const levels = new Levels();
  assert.equal(levels.decide(FILM, 0), 'jpeg');
  assert.equal(levels.decide(MOVING, 100), 'jpeg');
  assert.equal(levels.decide(RESTING, 200), 'lossless');
});

test('what keeps moving is tried without loss again, each time later if that is in vain', () => {
  const levels = new Levels();
  const tried: number[] = [];
  for (let at = 0; at < 32_000; at += 100) {
    const wasJpeg = at > 0;
    if (levels.decide(FILM, at) === 'lossless' && wasJpeg) tried.push(at);
  }
  assert.deepEqual(tried, [2_000, 6_100, 14_200, 30_300]);
});

test('in such a try, one photographic update is enough; before, it takes two', () => {
  const levels = new Levels();
  const once = { ...MOVING, isStillPhotographic: true };
  assert.equal(levels.decide(once, 0), 'lossless');
  assert.equal(levels.decide(FILM, 100), 'jpeg');
  assert.equal(levels.decide(MOVING, 2_100), 'lossless');
  assert.equal(levels.decide(once, 2_200), 'jpeg');
});

test('a slow link gets less until it is fast again', () => {
  const levels = new Levels();
  assert.equal(levels.decide({ ...RESTING, isSlow: true }, 0), 'low');
  assert.equal(levels.decide(FILM, 100), 'jpeg');
  assert.equal(levels.decide(RESTING, 200), 'lossless');
});

test('sharp is always without loss, and frugal never waits for a slow link', () => {
  assert.equal(new Levels().decide({ ...FILM, picture: 'sharp', isSlow: true }, 0), 'lossless');
  assert.equal(new Levels().decide({ ...RESTING, picture: 'frugal' }, 0), 'low');
});

test('the level replaces quality and compression, and nothing else', () => {
  const message = Buffer.from([2, 0, 0, 4, 0, 0, 0, 7, 255, 255, 255, 232, 255, 255, 255, 1, 255, 255, 255, 32]);
  assert.deepEqual(encodingsOf(message), [7, -24, -255, -224]);
  assert.deepEqual(encodingsOf(withLevel(message, 'lossless')), [7, -224, -255]);
  assert.deepEqual(encodingsOf(withLevel(message, 'jpeg')), [7, -224, -254, -25]);
  const noJpeg = Buffer.from([2, 0, 0, 1, 0, 0, 0, 0]);
  assert.equal(withLevel(noJpeg, 'low'), noJpeg);
});

/** Updates with a fence before and after each, over a link of this speed and delay. */
function transfer(updates: number, bytes: number, bytesPerMs: number, delayMs = 0): LinkSpeed {
  const link = new LinkSpeed();
  let at = 0;
  for (let left = updates; left > 0; left -= 1) {
    link.fenceSent();
    link.sent(bytes);
    link.fenceSent();
    link.fenceReturned(at + delayMs);
    link.fenceReturned((at += delayMs + bytes / bytesPerMs));
  }
  return link;
}

test('a link of 1 Mbit/s is slow, one of 50 Mbit/s is not', () => {
  const slow = transfer(20, 20_000, 125);
  assert.equal(slow.isSlow && slow.isKnown, true);
  assert.ok(Math.abs(slow.bytesPerSecond - 125_000) < 40_000);
  const fast = transfer(50, 200_000, 6_250);
  assert.deepEqual([fast.isSlow, fast.isKnown, new LinkSpeed().isKnown], [false, true, false]);
});

test('a long way and small updates do not make a link slow', () => {
  assert.equal(transfer(50, 200_000, 6_250, 300).isSlow, false);
  assert.equal(transfer(500, 900, 50).isSlow, false);
});

test('bytes are on their way until the fence after them has returned', () => {
  const link = new LinkSpeed();
  link.sent(500);
  link.fenceSent();
  link.sent(700);
  link.fenceSent();
  assert.equal(link.bytesOnTheWay, 1_200);
  link.fenceReturned(1);
  assert.equal(link.bytesOnTheWay, 700);
  link.fenceReturned(2);
  link.fenceReturned(3);
  assert.equal(link.bytesOnTheWay, 0);
});

test('a frugal viewer gets at most 1 Mbit/s, whatever the size of its updates', () => {
  const pace = new Pace();
  let sent = 0;
  for (let at = 0; at < 20_000; at += 10) {
    if (!pace.allows(at)) continue;
    pace.sent(50_000, at);
    sent += 50_000;
  }
  assert.ok(sent <= 20 * 125_000, `${sent}`);
  assert.ok(sent >= 18 * 125_000, `${sent}`);
});
