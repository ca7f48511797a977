/** No visible text stands outside the catalogues, and style sheets work in both directions. */
import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { test } from 'node:test';

const ROOT = resolve(import.meta.dirname, '../../..');
const read = (pattern: string) =>
  globSync(pattern, { cwd: ROOT, exclude: ['**/node_modules/**', '**/dist/**'] }).map((path) => ({
    path,
    text: readFileSync(join(ROOT, path), 'utf8'),
  }));

/** Names of keys, which `keyName` translates, or which are the same everywhere. */
const NAMES = new Set(['Esc', 'Tab']);
const BETWEEN_TAGS = />([^<>{}=;()&]*\p{L}{2}[^<>{}=;()&]*)</gu;
const ATTRIBUTE = /\b(?:title|aria-label|placeholder|alt|label)="([^"]*\p{L}[^"]*)"/gu;

/** Directions that don't turn with the page; `inset` and shorthands with four different sides are caught as well. */
const PHYSICAL =
  /(?:^|[^-\w])(?:(?:margin|padding|border)-)?(?:left|right)(?:-[a-z-]+)?\s*:|text-align:\s*(?:left|right)|float:|border-(?:top|bottom)-(?:left|right)-radius|\bto (?:left|right)\b/;
const SIDES = /^\s*(?:margin|padding|inset)\s*:\s*(\S+) (\S+) (\S+) (\S+);$/;

test('components have no text of their own: it comes from the catalogue', () => {
  const components = read('web/**/*.tsx');
  assert.ok(components.length > 50);
  const found = components.flatMap(({ path, text }) => {
    const code = text.replaceAll(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, '').replaceAll(/=>/g, '');
    return [...code.matchAll(BETWEEN_TAGS), ...code.matchAll(ATTRIBUTE)]
      .map(([, words]) => words?.trim() ?? '')
      .filter((words) => words !== '' && !NAMES.has(words))
      .map((words) => `${path}: ${words}`);
  });
  assert.deepEqual(found, []);
});

test('style sheets use start and end, or say in a comment before why a side is physical', () => {
  const sheets = read('web/**/*.css');
  assert.ok(sheets.length > 20);
  const found = sheets.flatMap(({ path, text }) => {
    const lines = text.split('\n');
    return lines.flatMap((line, at) => {
      const sides = SIDES.exec(line);
      const uneven = sides !== null && sides[2] !== sides[4];
      if (!uneven && !PHYSICAL.test(line.replaceAll(/\/\*.*?\*\//g, ''))) return [];
      return /\/\* physical: .+ \*\//.test(lines[at - 1] ?? '') ? [] : [`${path}:${at + 1}: ${line.trim()}`];
    });
  });
  assert.deepEqual(found, []);
});
