/** Which prints are new to a user. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isNew, markerFrom, markShown, newPrints } from '#domain/desktops/print-marker.ts';

const NOW = new Date('2026-11-30T12:00:00Z');
const at = (second: number, name = `${second}.pdf`) => ({
  name,
  bytes: 9,
  changedAt: new Date(NOW.getTime() - 60_000 + second * 1000).toISOString(),
});
const start = markerFrom(new Date(NOW.getTime() - 60_000));

test('prints that were made since the desktop was are new, oldest first; earlier files are not', () => {
  const found = newPrints([at(9), at(2), at(-5)], start, NOW);
  assert.deepEqual(
    found.map(({ name }) => name),
    ['2.pdf', '9.pdf'],
  );
});

test('what was shown is no longer new, nor what is older; a second print of the same second is', () => {
  const marker = markShown(start, at(5, 'a.pdf'), NOW);
  assert.deepEqual(
    newPrints([at(4), at(5, 'a.pdf'), at(5, 'b.pdf'), at(6)], marker, NOW).map(({ name }) => name),
    ['b.pdf', '6.pdf'],
  );
  assert.deepEqual(newPrints([at(5, 'a.pdf'), at(5, 'b.pdf')], markShown(marker, at(5, 'b.pdf'), NOW), NOW), []);
});

test('a file that is written again is new', () => {
  const marker = markShown(start, at(5, 'a.pdf'), NOW);
  assert.equal(isNew(at(7, 'a.pdf'), marker, NOW), true);
});

test('a file whose time is far in the future is never new, and does not hide later prints', () => {
  const future = at(10 * 365 * 86_400);
  assert.equal(isNew(future, start, NOW), false);
  assert.deepEqual(markShown(start, future, NOW), start);
});

test('showing an older print does not make newer ones new again', () => {
  const marker = markShown(start, at(9), NOW);
  assert.deepEqual(markShown(marker, at(3), NOW), marker);
});
