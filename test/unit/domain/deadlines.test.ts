import assert from 'node:assert/strict';
import { EventEmitter } from 'node:events';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { Deadline, isTimeout, until, waitAtMost, withDeadline } from '#domain/deadlines.ts';

const never = new Promise<never>(() => {});

test("work that exceeds its deadline is abandoned with the signal's reason", async () => {
  await assert.rejects(withDeadline(never, AbortSignal.timeout(1)), isTimeout);
  assert.equal(await withDeadline(Promise.resolve(3), AbortSignal.timeout(1000)), 3);
});

test('work that handles the signal can finish within its grace period', async () => {
  const signal = AbortSignal.timeout(1);
  const work = new Promise((resolve) => signal.addEventListener('abort', () => resolve('undone')));
  assert.equal(await withDeadline(work, signal, 1000), 'undone');
});

test('waiting with a limit ends with the fallback', async () => {
  assert.equal(await waitAtMost(1, never, 'fallback'), 'fallback');
  assert.equal(await waitAtMost(1000, Promise.resolve('result'), 'fallback'), 'result');
  await assert.rejects(waitAtMost(1000, Promise.reject(new Error('broken')), null), /broken/);
});

test('until resolves with the first result, now or after a change, and unsubscribes', async () => {
  const changes = new EventEmitter();
  const subscribe = (changed: () => void): (() => void) => {
    changes.on('change', changed);
    return () => void changes.off('change', changed);
  };
  let state: 'starting' | 'running' = 'starting';
  const running = until(subscribe, () => (state === 'running' ? state : undefined), AbortSignal.timeout(5000));
  changes.emit('change');
  state = 'running';
  changes.emit('change');
  assert.equal(await running, 'running');
  assert.equal(changes.listenerCount('change'), 0);
});

test('until rejects when the check fails or the signal aborts', async () => {
  const subscribe = () => () => {};
  const fails = (): never => {
    throw new Error('given up');
  };
  await assert.rejects(until(subscribe, fails, AbortSignal.timeout(5000)), /given up/);
  await assert.rejects(
    until(subscribe, () => undefined, AbortSignal.timeout(1)),
    isTimeout,
  );
  await assert.rejects(
    until(subscribe, () => undefined, AbortSignal.abort(new Error('stopped'))),
    /stopped/,
  );
});

test('a deadline aborts with its own reason, and never after it was disposed', async () => {
  const late = new Deadline(1, new Error('too late'));
  await assert.rejects(withDeadline(never, late.signal), /too late/);
  const early = new Deadline(1, new Error('too late'));
  early[Symbol.dispose]();
  await delay(5);
  assert.equal(early.signal.aborted, false);
});
