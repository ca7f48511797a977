import assert from 'node:assert/strict';
import { test } from 'node:test';
import { TraceRecorder } from '#domain/desktops/start-trace.ts';

function recorder(kind: 'cold' | 'warm' = 'cold') {
  let now = 0;
  return { trace: new TraceRecorder(kind, null, () => now), pass: (ms: number) => void (now += ms) };
}

test('each step of the start trace lasts until the next one starts', () => {
  const { trace, pass } = recorder();
  trace.begin('authorise');
  pass(4);
  trace.begin('image');
  pass(1);
  trace.begin('home');
  pass(10);
  trace.begin('create');
  pass(90);
  const { steps, totalMs } = trace.snapshot();
  assert.deepEqual(
    steps.slice(0, 4).map(({ name, state, ms }) => [name, state, ms]),
    [
      ['authorise', 'done', 4],
      ['image', 'done', 1],
      ['home', 'done', 10],
      ['create', 'running', 90],
    ],
  );
  assert.equal(totalMs, 105);
});

test('a failed step is marked as failed, and later ones remain waiting', () => {
  const { trace, pass } = recorder();
  trace.begin('authorise');
  trace.begin('create');
  pass(50);
  trace.fail();
  const { steps } = trace.snapshot();
  assert.equal(steps.find(({ name }) => name === 'create')?.state, 'failed');
  assert.equal(steps.find(({ name }) => name === 'display')?.state, 'waiting');
});

test('the first pixel completes the trace once', () => {
  const { trace, pass } = recorder('warm');
  trace.begin('first_pixel');
  pass(30);
  assert.equal(trace.firstPixel(21.37), true);
  pass(1000);
  assert.equal(trace.firstPixel(999), false);
  assert.equal(trace.snapshot().totalMs, 30);
  assert.equal(trace.snapshot().browserMs, 21.4, 'the first measurement of the browser');
});

test('details of a step are reported while it runs and deleted when it is done', () => {
  const { trace } = recorder();
  trace.begin('image');
  trace.detail('building layer 3 of 5');
  assert.equal(trace.snapshot().steps.find(({ name }) => name === 'image')?.detail, 'building layer 3 of 5');
  trace.begin('home');
  assert.equal(trace.snapshot().steps.find(({ name }) => name === 'image')?.detail, undefined);
});
