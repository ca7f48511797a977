/** Notices that offer a link for the user's own browser. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { linkIn, linkNotice } from '../../../web/state/link-notices.ts';
import { emptyBoard, post } from '../../../web/state/world.ts';

test('a notice has its link, whatever is in it; others have none', () => {
  const url = 'https://example.org/?a=1 2&b= link 3';
  assert.equal(linkIn(linkNotice(12, url, 'Open?', new Date())), url);
  assert.equal(linkIn({ id: 'here-1' }), null);
});

test('the same link is offered again when it is asked for again', () => {
  const one = linkNotice(1, 'https://a/', 'Open?', new Date());
  const two = linkNotice(2, 'https://a/', 'Open?', new Date());
  assert.equal(post(post(emptyBoard, one), two).unread.length, 2);
});
