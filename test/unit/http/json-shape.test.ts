/** JSON that costs more than it weighs is refused before it is parsed. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { DeskpodError } from '#domain/errors.ts';
import { JsonShape } from '#http/json-shape.ts';

const MIB = 1024 * 1024;
const MOST_MARKS = 500_000;
/** What a socket is read in. */

function refusal(pieces: string | readonly string[], mostMarks = MOST_MARKS): string | null {
  const shape = new JsonShape(mostMarks);
  try {
    for (const piece of [pieces].flat()) shape.add(piece);
    return null;
  } catch (error) {
    if (error instanceof DeskpodError && error.code === 'invalid_request') return error.message;
    throw error;
  }
}

test('64 levels pass and 65 do not, whatever encloses what', () => {
  const nested = (levels: number) => `${'[{"a":'.repeat(levels / 2)}1${'}]'.repeat(levels / 2)}`;
  assert.equal(refusal(nested(64)), null);
  assert.match(refusal(nested(66)) ?? '', /more than 64 levels/);
  assert.equal(refusal(`[${'[],'.repeat(1000)}[]]`), null, 'neighbours are no levels');
});

test('brackets, commas and quotes in strings do not count', () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom('[', '{', '"', '\\', ',', 'é', ']'), { maxLength: 500 }), (characters) => {
      assert.equal(refusal(JSON.stringify({ [characters.join('')]: [characters.join('')] })), null);
    }),
  );
  assert.equal(refusal(JSON.stringify(Array.from({ length: 1000 }, () => '[[{{'))), null);
});

test('any document of few levels and marks passes', () => {
  fc.assert(fc.property(fc.json({ maxDepth: 8 }), (text) => refusal(text) === null));
});

test('however a text is cut into pieces, the answer is the same', () => {
  const characters = fc.constantFrom(
    '[',
    '{',
    ']',
    '}',
    '"',
    '\\',
    '\\\\',
    ',',
    'a',
    'é',
    '['.repeat(65),
    '[{'.repeat(32),
  );
  const pieces = fc.array(
    fc.array(characters, { maxLength: 6 }).map((some) => some.join('')),
    { maxLength: 40 },
  );
  fc.assert(
    fc.property(pieces, fc.integer({ min: 1, max: 100 }), (some, mostMarks) => {
      const text = some.join('');
      const whole = refusal(text, mostMarks);
      assert.equal(refusal(some, mostMarks), whole);
      assert.equal(refusal(text.split(''), mostMarks), whole, 'character by character');
    }),
    { numRuns: 2000 },
  );
});

test('14 MiB of brackets, and of empty arrays, are refused with the reason', () => {
  assert.match(refusal('['.repeat(14 * MIB)) ?? '', /levels/);
  assert.match(refusal(`[${'[],'.repeat(4 * MIB)}`) ?? '', /brackets, commas and quotes/);
});
