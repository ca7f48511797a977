/** Addresses below the page's base, and shells that follow lost ones. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CloseCode } from '#protocol/screen.ts';
import { parting, reopenDelay } from '../../web/terminal/reopen.ts';
import { addressBelow, socketBelow } from '../../web/ui/below.ts';

const first = () => 0;

test('every address is below the base, however it is written', () => {
  for (const base of ['https://desk.example/', 'https://desk.example/desk/'])
    for (const path of ['api/v1/session', '/api/v1/session'])
      assert.equal(addressBelow(base, path).href, `${base}api/v1/session`);
});

test('pictures that are their own address stay as they are', () => {
  const picture = 'data:image/png;base64,iVBORw0KGgo=';
  assert.equal(addressBelow('https://desk.example/desk/', picture).href, picture);
});

test('sockets are as secret as the page', () => {
  assert.equal(socketBelow('https://a.example/desk/', '/api/v1/screen').href, 'wss://a.example/desk/api/v1/screen');
  assert.equal(socketBelow('http://127.0.0.1:30443/', '/api/v1/screen').href, 'ws://127.0.0.1:30443/api/v1/screen');
});

test('a shell that a restart took is followed by a new one at once, then after short pauses, not for ever', () => {
  const pauses = [0, 1, 2, 3].map((attempt) => reopenDelay(CloseCode.serverStopping, true, attempt, first));
  assert.deepEqual(pauses, [0, 100, 250, 500]);
  assert.equal(reopenDelay(1006, true, 8, first), null);
});

test('a shell that ended, was refused or lost its session or desktop is not followed by another', () => {
  for (const code of [CloseCode.normal, CloseCode.sessionEnded, CloseCode.desktopGone, CloseCode.tooBig])
    assert.equal(reopenDelay(code, true, 0), null);
  assert.equal(reopenDelay(1006, false, 0), null);
});

test('the new shell begins with the terminal as new and says so', () => {
  const text = parting('new shell');
  assert.ok(text.startsWith('\u001B[?1049l'));
  assert.match(text, /── new shell ──.*\r\n$/);
});
