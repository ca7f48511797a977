/** What a page sends of its microphone: how fast, and what it may be. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SpokenFrames } from '#gateway/sound/spoken-frames.ts';
import { MAX_SPOKEN_AT_ONCE, MAX_SPOKEN_BYTES, SPOKEN_PER_SECOND } from '#protocol/sound-frames.ts';
import * as fc from 'fast-check';

const PIECE = Buffer.alloc(MAX_SPOKEN_BYTES, 1);

test('what a page sends beyond the rate of a microphone is dropped', () => {
  let now = 0;
  using frames = new SpokenFrames('pcm', () => now);
  const count = (): number => {
    let taken = 0;
    for (let sent = 0; sent < 500; sent++) if (frames.samples(PIECE) !== 'too many') taken += 1;
    return taken;
  };
  assert.equal(count(), MAX_SPOKEN_AT_ONCE);
  now += 200;
  assert.equal(count(), Math.floor(0.2 * SPOKEN_PER_SECOND * 1.02));
  now += 60_000;
  assert.equal(count(), MAX_SPOKEN_AT_ONCE);
});

test('PCM of another length is damaged', () => {
  using frames = new SpokenFrames('pcm');
  for (const length of [0, 1, MAX_SPOKEN_BYTES - 2, MAX_SPOKEN_BYTES + 2])
    assert.equal(frames.samples(Buffer.alloc(length)), 'damaged');
  assert.deepEqual(frames.samples(PIECE), PIECE);
});

test('any bytes are either 20 ms of Opus or damaged', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: MAX_SPOKEN_BYTES }), (bytes) => {
      using frames = new SpokenFrames('opus');
      const found = frames.samples(Buffer.from(bytes));
      assert.ok(found === 'damaged' || (Buffer.isBuffer(found) && found.length === MAX_SPOKEN_BYTES));
    }),
    { numRuns: 300 },
  );
});
