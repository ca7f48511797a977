/** How often work runs while events come in bursts. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Paced } from '#domain/paced.ts';

test('a burst of requests causes one run at once and one after the gap, never two at a time', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  let now = 0;
  const starts: number[] = [];
  let finish = (): void => {};
  const work = async (): Promise<void> => {
    starts.push(now);
    await new Promise<void>((resolve) => (finish = resolve));
  };
  const paced = new Paced(
    () => 30,
    work,
    () => now,
  );
  const pass = async (ms: number): Promise<void> => {
    now += ms;
    t.mock.timers.tick(ms);
    await new Promise(setImmediate);
  };
  for (let index = 0; index < 50; index++) paced.request();
  await pass(0);
  assert.deepEqual(starts, [0], 'the first is not delayed');
  for (let index = 0; index < 50; index++) paced.request();
  await pass(100);
  assert.deepEqual(starts, [0], 'the next one waits for the first to end');
  finish();
  await pass(0);
  await pass(29);
  assert.deepEqual(starts, [0], 'and for the gap');
  await pass(1);
  assert.deepEqual(starts, [0, 130]);
  finish();
  await pass(0);
  paced.request();
  paced.stop();
  await pass(1000);
  assert.equal(starts.length, 2, 'nothing runs after it stopped');
});
