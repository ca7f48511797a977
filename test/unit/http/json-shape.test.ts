/** JSON that costs more than it weighs is refused before it is parsed. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { DeskpodError } from '#domain/errors.ts';
import { checkJsonShape } from '#http/json-shape.ts';

const MIB = 1024 * 1024;

function refusal(text: string): string | null {
  try {
    checkJsonShape(text);
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

test('14 MiB of brackets, of empty arrays and of quotes cost well under 100 ms', () => {
  for (const piece of ['[', '[],', '{"":', '"\\', '"', '\\']) {
    // As the parser of a body gets it, in one piece.
    const text = Buffer.from(piece.repeat((14 * MIB) / piece.length)).toString();
    const begun = process.cpuUsage();
    refusal(text);
    const { user } = process.cpuUsage(begun);
    assert.ok(user < 100_000, `${piece}: ${user / 1000} ms`);
  }
  assert.match(refusal('['.repeat(14 * MIB)) ?? '', /levels/);
  assert.match(refusal(`[${'[],'.repeat(4 * MIB)}`) ?? '', /brackets, commas and quotes/);
});
