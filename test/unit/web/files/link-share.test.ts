/** How much of the link uploads take, over a clock of the test's own. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LinkShare } from '../../../../web/files/link-share.ts';

const KB = 1024;
const MB = 1024 * KB;

/** Sends parts one after the other, over a link of this speed. */
async function sendParts(link: LinkShare, clock: { now: number }, bytesPerMs: number): Promise<void> {
  for (let part = 0; part < 20; part += 1) {
    const bytes = link.partBytes;
    await link.send(bytes, async () => void (clock.now += bytes / bytesPerMs));
  }
}

function linkWithClock(): { link: LinkShare; clock: { now: number } } {
  const clock = { now: 0 };
  return { clock, link: new LinkShare(() => clock.now) };
}

test('parts grow on a fast link and shrink on a slow one, within limits', async () => {
  const { link, clock } = linkWithClock();
  await sendParts(link, clock, 1_000_000);
  assert.equal(link.partBytes, 8 * MB);
  await sendParts(link, clock, 6_250);
  assert.equal(link.partBytes, 6_250 * 300);
  await sendParts(link, clock, 10);
  assert.equal(link.partBytes, 64 * KB);
});

test('a part that is shorter than the others, or that fails, says nothing of the link', async () => {
  const { link, clock } = linkWithClock();
  await link.send(100, async () => void (clock.now += 10_000));
  await assert.rejects(link.send(MB, () => Promise.reject(new Error('lost'))));
  assert.equal(link.partBytes, MB);
});

test('while keys are typed, and a moment after, the link is busy with a part for 20 ms', async () => {
  const { link, clock } = linkWithClock();
  await sendParts(link, clock, 1_000);
  link.typed();
  assert.equal(link.partBytes, 20_000);
  clock.now += 2_900;
  assert.equal(link.partBytes, 20_000);
  clock.now += 100;
  assert.equal(link.partBytes, 300_000);
});

test('meanwhile, a part begins every 80 ms, of whichever upload', () => {
  const { link, clock } = linkWithClock();
  assert.deepEqual([link.turn(), link.turn()], [0, 0]);
  link.typed();
  assert.deepEqual([link.turn(), link.turn()], [0, 80]);
  clock.now += 50;
  assert.equal(link.turn(), 30);
  clock.now += 500;
  assert.equal(link.turn(), 0);
});

test('meanwhile, a part waits for those that are under way', async () => {
  const { link, clock } = linkWithClock();
  const { promise, resolve } = Promise.withResolvers<void>();
  const sent = link.send(MB, () => promise);
  link.typed();
  clock.now += 1_000;
  assert.equal(link.turn(), 80);
  resolve();
  await sent;
  assert.equal(link.turn(), 0);
});

test('the speed of the link is that of all uploads together', async () => {
  const { link, clock } = linkWithClock();
  const parts = [1, 2, 3].map(() => {
    const { promise, resolve } = Promise.withResolvers<void>();
    return { sent: link.send(MB, () => promise), arrives: resolve };
  });
  clock.now += MB / 1_000;
  parts[0]?.arrives();
  await parts[0]?.sent;
  link.typed();
  assert.equal(link.partBytes, 60_000);
});

test('as long as the speed is not known, typing makes parts short', () => {
  const { link } = linkWithClock();
  link.typed();
  assert.equal(link.partBytes, 8 * KB);
});
