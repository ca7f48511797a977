/** Questions about taken names: one at a time, and once for all if the user says so. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Conflicts, type Question } from '../../../../web/files/conflicts.ts';

function asking() {
  const seen: (Question | null)[] = [];
  const conflicts = new Conflicts((question) => seen.push(question));
  return { conflicts, shown: () => seen.at(-1) ?? null };
}

test('questions are asked one after another', async () => {
  const { conflicts, shown } = asking();
  const answers = [conflicts.ask('a', true), conflicts.ask('b', true)];
  assert.deepEqual(shown(), { name: 'a', replaceable: true, waiting: 1 });
  conflicts.answer('both', false);
  assert.deepEqual(shown(), { name: 'b', replaceable: true, waiting: 0 });
  conflicts.answer('skip', false);
  assert.equal(shown(), null);
  assert.deepEqual(await Promise.all(answers), ['both', 'skip']);
});

test('an answer for all is also that of those that wait and those that come later', async () => {
  const { conflicts, shown } = asking();
  const answers = [conflicts.ask('a', true), conflicts.ask('b', true)];
  conflicts.answer('skip', true);
  assert.equal(shown(), null);
  assert.deepEqual(await Promise.all([...answers, conflicts.ask('c', true)]), ['skip', 'skip', 'skip']);
});

test('a folder is never replaced, even if everything is to be', async () => {
  const { conflicts, shown } = asking();
  const first = conflicts.ask('a', true);
  conflicts.answer('replace', true);
  const folder = conflicts.ask('folder', false);
  assert.equal(shown()?.name, 'folder');
  conflicts.answer('both', false);
  assert.deepEqual(await Promise.all([first, folder]), ['replace', 'both']);
});

test('closing the question postpones all of them', async () => {
  const { conflicts, shown } = asking();
  const answers = [conflicts.ask('a', true), conflicts.ask('b', true)];
  conflicts.answer('later', false);
  assert.equal(shown(), null);
  assert.deepEqual(await Promise.all(answers), ['later', 'later']);
});
