import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ignore, onIgnored } from '#protocol/ignore.ts';

test('the listener gets an ignored error with the reason', async () => {
  const heard: string[] = [];
  const stop = onIgnored((reason, message) => heard.push(`${reason}: ${message}`));
  await Promise.reject(new Error('ENOENT')).catch(ignore('the folder is already gone'));
  stop();
  await Promise.reject(new Error('later')).catch(ignore('nobody listens'));
  assert.deepEqual(heard, ['the folder is already gone: ENOENT']);
});

test('an ignored error can have a fallback', async () => {
  const read: Promise<string> = Promise.reject(new Error('ENOENT'));
  assert.equal(await read.catch(ignore('no file yet', 'fallback')), 'fallback');
});
