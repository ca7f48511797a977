/** How a print is presented when it arrives. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  isPrintNotice,
  missedIdOf,
  noticeIdOf,
  printOfNotice,
  wayToPresent,
} from '../../../web/prints/present-print.ts';

const usual = { missed: false, automatic: true, able: true, inFront: true, dialogOpen: false };

test('the print dialog opens by itself in the page that is in front', () => {
  assert.equal(wayToPresent(usual), 'dialog');
});

test('everything else is a notice', () => {
  assert.equal(wayToPresent({ ...usual, missed: true }), 'notice', 'made while nobody was there');
  assert.equal(wayToPresent({ ...usual, automatic: false }), 'notice', 'as the user prefers');
  assert.equal(wayToPresent({ ...usual, able: false }), 'notice', 'a phone');
  assert.equal(wayToPresent({ ...usual, inFront: false }), 'notice', 'behind another window');
});

test('several at once are presented one after the other', () => {
  assert.equal(wayToPresent({ ...usual, inFront: false, dialogOpen: true }), 'queue');
  assert.equal(wayToPresent({ ...usual, automatic: false, dialogOpen: true }), 'notice');
});

test('the notice knows its print, whatever its name', () => {
  const print = { name: 'a letter to Leela.pdf', changedAt: '2026-11-30T10:00:00.000Z' };
  assert.equal(printOfNotice(noticeIdOf(print)), print.name);
  assert.equal(printOfNotice(missedIdOf(print)), null);
  assert.deepEqual([noticeIdOf(print), missedIdOf(print), 'here-1'].map(isPrintNotice), [true, true, false]);
});
