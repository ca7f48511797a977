/** Sizes of clipboard messages, parsing of outgoing messages, and the size of a shared desktop. */
import assert from 'node:assert/strict';
import { beforeEach, suite, test, type TestContext } from 'node:test';
import * as fc from 'fast-check';
import { MAX_CLIPBOARD_BYTES } from '#protocol/screen.ts';
import { CopyTimeout } from '../../../web/screen/copy-timeout.ts';
import { clipboardBytes, isTooLarge } from '../../../web/screen/clipboard-bytes.ts';
import { ClientMessages } from '../../../web/screen/client-messages.ts';
import { REQUEST_GAP_MS, SizeRequest } from '../../../web/screen/size-request.ts';
import { size } from '../../../web/ui/format.ts';

test('the size of a text includes UTF-8, CRLF at the end of each line and a final NUL', () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom('a', 'é', '世', '😀', '\r', '\n', '\r\n') }), (text) => {
      const wire = `${text.replaceAll(/\r\n|\r|\n/g, '\r\n')}\0`;
      assert.equal(clipboardBytes(text), Buffer.byteLength(wire));
    }),
  );
});

test('the limit applies to bytes, not characters', () => {
  assert.equal(isTooLarge('a'.repeat(MAX_CLIPBOARD_BYTES - 1)), false);
  assert.equal(isTooLarge('a'.repeat(MAX_CLIPBOARD_BYTES)), true);
  assert.equal(isTooLarge('世'.repeat(MAX_CLIPBOARD_BYTES / 3 + 1)), true);
  assert.equal(isTooLarge('\n'.repeat(MAX_CLIPBOARD_BYTES / 2)), true);
});

test('a size above the limit is not shown as equal to it', () => {
  assert.equal(size(MAX_CLIPBOARD_BYTES, 'en'), '1 MiB');
  assert.equal(size(MAX_CLIPBOARD_BYTES + 1, 'en'), '1.1 MiB');
  assert.equal(size(3.1 * 1024 * 1024, 'en'), '3.1 MiB');
});

test('keys and clipboard messages are distinguished, and text is never mistaken for keys', () => {
  const key = Uint8Array.of(4, 1, 0, 0, 0, 0, 0, 97);
  const qemu = Uint8Array.of(255, 0, 0, 1, 0, 0, 0, 97, 0, 0, 0, 30);
  const extended = (action: number): Uint8Array => Uint8Array.of(6, 0, 0, 0, 255, 255, 255, 252, action, 0, 0, 1);
  const outgoing = new ClientMessages();
  const read = (piece: Uint8Array): string => outgoing.read(piece);
  assert.deepEqual([key, qemu, extended(1), extended(2), extended(8)].map(read), [
    'key',
    'key',
    'clipboard_caps',
    'clipboard_request',
    'other',
  ]);
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 200 }), { minLength: 1, maxLength: 20 }), (pieces) => {
      const length = pieces.reduce((sum, piece) => sum + piece, 0);
      const head = Uint8Array.of(6, 0, 0, 0, 0, 0, length >> 8, length & 255);
      assert.equal(outgoing.read(head), 'other');
      for (const piece of pieces) assert.equal(outgoing.read(new Uint8Array(piece).fill(4)), 'other');
      assert.equal(outgoing.read(key), 'key');
    }),
  );
});

test('announced text that does not arrive is reported after seconds, unless it is still being transferred', (t: TestContext) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  let missed = 0;
  const copy = new CopyTimeout(() => (missed += 1));
  copy.asked();
  t.mock.timers.tick(2_000);
  for (let second = 0; second < 20; second += 1) {
    copy.received(50_000);
    t.mock.timers.tick(1_000);
  }
  assert.equal(missed, 0);
  copy.settled();
  t.mock.timers.tick(60_000);
  assert.equal(missed, 0);
  copy.asked();
  t.mock.timers.tick(2_000);
  t.mock.timers.tick(999);
  assert.equal(missed, 0);
  t.mock.timers.tick(1);
  assert.equal(missed, 1);
});

test('missing text is also reported during screen updates, once the largest text would have arrived', (t: TestContext) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  let missed = 0;
  const copy = new CopyTimeout(() => (missed += 1));
  copy.asked();
  for (let second = 0; second < 60; second += 1) {
    copy.received(500_000);
    t.mock.timers.tick(1_000);
  }
  assert.equal(missed, 0);
  for (let second = 0; second < 10; second += 1) {
    copy.received(500_000);
    t.mock.timers.tick(1_000);
  }
  assert.equal(missed, 1);
});

suite('the size of a shared desktop', () => {
  let clock = 0;
  let owner = '';
  let changes = 0;
  let timers: { at: number; run: () => void }[] = [];
  const viewer = (name: string): SizeRequest =>
    new SizeRequest({
      now: () => clock,
      later: (ms, run) => timers.push({ at: clock + ms, run }),
      size: () => owner,
      ask: () => {
        if (owner === name) return false;
        changes += 1;
        owner = name;
        return true;
      },
    });
  const pass = (ms: number): void => {
    for (const until = clock + ms; clock < until; clock += 10) {
      const due = timers.filter(({ at }) => at <= clock);
      timers = timers.filter(({ at }) => at > clock);
      for (const { run } of due) run();
    }
  };
  beforeEach(() => {
    clock = 0;
    owner = '';
    changes = 0;
    timers = [];
  });

  test('two simultaneous users change it a limited number of times', () => {
    const [office, home] = [viewer('office'), viewer('home')];
    for (let key = 0; key < 600; key += 1) {
      pass(50);
      office.send();
      pass(50);
      home.send();
    }
    assert.ok(changes <= (2 * clock) / REQUEST_GAP_MS + 2, `${changes} changes in a minute`);
    pass(REQUEST_GAP_MS);
    office.send();
    assert.equal(owner, 'office');
  });

  test('a click soon after the last change takes effect at the end of the gap', () => {
    const [office, home] = [viewer('office'), viewer('home')];
    office.send();
    pass(1_000);
    home.send();
    pass(500);
    office.send();
    assert.equal(owner, 'home');
    pass(REQUEST_GAP_MS);
    assert.equal(owner, 'office');
  });

  test('a waiting click is dropped if another user used the desktop after it', () => {
    const [office, home, train] = [viewer('office'), viewer('home'), viewer('train')];
    office.send();
    pass(500);
    home.send();
    pass(500);
    office.send();
    pass(500);
    train.send();
    pass(REQUEST_GAP_MS);
    assert.equal(owner, 'train');
  });

  test('using a desktop that has this window’s size starts no gap', () => {
    const [office, home] = [viewer('office'), viewer('home')];
    office.send();
    pass(REQUEST_GAP_MS);
    office.send();
    home.send();
    office.send();
    assert.equal(owner, 'office');
  });
});
