/**
 * docs/coming-from-abcdesktop.md explains each statement in the compatible system's documents that does not apply
 * literally. The list is in our words; the names are those that users of those documents search for.
 */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { test } from 'node:test';
import { z } from 'zod';

const ROOT = resolve(import.meta.dirname, '../../..');
const PAGE = join(ROOT, 'docs/coming-from-abcdesktop.md');

const Sentences = z.array(z.object({ sentence: z.string(), names: z.array(z.string()).min(1) }));
const sentences = Sentences.parse(
  JSON.parse(readFileSync(join(ROOT, 'test/fixtures/documented-sentences.json'), 'utf8')),
);
const page = readFileSync(PAGE, 'utf8');
/** Table rows line by line, and paragraphs without line breaks; sections are also kept as a whole. */
const sections = page.split(/^#+ /m).map((section) => section.replace(/\s+/g, ' '));

for (const { sentence, names } of sentences) {
  test(`explained: ${sentence}`, () => {
    const explained = sections.some((section) => names.every((name) => section.includes(name)));
    assert.ok(explained, `no section of the page contains all of: ${names.join(' · ')}`);
  });
}
