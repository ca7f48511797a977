/** What the app store lists: shelves, search, and an app that changes. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { StoreApp } from '#protocol/app-store.ts';
import { appsOn, categoriesOf, hasUpdate, shelvesOf, withApp } from '../../../web/app-store/store-model.ts';

function app(name: string, more: Partial<StoreApp> = {}): StoreApp {
  return {
    id: `localhost/deskpod/${name}:1`,
    name,
    displayName: name,
    description: null,
    keywords: [],
    categories: [],
    runtime: 'ephemeral_container',
    iconUrl: null,
    opens: [],
    pictureUrl: null,
    licence: null,
    version: null,
    bytes: null,
    expectedBytes: null,
    builtAt: null,
    acl: { permit: ['all'] },
    ours: true,
    listed: true,
    installedBy: null,
    may: { install: true, update: true, remove: true },
    state: { state: 'available' },
    ...more,
  };
}
const names = (apps: readonly StoreApp[]) => apps.map(({ name }) => name);

test('categories of freedesktop.org are those of the store; an app without a known one is among the others', () => {
  assert.deepEqual(categoriesOf(app('a', { categories: ['audiovideo', 'audio', 'office'] })), ['multimedia', 'office']);
  assert.deepEqual(categoriesOf(app('a', { categories: ['qt', 'gtk'] })), ['other']);
});

test('there are shelves only for what there is, and one for updates that the user can start', () => {
  const old = app('old', { categories: ['games'], state: { state: 'outdated', why: 'age' } });
  assert.deepEqual(shelvesOf([app('new', { categories: ['office'] })]), ['all', 'office']);
  assert.deepEqual(shelvesOf([old]), ['all', 'installed', 'updates', 'games']);
  const others = { ...old, may: { ...old.may, update: false } };
  assert.equal(hasUpdate(others), false);
  assert.deepEqual(shelvesOf([others]), ['all', 'installed', 'games']);
});

test('apps are in the order of their names, and the best match of a search is first', () => {
  const apps = [
    app('writer', { description: 'Write letters', categories: ['office'] }),
    app('calc', { keywords: ['spreadsheet'], categories: ['office'] }),
    app('letters', { categories: ['games'] }),
  ];
  assert.deepEqual(names(appsOn(apps, 'all', '')), ['calc', 'letters', 'writer']);
  assert.deepEqual(names(appsOn(apps, 'office', '')), ['calc', 'writer']);
  assert.deepEqual(names(appsOn(apps, 'all', 'letters')), ['letters', 'writer']);
  assert.deepEqual(names(appsOn(apps, 'all', 'spread')), ['calc']);
  assert.deepEqual(names(appsOn(apps, 'installed', '')), []);
});

test('an app that changes stays in its place, and a new one is added', () => {
  const apps = [app('a'), app('b')];
  const changed = withApp(apps, app('a', { state: { state: 'installed' } }));
  assert.deepEqual(names(changed), ['a', 'b']);
  assert.equal(changed[0]?.state.state, 'installed');
  assert.deepEqual(names(withApp(apps, app('c'))), ['a', 'b', 'c']);
});
