/** The files in catalogue/ match the recipes in images/. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { test } from 'node:test';
import { parseInspect } from '#domain/catalogue/image-inspect.ts';
import { documentOfOwn, ownOf, withVariants } from '#domain/catalogue/own-apps.ts';
import { planImages } from '#containers-client/images/plan.ts';

const ROOT = resolve(import.meta.dirname, '../../../..');
const FOLDER = join(ROOT, 'catalogue');

const files = readdirSync(FOLDER).filter((name) => name.endsWith('.json'));
const own = planImages(join(ROOT, 'images'), {}, new Map()).filter(({ labels }) => labels['oc.type'] === 'app');

/** The documented failure under its documented name: our variant has another name and fails in the same way. */
const RENAMED: Readonly<Record<string, { readonly from: string; readonly displayname: string }>> = {
  '2048-alpine-with-error': { from: 'shm-demo-with-error', displayname: '2048 (with error)' },
};

for (const file of files) {
  test(`${file} is accepted completely and starts the program of its recipe`, () => {
    const parsed = parseInspect(JSON.parse(readFileSync(join(FOLDER, file), 'utf8')));
    const [entry] = parsed?.documents ?? [];
    assert.deepEqual([parsed?.skipped, parsed?.warnings], [[], []]);
    assert.ok(entry);
    assert.equal(`${entry.id.split('/').at(-1)?.replace(':', '.')}.json`, file);
    const renamed = RENAMED[entry.name];
    const name = renamed?.from ?? entry.name;
    const origin = withVariants(own).find(({ labels }) => labels['oc.name'] === name) ?? ownOf(entry, own);
    assert.ok(origin, `no recipe for ${entry.path}`);
    const { displayname = documentOfOwn(origin).displayname } = renamed ?? {};
    const recipe = { ...documentOfOwn(origin), displayname };
    const told = ({ cmd, path, launch, containerengine, displayname, cat }: typeof entry) => ({
      cmd,
      path,
      launch,
      containerengine,
      displayname,
      cat,
    });
    assert.deepEqual(told(entry), told(recipe), `${file} is outdated: see catalogue/README.md`);
  });
}

test('every app of the product has a file', () => {
  assert.equal(files.length, withVariants(own).length + Object.keys(RENAMED).length);
});
