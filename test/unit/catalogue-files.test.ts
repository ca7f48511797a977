/** The files under catalogue/ say what the recipes under images/ say. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { test } from 'node:test';
import { parseInspect } from '#domain/catalogue/inspect.ts';
import { documentOfOwn, ownOf, withVariants } from '#domain/catalogue/own.ts';
import { planImages } from '#engines/containers/images/plan.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const FOLDER = join(ROOT, 'catalogue');

const files = readdirSync(FOLDER).filter((name) => name.endsWith('.json'));
const own = planImages(join(ROOT, 'images'), {}, new Map()).filter(({ labels }) => labels['oc.type'] === 'app');

for (const file of files) {
  test(`${file} is accepted whole and starts what its recipe starts`, () => {
    const parsed = parseInspect(JSON.parse(readFileSync(join(FOLDER, file), 'utf8')));
    const [entry] = parsed?.documents ?? [];
    assert.deepEqual([parsed?.skipped, parsed?.warnings], [[], []]);
    assert.ok(entry);
    assert.equal(`${entry.id.split('/').at(-1)?.replace(':', '.')}.json`, file);
    const origin = withVariants(own).find(({ labels }) => labels['oc.name'] === entry.name) ?? ownOf(entry, own);
    assert.ok(origin, `no recipe for ${entry.path}`);
    const recipe = documentOfOwn(origin);
    const told = ({ cmd, path, launch, containerengine, displayname, cat }: typeof entry) => ({
      cmd,
      path,
      launch,
      containerengine,
      displayname,
      cat,
    });
    assert.deepEqual(told(entry), told(recipe), `${file} is stale: catalogue/README.md tells how it is made`);
  });
}

test('every app that comes with the product has a file', () => {
  assert.equal(files.length, withVariants(own).length);
});
