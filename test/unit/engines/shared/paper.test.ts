/** The usual paper where a user lives. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { regionalEnvironment } from '#domain/desktops/region.ts';
import { paperOf } from '#engines/shared/paper.ts';

test("the paper is that of the territory of the browser's first language", () => {
  const paper = (...languages: string[]) => paperOf(regionalEnvironment({ timezone: null, languages }));
  for (const tag of ['en-US', 'en', 'en-CA', 'fr-CA', 'es-MX', 'es-419', 'fil'])
    assert.equal(paper(tag), 'Letter', tag);
  for (const tag of ['de', 'en-GB', 'es', 'ja', 'pt-BR', 'ar']) assert.equal(paper(tag), 'A4', tag);
  assert.equal(paper('de-AT', 'en-US'), 'A4');
  assert.equal(paper(), 'A4');
});
