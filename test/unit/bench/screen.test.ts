/** The screen beside others: numbers in pictures, figures of several contenders, what is recorded of them, and what is shown. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { documentOf, picturesOf } from '../../../bench/screen/document.ts';
import { figure, type Measured, OURS, quantile, regressions, type Results } from '../../../bench/screen/results.ts';
import { sentBetween } from '../../../bench/screen/ports.ts';
import { bitsOf, MODULUS, numberOf, STAMP, stamp } from '../../../bench/screen/stamp.ts';

const KEYS: Measured = {
  id: 'key',
  group: 'input',
  what: 'key → pixel',
  unit: 'ms',
  better: 'less',
  goals: [{ share: 0.5, most: 0.25, beside: 'noVNC' }],
  samples: { [OURS]: [4, 5, 6], noVNC: [10, 20, 30] },
};
const FRAMES: Measured = { ...KEYS, id: 'fps', better: 'more', goals: [{ share: 0.5, least: 28 }] };

function results(...measured: Measured[]): Results {
  const skipped = [{ what: 'xpra', skipped: 'it is not installed' }];
  return {
    date: '2026-12-01',
    machine: '2 cores',
    versions: { noVNC: '1.7.0' },
    skipped,
    figures: measured.map(figure),
  };
}

test('a number that was put into a picture is read from it', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: MODULUS - 1 }), (number) => assert.equal(numberOf(bitsOf(number)), number)),
  );
  assert.equal(stamp(5).length, STAMP.width * STAMP.height * 4);
});

test('a picture that is painted in part, black or white has no number', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: MODULUS - 1 }), fc.nat({ max: 31 }), (number, at) => {
      const bits = bitsOf(number);
      assert.equal(numberOf(bits.map((bit, index) => (index === at ? !bit : bit))), null);
    }),
  );
  for (const colour of [true, false]) assert.equal(numberOf(bitsOf(0).map(() => colour)), null);
});

test('medians are compared with each other, and the spread is that of single turns', () => {
  const { ratios, goals } = figure(KEYS);
  assert.deepEqual(ratios['noVNC'], { p50: 0.25, p95: 0.2, low: 0.2, high: 0.4 });
  assert.deepEqual([goals[0]?.value, goals[0]?.isReached], [0.25, true]);
});

test('of what should be much, p95 is what few samples are below', () => {
  const list = Array.from({ length: 100 }, (_, at) => at + 1);
  assert.deepEqual(figure({ ...FRAMES, samples: { [OURS]: list } }).sides[OURS], { runs: 100, p50: 50, p95: 5 });
});

test('a goal beside somebody who is not there is none, and nothing is a multiple of none', () => {
  assert.deepEqual(figure({ ...KEYS, samples: { [OURS]: [1] } }).goals, []);
  assert.deepEqual(figure({ ...KEYS, samples: { [OURS]: [1], noVNC: [0] } }).ratios, {});
});

test('of two samples the median is the lower one, and of none it is 0', () => {
  assert.deepEqual([quantile([7, 3], 0.5), quantile([], 0.5)], [3, 0]);
});

test('a ratio is worse when it is more than twice as bad as recorded, in its own direction', () => {
  const recorded = [KEYS, FRAMES].map(figure);
  const now = (...ours: number[]) =>
    [KEYS, FRAMES].map((one) => figure({ ...one, samples: { ...one.samples, [OURS]: ours } }));
  assert.deepEqual([...regressions(now(4, 5, 6), recorded, 2).keys()], []);
  assert.deepEqual([...regressions(now(9, 11, 12), recorded, 2).keys()], ['key noVNC']);
  assert.deepEqual([...regressions(now(1, 2, 3), recorded, 2).keys()], ['fps noVNC']);
  assert.deepEqual([...regressions(now(99), [], 2)], []);
});

test('bytes are those of connections that are still there', () => {
  const before = new Map([
    ['one', 100],
    ['gone', 50],
  ]);
  const after = new Map([
    ['one', 130],
    ['new', 7],
  ]);
  assert.equal(sentBetween(before, after), 37);
});

test('the document names what is missed and what was skipped', () => {
  const text = documentOf(results({ ...KEYS, samples: { ...KEYS.samples, [OURS]: [9, 10, 11] } }, FRAMES));
  assert.match(text, /- key → pixel: 0\.5 × noVNC, goal ≤ 0\.25\n/);
  assert.match(text, /- \*Skipped\*: xpra: it is not installed/);
  assert.match(text, /\| {2}\| noVNC \| 20 \| 30 \| 0\.5 \|/);
  assert.match(documentOf(results(KEYS)), /All goals are reached\./);
});

test('a picture has a bar for each contender of its group', () => {
  const [[path, svg] = []] = picturesOf(results(KEYS));
  assert.equal(path, 'benchmarks/input.svg');
  assert.equal([...(svg ?? '').matchAll(/<rect /g)].length, 2);
  assert.match(svg ?? '', />key → pixel, ms</);
});
