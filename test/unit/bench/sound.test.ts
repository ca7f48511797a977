/** What the bench makes of sound: blocks of a tone, clicks, interruptions; in Node and in a browser's audio thread. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createContext, runInContext } from 'node:vm';
import { type Block, BlockMeter } from '../../../bench/sound/block-meter.ts';
import { beginnings, delays, gapsOf } from '../../../bench/sound/blocks.ts';
import { clicks, HERTZ, leftOf, tone, TONE } from '../../../bench/sound/samples.ts';
import { tapSource } from '../../../bench/sound/tap-source.ts';

const RATE = 48_000;
const QUANTUM = 128;

/** Measures samples as a browser has them. */
function blocksOf(samples: Float32Array): Block[] {
  const meter = new BlockMeter(HERTZ, RATE);
  const blocks: Block[] = [];
  for (let at = 0; at < samples.length; at += QUANTUM)
    blocks.push(...meter.push(samples.subarray(at, at + QUANTUM), (at * 1000) / RATE));
  return blocks;
}

/** Two seconds of the tone. */
const TWO_SECONDS = leftOf(Buffer.concat([tone(1, TONE), tone(1, TONE)]));

const without = (from: number, count: number): Float32Array =>
  Float32Array.from([...TWO_SECONDS.subarray(0, from), ...TWO_SECONDS.subarray(from + count)]);

test('a tone that is repeated every second has no gap, and the level that it was made with', () => {
  const blocks = blocksOf(TWO_SECONDS);
  assert.equal(blocks.length, 200);
  assert.equal(gapsOf(blocks), 0);
  for (const { level } of blocks) assert.ok(Math.abs(level - TONE / 32_768) < 0.015, `${level}`);
});

test('one frame that is left out, or played twice, is a gap, wherever it is', () => {
  for (const from of [24_000, 24_300, 31_001]) assert.equal(gapsOf(blocksOf(without(from, 480))), 1, `${from}`);
  const twice = Float32Array.from([...TWO_SECONDS.subarray(0, 24_480), ...TWO_SECONDS.subarray(24_000)]);
  assert.equal(gapsOf(blocksOf(twice)), 1);
});

test('a few milliseconds of silence are a gap', () => {
  const silent = TWO_SECONDS.slice();
  silent.fill(0, 40_000, 40_000 + 2 * QUANTUM);
  assert.equal(gapsOf(blocksOf(silent)), 1);
});

test('two interruptions with sound between them are two', () => {
  const silent = TWO_SECONDS.slice();
  for (const at of [20_000, 60_000]) silent.fill(0, at, at + 960);
  assert.equal(gapsOf(blocksOf(silent)), 2);
});

test('a tone that is played a little faster, to follow a clock, has no gap', () => {
  let angle = 0;
  const varied = Float32Array.from({ length: 90_000 }, (_, at) => {
    angle += (2 * Math.PI * HERTZ * (at < 45_000 ? 1.004 : 0.996)) / RATE;
    return Math.sin(angle) / 4;
  });
  assert.equal(gapsOf(blocksOf(varied)), 0);
});

test('clicks begin when they were made to, over a tone that is not loud', () => {
  const blocks = blocksOf(leftOf(clicks([613, 547, 90])));
  const [first = 0, second = 0, ...more] = beginnings(blocks);
  assert.deepEqual(more, []);
  assert.ok(Math.abs(first - 613) < 0.5 && Math.abs(second - 1_160) < 0.5, `${first} ${second}`);
});

test('each beginning is followed by its own, or by none', () => {
  assert.deepEqual(delays([100, 700, 1_300], [120, 1_340], 500), [20, 40]);
});

test('the program of the audio thread needs nothing from outside, and reports what is played', () => {
  const reports: unknown[] = [];
  const registered: (new () => { process(inputs: unknown): boolean })[] = [];
  class AudioWorkletProcessor {
    readonly port = { postMessage: (blocks: unknown) => reports.push(blocks) };
  }
  const scope = createContext({
    AudioWorkletProcessor,
    registerProcessor: (_name: string, made: (typeof registered)[number]) => registered.push(made),
  });
  runInContext(tapSource(HERTZ), scope);
  const [Tap] = registered;
  assert.ok(Tap);
  const processor = new Tap();
  for (let at = 0; at < RATE / 4; at += QUANTUM)
    assert.equal(processor.process([[TWO_SECONDS.subarray(at, at + QUANTUM)]]), true);
  assert.equal(processor.process([[]]), true);
  assert.deepEqual(
    reports.map((blocks) => (Array.isArray(blocks) ? blocks.length : 0)),
    [10, 10],
  );
});
