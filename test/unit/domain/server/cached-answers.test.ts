import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CachedAnswers } from '#domain/server/cached-answers.ts';

test('an answer counts for a moment, and for minutes while the store is away', async (t) => {
  let milliseconds = 0;
  t.mock.method(performance, 'now', () => milliseconds);
  const answers = new CachedAnswers<number>();
  let answer = async (): Promise<number> => 1;
  const ask = () => answers.get('key', () => answer());
  assert.equal(await ask(), 1);
  answer = async () => 2;
  milliseconds = 1_999;
  assert.equal(await ask(), 1);
  milliseconds = 2_000;
  assert.equal(await ask(), 2);
  answer = () => Promise.reject(new Error('the store is away'));
  milliseconds = 250_000;
  assert.equal(await ask(), 2);
  await assert.rejects(
    answers.get('another', () => answer()),
    /away/,
  );
  milliseconds = 303_000;
  await assert.rejects(ask(), /away/);
});

test('an answer to a question from before everything was forgotten is not kept', async () => {
  const answers = new CachedAnswers<string>();
  const slow = Promise.withResolvers<string>();
  const first = answers.get('key', () => slow.promise);
  answers.forget();
  slow.resolve('old');
  assert.equal(await first, 'old');
  assert.equal(await answers.get('key', async () => 'new'), 'new');
});
