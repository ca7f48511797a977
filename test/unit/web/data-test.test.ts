/** The `data-test` attributes that browser tests look for exist in the UI. */
import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { test } from 'node:test';

const ROOT = resolve(import.meta.dirname, '../../..');

const read = (pattern: string): string =>
  globSync(pattern, { cwd: ROOT, exclude: ['**/node_modules/**', '**/dist/**'] })
    .map((path) => readFileSync(join(ROOT, path), 'utf8'))
    .join('\n');

/** The first group of each match. */
const found = (text: string, pattern: RegExp): string[] =>
  [...text.matchAll(pattern)].flatMap(([, name]) => name ?? []);

test('browser tests look for data-test attributes that the UI has', () => {
  const ui = read('web/**/*.tsx');
  const names = new Set([
    ...found(ui, /(?:data-test|test|kind)="([^"]+)"/g),
    ...found(ui, /(?:test: |test \?\? )'([^']+)'/g),
    ...found(ui, /test=\{\w+ \? '([^']+)'/g),
    ...found(ui, /test=\{\w+ \? '[^']+' : '([^']+)'/g),
    ...found(read('web/**/*.ts'), /dataset\['test'\] = '([^']+)'/g),
  ]);
  // Parts of templates such as `page-${page}`.
  const patterns = found(ui, /test(?:=\{|': )`([^`]+)`/g).map(
    (template) => new RegExp(`^${template.replaceAll(/\$\{[^}]*\}/g, '.+')}$`),
  );
  const tests = read('test/{e2e,kubernetes,images}/**/*.ts');
  const wanted = new Set([...found(tests, /data-test="([^"$]+)"/g), ...found(tests, /\.find\(\s*'([a-z][a-z-]*)'/g)]);
  assert.ok(wanted.size > 100, `only ${wanted.size} found`);
  const missing = [...wanted].filter((name) => !names.has(name) && !patterns.some((pattern) => pattern.test(name)));
  assert.deepEqual(missing, []);
});
