/** Which app opens a file or link: from the labels of the apps and the user's defaults. */
import assert from 'node:assert/strict';
import { join, resolve } from 'node:path';
import { test } from 'node:test';
import { planImages } from '#containers-client/images/plan.ts';
import { toApp } from '#domain/catalogue/app.ts';
import { chooseApp, fileTypesOf, kindsOf } from '#domain/catalogue/open-with.ts';
import { offerFacts } from '#domain/catalogue/offers.ts';
import { documentOfOwn } from '#domain/catalogue/own-apps.ts';
import { DeskpodError } from '#domain/errors.ts';
import type { App } from '#protocol/app.ts';
import { kindOf } from '#protocol/open.ts';

const IMAGES = join(resolve(import.meta.dirname, '../../../..'), 'images');
const own = planImages(IMAGES, {}, new Map())
  .filter(({ labels }) => labels['oc.type'] === 'app' && !offerFacts(labels).optional)
  .map((image) => documentOfOwn(image));
const apps = own.map((document) => toApp(document, { state: 'ready' }));
const named = (name: string): App => {
  const found = apps.find((app) => app.name === name);
  assert.ok(found);
  return found;
};
const labels = (more: Partial<Parameters<typeof kindsOf>[0]>) => ({
  mimetype: [],
  fileextensions: [],
  legacyfileextensions: [],
  ...more,
});

test('the bundled apps open text, pictures, pages, links and folders', () => {
  const expected = {
    'notes/a.txt': 'text-editor',
    'src/main.PY': 'text-editor',
    README: 'text-editor',
    '.bashrc': 'text-editor',
    'holiday.JPG': 'image-viewer',
    'drawing.svg': 'image-viewer',
    'index.html': 'firefox',
    'paper.pdf': 'firefox',
    'projects/': 'file-manager',
    '': 'file-manager',
  };
  for (const [path, app] of Object.entries(expected)) {
    const chosen = chooseApp(apps, kindOf({ path }), {});
    assert.equal('id' in chosen ? chosen.name : chosen.map(({ name }) => name), app, path);
  }
  const link = chooseApp(apps, kindOf({ url: 'http://example.org/a.txt' }), {});
  assert.equal('id' in link && link.name, 'firefox');
});

test('a media type stands for its extensions, an extension may have a dot or a star', () => {
  assert.deepEqual(kindsOf(labels({ mimetype: ['image/jpeg'] })).toSorted(), ['.jpe', '.jpeg', '.jpg']);
  assert.deepEqual(kindsOf(labels({ fileextensions: ['.ODT', '*.ods'], legacyfileextensions: ['doc'] })), [
    '.odt',
    '.ods',
    '.doc',
  ]);
  assert.deepEqual(kindsOf(labels({ mimetype: ['x-scheme-handler/http', 'x-scheme-handler/https'] })), ['web:']);
});

test('of several apps, the user chooses, unless one is their default or the only one that claims to be it', () => {
  const one = { ...named('text-editor'), id: 'one' };
  const two = { ...named('text-editor'), id: 'two' };
  const ids = (defaults: Record<string, string>, ...of: App[]) => {
    const chosen = chooseApp(of, '.txt', defaults);
    return 'id' in chosen ? chosen.id : chosen.map(({ id }) => id);
  };
  assert.deepEqual(ids({}, one, two), ['one', 'two']);
  assert.equal(ids({ '.txt': 'two' }, one, two), 'two');
  assert.deepEqual(ids({ '.txt': 'removed', '.md': 'two' }, one, two), ['one', 'two']);
  assert.equal(ids({}, one, { ...two, opensByDefault: true }), 'two');
  assert.deepEqual(ids({}, { ...one, opensByDefault: true }, { ...two, opensByDefault: true }), ['one', 'two']);
  assert.equal(ids({}, one, { ...two, availability: { state: 'unavailable', reason: 'no image' } }), 'one');
});

test('what no app opens is refused by name', () => {
  const refused = (kind: string, words: RegExp) =>
    assert.throws(
      () => chooseApp([], kind, {}),
      (error) => error instanceof DeskpodError && error.code === 'not_found' && words.test(error.message),
    );
  refused('.xyz', /files that end with \.xyz/);
  refused('.', /without an extension/);
  refused('mailto:', /email addresses/);
});

test('the extensions of an app have media types; folders, links and what is no extension are left out', () => {
  const types = fileTypesOf(
    labels({
      mimetype: ['text/markdown', 'inode/directory', 'x-scheme-handler/https', 'text/plain'],
      fileextensions: ['LOG', '*.ods', 'nobody knows', '.unheard-of'],
    }),
  );
  assert.ok(types.get('text/markdown')?.includes('.md'));
  assert.ok(types.get('text/plain')?.includes('.log'));
  assert.deepEqual(types.get('application/vnd.oasis.opendocument.spreadsheet'), ['.ods']);
  assert.deepEqual(types.get('application/octet-stream'), ['.unheard-of']);
  const all = [...types.values()].flat();
  assert.equal(new Set(all).size, all.length);
  assert.ok(all.every((extension) => /^\.[a-z0-9-]+$/.test(extension)));
});
