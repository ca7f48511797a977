/** When a viewer's picture is decided by the gateway, and when everything passes unchanged. */
import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { ViewerPicture, wishOf } from '#gateway/picture/viewer-picture.ts';
import { RfbError } from '#gateway/rfb/error.ts';
import { serverInit } from '../../../fixtures/rfb-stream.ts';

/** Tight, JPEG of quality 8. */
const SET_ENCODINGS = Buffer.from([2, 0, 0, 2, 0, 0, 0, 7, 255, 255, 255, 232]);
/** Tight without JPEG, compression 1. */
const SHARP = Buffer.from([2, 0, 0, 2, 0, 0, 0, 7, 255, 255, 255, 1]);
const BELL = Buffer.from([2]);

function stage(t: TestContext, init = serverInit()) {
  const told: Buffer[] = [];
  const lost: string[] = [];
  const picture = new ViewerPicture(init, {
    tell: (bytes) => told.push(bytes),
    onLost: (error) => lost.push(error.message),
    onFilled: () => {},
    onScreens: () => {},
    onLayoutRefused: () => {},
    onScreenMissing: (screen) => lost.push(`screen ${screen}`),
  });
  t.after(() => picture.end());
  return { picture, told, lost };
}

test('a viewer without a wish gets everything unchanged', (t) => {
  const { picture, told } = stage(t);
  assert.equal(picture.fromViewer('set_encodings', SET_ENCODINGS), SET_ENCODINGS);
  assert.equal(picture.toViewer(BELL)[0], BELL);
  assert.deepEqual(told, []);
});

test('a viewer that wants a sharp picture is one that accepts no JPEG, for the desktop', (t) => {
  const { picture, told } = stage(t);
  picture.want({ kind: 'picture', picture: 'sharp' });
  assert.deepEqual(picture.fromViewer('set_encodings', SET_ENCODINGS), SHARP);
  picture.want({ kind: 'picture', picture: 'sharp' });
  assert.deepEqual(told, []);
  picture.want({ kind: 'picture', picture: 'frugal' });
  assert.equal(told.length, 1);
});

test('the first wish must come before anything else', (t) => {
  const { picture } = stage(t);
  picture.toViewer(BELL);
  assert.throws(() => picture.want({ kind: 'picture', picture: 'sharp' }), RfbError);
});

test('a desktop with a strange pixel format passes unchanged, and its viewer may go on wishing', (t) => {
  const { picture, lost } = stage(t, Buffer.alloc(24));
  picture.want({ kind: 'picture', picture: 'sharp' });
  picture.want({ kind: 'picture', picture: 'auto' });
  assert.equal(picture.fromViewer('set_encodings', SET_ENCODINGS), SET_ENCODINGS);
  assert.equal(lost.length, 1);
});

test('a text message that is no wish is refused', () => {
  assert.deepEqual(wishOf(Buffer.from('{"kind":"picture","picture":"frugal"}')), {
    kind: 'picture',
    picture: 'frugal',
  });
  for (const text of ['', '{', 'null', '{"kind":"picture","picture":"golden"}', `{"kind":"${'x'.repeat(300)}"}`]) {
    assert.throws(() => wishOf(Buffer.from(text)), RfbError);
  }
});
