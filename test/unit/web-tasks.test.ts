/** Tasks: states in words, figures, remedies, the log's bound, the form of Run again with. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { LogLine } from '#protocol/launch.ts';
import { badName, formOf, requestOf } from '../../web/settings/again-form.ts';
import {
  appended,
  emptyLog,
  fullness,
  limitsText,
  looksBad,
  memoryText,
  stateOf,
  withRemedy,
} from '../../web/settings/task-model.ts';
import { bytes, duration, logTime, percent } from '../../web/ui/format.ts';
import { en } from '../../web/ui/strings/en.ts';

const words = en.tasks;
const finished = (reason: 'error' | 'completed' | 'stopped_by_you' | 'out_of_memory', exitCode: number | null) =>
  ({ status: { state: 'finished', reason, exitCode, finishedAt: '2026-01-01T00:00:00Z', message: null } }) as const;

test('a state is said in words; an exit code stands for a failure only', () => {
  assert.deepEqual(stateOf({ status: { state: 'running' } }, words.states), { text: 'running', tone: 'ok' });
  assert.deepEqual(stateOf(finished('error', 1), words.states), { text: 'exit 1', tone: 'bad' });
  assert.deepEqual(stateOf(finished('error', null), words.states), { text: 'failed', tone: 'bad' });
  assert.deepEqual(stateOf(finished('stopped_by_you', 143), words.states), { text: 'stopped by you', tone: '' });
  assert.deepEqual(stateOf(finished('out_of_memory', 137), words.states), { text: 'out of memory', tone: 'bad' });
});

test('memory is given of its limit, with the unit once where both have the same', () => {
  const usage = { launchId: 'a', cpu: 0.034, memoryBytes: 129 * 2 ** 20 };
  assert.equal(memoryText(usage, { memoryBytes: 256 * 2 ** 20 }, words), '129 of 256 MB');
  assert.equal(memoryText(usage, { memoryBytes: 2 ** 30 }, words), '129 MB of 1 GB');
  assert.equal(memoryText(usage, {}, words), '129 MB');
  assert.equal(memoryText(undefined, {}, words), '');
});

test('a desktop says how full it is from a third on, warns from two thirds on, and never where there is no limit', () => {
  const at = (finished: number, most: number | null) => fullness({ finished, most });
  assert.deepEqual([at(0, 30), at(9, 30), at(10, 30)], ['empty', 'empty', 'filling']);
  assert.deepEqual([at(19, 30), at(20, 30), at(30, 30)], ['filling', 'nearly full', 'nearly full']);
  assert.equal(at(1000, null), 'empty');
  assert.equal(words.entries(1, 3), 'This desktop carries 1 finished launch of at most 3.');
});

test('only the limits that exist are named', () => {
  assert.equal(limitsText({ memoryBytes: 2 ** 28, cpus: 0.5 }, words), '256 MB · 0.5 CPU');
  assert.equal(limitsText({}, words), '');
});

test('a remedy adds to what was asked for and keeps the rest', () => {
  const detail = { runtime: 'pod_application', requested: { env: { DEBUG: '1' }, args: ['--fast'] } } as const;
  const mutable = { ...detail, requested: { env: { ...detail.requested.env }, args: [...detail.requested.args] } };
  assert.deepEqual(withRemedy(mutable, { label: 'x', env: { QT_X11_NO_MITSHM: '1' }, args: ['--fast', '--safe'] }), {
    runtime: 'pod_application',
    env: { DEBUG: '1', QT_X11_NO_MITSHM: '1' },
    args: ['--fast', '--safe'],
  });
  assert.equal(withRemedy(mutable, { label: 'x', runtime: 'ephemeral_container' }).runtime, 'ephemeral_container');
});

test('lines that name a failure are set off', () => {
  assert.ok(looksBad('X Error of failed request:  BadShmSeg (invalid shared segment parameter)'));
  assert.ok(!looksBad('board loaded in 12 ms'));
});

test('a long log keeps its end, in order, and says how much is left out', () => {
  const line = (at: number): LogLine => ({ at: null, stream: 'stdout', text: String(at) });
  let log = emptyLog;
  for (let at = 0; at < 1000; at += 7)
    log = appended(
      log,
      Array.from({ length: 7 }, (_, k) => line(at + k)),
      500,
    );
  const kept = log.blocks.flat().map(({ text }) => Number(text));
  assert.equal(log.lines, kept.length);
  assert.ok(kept.length <= 500);
  assert.equal(kept[0], log.dropped);
  assert.deepEqual(
    kept,
    kept.toSorted((a, b) => a - b),
  );
});

test('a block of the log that is full is never made anew', () => {
  const line: LogLine = { at: null, stream: 'stdout', text: 'x' };
  const first = appended(
    emptyLog,
    Array.from({ length: 250 }, () => line),
  );
  const second = appended(first, [line]);
  assert.equal(second.blocks[0], first.blocks[0]);
  assert.notEqual(second.blocks[1], first.blocks[1]);
});

test('the form gives back what it was filled from', () => {
  const requested = { env: { A: '1', B: 'two words' }, args: ['--x', 'y z'] };
  assert.deepEqual(requestOf(formOf('pod_application', requested)), { runtime: 'pod_application', ...requested });
});

test('a name that no variable can have is named, an empty row is no mistake', () => {
  const form = (name: string, value: string) =>
    ({ runtime: 'pod_application', variables: [{ name, value }], args: '' }) as const;
  assert.equal(badName(form('1A', 'x')), '1A');
  assert.equal(badName(form('', 'x')), '');
  assert.equal(badName(form('', '')), null);
  assert.equal(badName(form(' PATH ', 'x')), null);
});

test('sizes, times and shares read as people write them', () => {
  assert.deepEqual([bytes(2 ** 28), bytes(1.5 * 2 ** 30), bytes(2048)], ['256 MB', '1.5 GB', '2 kB']);
  assert.deepEqual(
    [duration(93.4), duration(1900), duration(125_000), duration(7_620_000)],
    ['93 ms', '1.9 s', '2 min 5 s', '2 h 7 min'],
  );
  assert.equal(percent(0.034), '3 %');
  assert.match(logTime('2026-01-01T14:36:02.114Z'), /^\d\d:36:02\.114$/);
});
