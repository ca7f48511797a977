/** Samples on their way to the loudspeaker: start, delay, interruptions, and clocks that differ. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SoundRing } from '../../../web/sound/ring.ts';

const FRAME = 480;
const BLOCK = 128;
const HERTZ = 440;
const STEP = (2 * Math.PI * HERTZ) / 48_000;

/** A sound server that sends a tone in frames, and a loudspeaker that reads blocks. */
class Stage {
  readonly ring = new SoundRing();
  /** Whether the last block wasn't silent. */
  isHeard = false;
  /** The largest step between neighbours: larger than the tone's own where it breaks. */
  roughest = 0;
  #last = 0;
  #sent = 0;
  /** Frames, as far as they aren't sent. */
  #due = 0;

  send(starts = false, count = FRAME): void {
    const samples = Float32Array.from({ length: count }, (_, at) => Math.sin((this.#sent + at) * STEP));
    this.#sent += count;
    this.ring.write(samples, samples, starts);
  }

  play(): void {
    const left = new Float32Array(BLOCK);
    this.ring.read(left, new Float32Array(BLOCK));
    for (const sample of left) {
      if (this.#last !== 0) this.roughest = Math.max(this.roughest, Math.abs(sample - this.#last));
      this.#last = sample;
    }
    this.isHeard = left.some((sample) => sample !== 0);
  }

  /** `server` frames arrive per 480 samples played. */
  run(seconds: number, server = 1): void {
    const blocks = Math.round((seconds * 48_000) / BLOCK);
    for (let block = 0; block < blocks; block++) {
      this.#due += (BLOCK / FRAME) * server;
      for (; this.#due >= 1; this.#due -= 1) this.send();
      this.play();
    }
  }
}

const SMOOTH = STEP * 1.02;

test('nothing is played until 30 ms have arrived', () => {
  const stage = new Stage();
  stage.send(true);
  stage.send();
  stage.play();
  assert.equal(stage.isHeard, false);
  stage.send();
  stage.play();
  assert.ok(stage.isHeard);
});

test('a steady stream is played as it is', () => {
  const stage = new Stage();
  stage.send(true);
  stage.run(30);
  assert.equal(stage.ring.facts.interruptions, 0);
  assert.ok(stage.roughest < SMOOTH, String(stage.roughest));
  assert.ok(stage.ring.facts.waiting < 40 * 48);
});

for (const [who, server] of [
  ['faster', 1.0003],
  ['slower', 0.9997],
] as const) {
  test(`a server whose clock is ${who} is followed for ten minutes without a gap`, () => {
    const stage = new Stage();
    stage.send(true);
    stage.run(600, server);
    assert.ok(stage.roughest < SMOOTH, String(stage.roughest));
    assert.equal(stage.ring.facts.interruptions, 0);
    assert.ok(stage.ring.facts.waiting < 60 * 48, String(stage.ring.facts.waiting));
  });
}

test('after an interruption more samples wait; silence is none', () => {
  const stage = new Stage();
  const delay = (starts: boolean): number => {
    let sent = 0;
    do {
      stage.send(starts && sent === 0);
      sent += 1;
      stage.play();
    } while (!stage.isHeard);
    for (let block = 0; block < 50; block++) stage.play();
    return sent;
  };
  assert.equal(delay(true), 3);
  assert.equal(delay(true), 3);
  assert.equal(stage.ring.facts.interruptions, 0);
  assert.equal(delay(false), 4);
  assert.equal(delay(false), 5);
  assert.equal(stage.ring.facts.interruptions, 2);
  for (let times = 0; times < 20; times++) delay(false);
  assert.equal(delay(false), 8, 'at most 80 ms');
});

test('what arrives late and at once is left out, so that the delay stays short', () => {
  const stage = new Stage();
  stage.send(true);
  stage.run(1);
  for (let frame = 0; frame < 400; frame++) stage.send();
  assert.ok(stage.ring.facts.waiting <= 180 * 48, String(stage.ring.facts.waiting));
  stage.run(5);
  assert.ok(stage.ring.facts.waiting < 170 * 48, String(stage.ring.facts.waiting));
});

test('what an interruption left, and nothing needs any more, is drained without a gap', () => {
  const stage = new Stage();
  stage.send(true);
  stage.run(1);
  for (let late = 0; late < 30; late++) stage.play();
  for (let frame = 0; frame < 10; frame++) stage.send();
  assert.ok(stage.ring.facts.waiting > 90 * 48, String(stage.ring.facts.waiting));
  stage.roughest = 0;
  stage.run(50);
  assert.ok(stage.ring.facts.waiting < 30 * 48, String(stage.ring.facts.waiting));
  assert.ok(stage.roughest < SMOOTH, String(stage.roughest));
  assert.equal(stage.ring.facts.interruptions, 1);
});

test('a network that is late again and again interrupts sound once, not each time', () => {
  const stage = new Stage();
  stage.send(true);
  stage.run(10);
  for (let times = 0; times < 20; times++) {
    // 40 ms without a frame, and then all of them.
    for (let late = 0; late < 15; late++) stage.play();
    for (let frame = 0; frame < 4; frame++) stage.send();
    stage.run(10);
  }
  assert.equal(stage.ring.facts.interruptions, 1);
});
