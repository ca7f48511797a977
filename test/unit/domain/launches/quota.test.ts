/** A user runs at most as many launches as the limit, also if all are requested at once. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LaunchQuota } from '#domain/launches/quota.ts';
import { failsWith } from '../../../fixtures/fails-with.ts';

test('requests that have not been stored yet count, a failed one no longer, and a refusal names the setting', async () => {
  const quota = new LaunchQuota({ all: () => [] }, 2);
  const gates = [Promise.withResolvers<string>(), Promise.withResolvers<string>()];
  const begun = gates.map(({ promise }) => quota.within('fry', () => promise));
  assert.deepEqual(quota.of('fry'), { used: 2, limit: 2 });
  const never = async (): Promise<never> => assert.fail('not begun');
  await assert.rejects(quota.within('fry', never), failsWith('too_many_open', /2 of your apps .*launches\.perUser/));
  assert.equal(await quota.within('leela', async () => 'begun'), 'begun');
  gates[0]?.reject(new Error('the engine is away'));
  await assert.rejects(begun[0] ?? assert.fail());
  assert.equal(quota.of('fry').used, 1);
  gates[1]?.resolve('begun');
  assert.equal(await begun[1], 'begun');
  assert.deepEqual(quota.of('fry'), { used: 0, limit: 2 });
});
