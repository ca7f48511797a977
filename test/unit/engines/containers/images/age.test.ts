import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ageWarnings } from '#engines/containers/images/age.ts';

const NOW = new Date('2026-03-01T00:00:00Z');

test('administrators are warned of images older than 30 days, with the command that builds them again', () => {
  const [warning] = ageWarnings(new Date('2026-01-29T00:00:00Z'), NOW);
  assert.match(warning?.text ?? '', /^Images were built 31 days ago/);
  assert.deepEqual(warning?.commands, ['npm run images -- --refresh']);
});

test('newer images, and none, cause no warning', () => {
  assert.deepEqual(ageWarnings(new Date('2026-01-30T00:00:00Z'), NOW), []);
  assert.deepEqual(ageWarnings(null, NOW), []);
});
