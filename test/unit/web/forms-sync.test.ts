/** Which of the two clipboards has the newer thing with several forms: the older one never replaces it. */
import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import type { ClipboardOffer } from '#protocol/clipboard.ts';
import { markOf, sameText } from '../../../web/screen/copied.ts';
import { FormsSync } from '../../../web/screen/forms-sync.ts';

const PICTURE = new Blob(['picture'], { type: 'image/png' });
/** The text that RFB announced is newer than this one. */
const text = { older: '', both: '' };
let sync: FormsSync;

function offer(id: string, more: Partial<ClipboardOffer> = {}): ClipboardOffer {
  return { id, types: ['image/png'], from: null, fresh: true, ...more };
}

const pasted = (more: { text?: string; picture?: Blob }) =>
  sync.newer({ text: null, html: null, picture: null, ...more });

/** A page that is open while something is copied in the desktop. */
beforeEach(() => {
  text.older = '';
  text.both = '';
  sync = new FormsSync('page', {
    isNewerHere: (one) => one !== text.older,
    isInBoth: (one) => one === text.both,
  });
  sync.begin();
  sync.offered(null);
});

test('what is copied in the desktop is taken once, and not if this page wrote it', () => {
  assert.equal(sync.offered(offer('1')), 'take');
  assert.equal(sync.offered(offer('1')), 'same');
  assert.equal(sync.offered(offer('2', { from: 'page' })), 'leave');
  assert.equal(sync.offered(offer('3', { from: 'another page' })), 'take');
});

test('what was copied before the page was opened, or before the server followed the desktop, is left there', () => {
  assert.equal(sync.offered(offer('1', { fresh: false })), 'leave');
  assert.equal(pasted({ picture: PICTURE }), 'here');
  sync.begin();
  assert.equal(sync.offered(offer('2')), 'leave');
  assert.equal(pasted({ picture: PICTURE }), 'here');
});

test('until it is taken, nothing from here is pasted over it, unless the user was elsewhere', () => {
  sync.offered(offer('1'));
  assert.equal(pasted({ picture: PICTURE }), 'there');
  sync.leave();
  assert.equal(pasted({ picture: PICTURE }), 'here');
});

test('once it is taken, a picture is compared with it, because a screenshot is made without leaving the page', () => {
  sync.offered(offer('1'));
  sync.took('1', '');
  assert.equal(pasted({ picture: PICTURE }), 'compare');
  assert.equal(pasted({ text: 'other' }), 'here');
});

test('once it is taken, its own text is not sent back, however the browser ends lines', () => {
  sync.offered(offer('1', { types: ['text/plain', 'text/html'] }));
  sync.took('1', 'one\ntwo');
  assert.equal(pasted({ text: 'one\r\ntwo' }), 'there');
  assert.equal(pasted({ text: 'three' }), 'here');
});

test('something taken too late doesn’t count for what was copied since', () => {
  sync.offered(offer('1'));
  sync.offered(offer('2'));
  sync.took('1', '');
  assert.equal(pasted({ picture: PICTURE }), 'there');
});

test('without forms in the desktop, text decides', () => {
  text.older = 'older';
  assert.equal(pasted({ text: 'older' }), 'there');
  assert.equal(pasted({ text: 'newer' }), 'here');
  assert.equal(pasted({ picture: PICTURE }), 'here');
});

test('the text of copied files doesn’t replace them, whoever copied them', () => {
  for (const from of ['page', null]) {
    sync.offered(offer(`of ${from}`, { from, types: ['text/plain', 'x-special/gnome-copied-files'] }));
    text.both = '/home/hermes/plan.odt';
    assert.equal(pasted({ text: '/home/hermes/plan.odt' }), 'there');
    assert.equal(pasted({ text: 'copied before' }), 'there');
    sync.leave();
    assert.equal(pasted({ text: '/home/hermes/plan.odt' }), 'there');
    assert.equal(pasted({ text: 'copied since' }), 'here');
    assert.equal(pasted({ picture: PICTURE }), 'here');
  }
});

test('files count as there as soon as this page sends them, unless that fails', () => {
  sync.sendsFiles(true);
  assert.equal(pasted({ text: 'copied before' }), 'there');
  sync.sendsFiles(false);
  assert.equal(pasted({ text: 'copied before' }), 'here');
  sync.sendsFiles(true);
  sync.offered(offer('1', { types: ['text/plain', 'text/html'] }));
  sync.took('1', 'of the desktop');
  assert.equal(pasted({ text: 'copied before' }), 'here');
});

test('the mark of what was sent changes with every form, type and byte', () => {
  const marks = [
    [{ type: 'text/plain', data: new Uint8Array([1]) }],
    [{ type: 'text/html', data: new Uint8Array([1]) }],
    [{ type: 'text/plain', data: new Uint8Array([2]) }],
    [{ type: 'text/plain', data: new Uint8Array([1, 0]) }],
  ] as const;
  assert.equal(new Set(marks.map((forms) => markOf(forms))).size, marks.length);
  assert.equal(sameText('a\r\nb', 'a\nb'), true);
});
