import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import fc from 'fast-check';
import { STORE_KEY_BYTES } from '#domain/ports/store.ts';
import { columnCipher } from '#store/column-cipher.ts';

const aCipher = () => columnCipher(randomBytes(STORE_KEY_BYTES));

test('what is encrypted is read again with the same key only', () => {
  const [cipher, other] = [aCipher(), aCipher()];
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (text) => {
      const stored = cipher.encrypt(text);
      assert.equal(cipher.decrypt(stored), text);
      assert.equal(other.decrypt(stored), null);
    }),
  );
});

test('the same text is stored differently each time, so equal secrets cannot be told', () => {
  const cipher = aCipher();
  assert.notEqual(cipher.encrypt('hunter2'), cipher.encrypt('hunter2'));
});

test('text that was changed or cut is not read', () => {
  const cipher = aCipher();
  const stored = cipher.encrypt('{"TOKEN":"hunter2"}');
  const body = stored.indexOf(':', stored.indexOf(':') + 1) + 1;
  fc.assert(
    fc.property(fc.integer({ min: body, max: stored.length - 1 }), (position) => {
      const other = stored[position] === 'A' ? 'B' : 'A';
      const changed = `${stored.slice(0, position)}${other}${stored.slice(position + 1)}`;
      // The last character of base64 has bits that mean nothing.
      if (Buffer.from(changed.slice(body), 'base64').equals(Buffer.from(stored.slice(body), 'base64'))) return;
      assert.equal(cipher.decrypt(changed), null);
    }),
  );
  for (const length of [body, body + 4, stored.length - 4]) assert.equal(cipher.decrypt(stored.slice(0, length)), null);
});

test('text of an older server is read as it is', () => {
  assert.equal(aCipher().decrypt('{"A":"1"}'), '{"A":"1"}');
});

test('a key of another length is refused', () => {
  assert.throws(() => columnCipher(randomBytes(16)), /16 bytes instead of 32/);
});
