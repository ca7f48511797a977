import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { escapedLine, printableLine, printableText } from '#protocol/printable.ts';

const UNSAFE = ['\u001B[2J', '\u009B31m', '\r', '\u202E', '\u2066', '\u2028', '\u0000'];
const text = fc
  .array(fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom(...UNSAFE, '\n', '\t')))
  .map((parts) => parts.join(''));

test('nothing that moves the cursor or changes the direction of the text is printed', () => {
  fc.assert(
    fc.property(text, (given) => {
      assert.doesNotMatch(printableLine(given), /[\p{Cc}\p{Zl}\p{Zp}\u202A-\u202E\u2066-\u2069]/u);
      assert.doesNotMatch(printableText(given), /(?![\t\n])[\p{Cc}\p{Zl}\p{Zp}\u202A-\u202E\u2066-\u2069]/u);
    }),
  );
});

test('words and emoji that are written with joiners stay whole', () => {
  for (const word of ['می\u200Cخواهم', '👩\u200D💻', 'Zoë', '日本']) assert.equal(printableLine(word), word);
});

test('escaped JSON is the same value', () => {
  fc.assert(
    fc.property(text, (given) => {
      const line = escapedLine(JSON.stringify(given));
      assert.deepEqual(JSON.parse(line), given);
      assert.doesNotMatch(line, /\p{Cc}/u);
    }),
  );
});
