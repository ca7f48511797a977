/** What counts as sound. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Frames } from '#gateway/sound/frames.ts';
import { OpusEncoder, FRAME_BYTES } from '#gateway/sound/opus.ts';
import { SilenceGate } from '#gateway/sound/silence-gate.ts';

const quiet = Buffer.alloc(FRAME_BYTES);
const loud = Buffer.alloc(FRAME_BYTES);
loud.writeInt16LE(-900, 800);

test('sound starts with the first sample that is heard, and ends half a second after the last', () => {
  const gate = new SilenceGate();
  assert.equal(gate.hear(quiet), 'silence');
  assert.equal(gate.hear(loud), 'start');
  assert.equal(gate.hear(quiet), 'sound');
  assert.equal(gate.hear(loud), 'sound');
  const after = Array.from({ length: 52 }, () => gate.hear(quiet));
  assert.deepEqual(after.indexOf('silence'), 50);
  assert.equal(gate.hear(loud), 'start');
});

test('the noise of a converter is silence', () => {
  const noise = Buffer.alloc(FRAME_BYTES);
  for (let at = 0; at < FRAME_BYTES; at += 2) noise.writeInt16LE((at % 5) - 2, at);
  assert.equal(new SilenceGate().hear(noise), 'silence');
});

test('samples that arrive in any pieces become frames of one length', () => {
  const frames = new Frames(4);
  const got = [
    [1, 2, 3],
    [4, 5],
    [6, 7, 8, 9, 10, 11, 12, 13],
  ].flatMap((piece) => frames.push(Buffer.from(piece)));
  assert.deepEqual(
    got.map((frame) => [...frame]),
    [
      [1, 2, 3, 4],
      [5, 6, 7, 8],
      [9, 10, 11, 12],
    ],
  );
});

test('a hundred encoders work side by side, also the first ones', () => {
  const tone = Buffer.alloc(FRAME_BYTES);
  for (let at = 0; at < FRAME_BYTES; at += 2) tone.writeInt16LE(Math.round(9000 * Math.sin(at / 40)), at);
  using all = new DisposableStack();
  const encoders = Array.from({ length: 100 }, () => all.use(new OpusEncoder()));
  for (const encoder of encoders) {
    const packet = encoder.encode(tone);
    assert.ok(packet.length > 20 && packet.length < 400, `${packet.length} bytes`);
  }
});
