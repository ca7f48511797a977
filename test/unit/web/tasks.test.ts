/** Tasks: states, figures, remedies, the log's limit, and the form of Run again with. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { LogLine } from '#protocol/launch.ts';
import { fullness } from '../../../web/desktop/fullness.ts';
import { formOf, requestOf } from '../../../web/settings/run-again-form.ts';
import { invalidName, publicNamesOf } from '../../../web/ui/variables.ts';
import {
  appended,
  emptyLog,
  limitsText,
  looksBad,
  memoryText,
  stateOf,
  withRemedy,
} from '../../../web/settings/task-model.ts';
import { bytes, duration, logTime, percent } from '../../../web/ui/format.ts';
import { en } from '../../../web/ui/strings/en/strings.ts';

const words = en.tasks;
const finished = (reason: 'error' | 'completed' | 'stopped_by_you' | 'out_of_memory', exitCode: number | null) =>
  ({ status: { state: 'finished', reason, exitCode, finishedAt: '2026-01-01T00:00:00Z', message: null } }) as const;

test('a state is a text; an exit code is shown only for failures', () => {
  assert.deepEqual(stateOf({ status: { state: 'running' } }, words.states), { text: 'running', tone: 'ok' });
  assert.deepEqual(stateOf(finished('error', 1), words.states), { text: 'exit 1', tone: 'bad' });
  assert.deepEqual(stateOf(finished('error', null), words.states), { text: 'failed', tone: 'bad' });
  assert.deepEqual(stateOf(finished('stopped_by_you', 143), words.states), { text: 'stopped by you', tone: '' });
  assert.deepEqual(stateOf(finished('out_of_memory', 137), words.states), { text: 'out of memory', tone: 'bad' });
});

test('memory is shown with its limit, with the unit once if both have the same', () => {
  const usage = { launchId: 'a', cpu: 0.034, memoryBytes: 129 * 2 ** 20 };
  assert.equal(memoryText(usage, { memoryBytes: 256 * 2 ** 20 }, words), '129 of 256 MB');
  assert.equal(memoryText(usage, { memoryBytes: 2 ** 30 }, words), '129 MB of 1 GB');
  assert.equal(memoryText(usage, {}, words), '129 MB');
  assert.equal(memoryText(undefined, {}, words), '');
});

test('fullness is shown from a third of the limit on, with a warning from two thirds on, never without a limit', () => {
  const at = (finished: number, most: number | null) => fullness({ finished, most });
  assert.deepEqual([at(0, 30), at(9, 30), at(10, 30)], ['empty', 'empty', 'filling']);
  assert.deepEqual([at(19, 30), at(20, 30), at(30, 30)], ['filling', 'nearly full', 'nearly full']);
  assert.equal(at(1000, null), 'empty');
  assert.equal(words.entries(1, 3), 'This desktop holds 1 of at most 3 finished launches.');
});

test('only existing limits are listed', () => {
  assert.equal(limitsText({ memoryBytes: 2 ** 28, cpus: 0.5 }, words), '256 MB · 0.5 CPU');
  assert.equal(limitsText({}, words), '');
});

test('the fix of a hint adds to the request and keeps the rest', () => {
  const detail = {
    runtime: 'pod_application',
    requested: { env: { DEBUG: '1' }, publicEnv: ['DEBUG'], args: ['--fast'] },
  } as const;
  const { env, publicEnv, args } = detail.requested;
  const mutable = { ...detail, requested: { env: { ...env }, publicEnv: [...publicEnv], args: [...args] } };
  assert.deepEqual(withRemedy(mutable, { label: 'x', env: { QT_X11_NO_MITSHM: '1' }, args: ['--fast', '--safe'] }), {
    runtime: 'pod_application',
    env: { DEBUG: '1', QT_X11_NO_MITSHM: '1' },
    args: ['--fast', '--safe'],
  });
  assert.equal(withRemedy(mutable, { label: 'x', runtime: 'ephemeral_container' }).runtime, 'ephemeral_container');
});

test('lines that report an error are highlighted', () => {
  assert.ok(looksBad('X Error of failed request:  BadShmSeg (invalid shared segment parameter)'));
  assert.ok(!looksBad('board loaded in 12 ms'));
});

test('a long log keeps its end, in order, and reports how much is dropped', () => {
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

test('a full block of the log is never replaced', () => {
  const line: LogLine = { at: null, stream: 'stdout', text: 'x' };
  const first = appended(
    emptyLog,
    Array.from({ length: 250 }, () => line),
  );
  const second = appended(first, [line]);
  assert.equal(second.blocks[0], first.blocks[0]);
  assert.notEqual(second.blocks[1], first.blocks[1]);
});

test('the form returns its initial request', () => {
  const requested = { env: { A: '1', B: 'two words' }, publicEnv: ['B'], args: ['--x', 'y z'] };
  assert.deepEqual(requestOf(formOf('pod_application', requested)), { runtime: 'pod_application', ...requested });
});

test('a value is public while its row is, but never one whose name looks like that of a secret', () => {
  const row = (name: string, isPublic?: boolean) => ({
    name,
    value: 'x',
    ...(isPublic === undefined ? {} : { isPublic }),
  });
  const rows = [
    row('CITY', true),
    row('PLANET', false),
    row('ZONE'),
    row('API_TOKEN', true),
    row(' SHIP ', true),
    row('', true),
  ];
  assert.deepEqual(publicNamesOf(rows), ['CITY', 'SHIP']);
  assert.deepEqual(publicNamesOf([row('CITY', true), row('CITY', false)]), [], 'the later row wins');
});

test('an invalid variable name is reported, an empty row is ignored', () => {
  const variables = (name: string, value: string) => [{ name, value }];
  assert.equal(invalidName(variables('1A', 'x')), '1A');
  assert.equal(invalidName(variables('', 'x')), '');
  assert.equal(invalidName(variables('', '')), null);
  assert.equal(invalidName(variables(' PATH ', 'x')), null);
});

test('sizes, times and percentages are formatted', () => {
  assert.deepEqual([bytes(2 ** 28), bytes(1.5 * 2 ** 30), bytes(2048)], ['256 MB', '1.5 GB', '2 kB']);
  assert.deepEqual(
    [duration(93.4), duration(1900), duration(125_000), duration(7_620_000)],
    ['93 ms', '1.9s', '2m 5s', '2h 7m'],
  );
  assert.equal(percent(0.034), '3%');
  assert.match(logTime('2026-01-01T14:36:02.114Z'), /^\d\d:36:02\.114$/);
});
