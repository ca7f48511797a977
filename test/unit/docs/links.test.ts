/** Links in the documents point to existing files and headings. */
import assert from 'node:assert/strict';
import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { test } from 'node:test';

const ROOT = resolve(import.meta.dirname, '../../..');
const pages = globSync(['*.md', 'docs/*.md', 'docs/decisions/*.md', 'catalogue/*.md'], { cwd: ROOT }).filter(
  // Its entries are history: files may move later.
  (page) => page !== 'CHANGELOG.md',
);

for (const page of pages) {
  test(`the links of ${page} are valid`, () => {
    const text = readFileSync(join(ROOT, page), 'utf8');
    const links = [...text.matchAll(/\]\((?!https?:)([^)#\s]*)(?:#([^)\s]*))?\)/g)];
    const broken = links.filter(([, file = '', anchor]) => {
      const target = file === '' ? join(ROOT, page) : join(ROOT, dirname(page), file);
      return !existsSync(target) || (anchor !== undefined && !anchorsOf(readFileSync(target, 'utf8')).has(anchor));
    });
    assert.deepEqual(
      broken.map(([link]) => link),
      [],
    );
  });
}

/** Anchors that code hosts generate from headings, and explicit ones. */
function anchorsOf(text: string): ReadonlySet<string> {
  const headings = [...text.matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) => slug(heading));
  const named = [...text.matchAll(/<a id="([^"]+)">/g)].map(([, id = '']) => id);
  return new Set([...headings, ...named]);
}

function slug(heading: string): string {
  return heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N} _-]/gu, '')
    .replaceAll(' ', '-');
}
