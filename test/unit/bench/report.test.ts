/** What the bench prints of its figures. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { summary } from '../../../bench/report.ts';

const ROW = { what: 'a wait', peer: 'podman run' };

test('medians are compared, and a ratio above the goal is missed', () => {
  const row = { ...ROW, ours: [150, 100, 200], peers: [100, 100, 100] };
  assert.equal(summary({ ...row, goal: 1.5 }).goal, '≤ 1.5');
  assert.equal(summary({ ...row, goal: 1.4 }).goal, '≤ 1.4 missed');
  assert.equal(summary(row).ratio, 1.5);
});

test('a row may compare what few figures exceed', () => {
  const ours = Array.from({ length: 100 }, (_, at) => at + 1);
  const { ratio, goal } = summary({ ...ROW, ours, peers: [60], share: 0.95, goal: 1 });
  assert.deepEqual([ratio, goal], [1.6, '≤ 1.0 missed']);
});

test('of what should never happen, none is the goal', () => {
  const row = { ...ROW, peers: [0], goal: 1, unit: 'gaps' };
  assert.deepEqual([summary({ ...row, ours: [0] }).ratio, summary({ ...row, ours: [0] }).goal], [1, '≤ 1.0']);
  assert.equal(summary({ ...row, ours: [2] }).goal, '≤ 1.0 missed');
});

test('small figures keep their digits', () => {
  const { 'ours p50': ours, 'peer p50': peers } = summary({ ...ROW, ours: [0.9642], peers: [1234.5] });
  assert.deepEqual([ours, peers], [0.964, 1235]);
});
