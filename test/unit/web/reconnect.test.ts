/** URLs relative to the page's base, and reconnecting shells. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CloseCode } from '#protocol/screen.ts';
import { separator, reopenDelay } from '../../../web/terminal/reopen.ts';
import { relativeUrl, relativeSocketUrl } from '../../../web/ui/relative-url.ts';

const first = () => 0;

test('every URL is relative to the base', () => {
  for (const base of ['https://desk.example/', 'https://desk.example/desk/'])
    for (const path of ['api/v1/session', '/api/v1/session'])
      assert.equal(relativeUrl(base, path).href, `${base}api/v1/session`);
});

test('data URLs of images stay unchanged', () => {
  const picture = 'data:image/png;base64,iVBORw0KGgo=';
  assert.equal(relativeUrl('https://desk.example/desk/', picture).href, picture);
});

test('WebSockets use TLS if the page does', () => {
  assert.equal(
    relativeSocketUrl('https://a.example/desk/', '/api/v1/screen').href,
    'wss://a.example/desk/api/v1/screen',
  );
  assert.equal(
    relativeSocketUrl('http://127.0.0.1:30443/', '/api/v1/screen').href,
    'ws://127.0.0.1:30443/api/v1/screen',
  );
});

test('a shell lost in a restart is reopened at once, then after short delays, not forever', () => {
  const pauses = [0, 1, 2, 3].map((attempt) => reopenDelay(CloseCode.serverStopping, true, attempt, first));
  assert.deepEqual(pauses, [0, 100, 250, 500]);
  assert.equal(reopenDelay(1006, true, 8, first), null);
});

test('a shell that ended, was refused or lost its session or desktop is not reopened', () => {
  for (const code of [CloseCode.normal, CloseCode.sessionEnded, CloseCode.desktopGone, CloseCode.tooBig])
    assert.equal(reopenDelay(code, true, 0), null);
  assert.equal(reopenDelay(1006, false, 0), null);
});

test('a new shell resets the terminal and says so', () => {
  const text = separator('new shell');
  assert.ok(text.startsWith('\u001B[?1049l'));
  assert.match(text, /── new shell ──.*\r\n$/);
});
