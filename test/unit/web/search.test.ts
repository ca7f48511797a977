/** Search: which results, in which order, and how fast. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { App } from '#protocol/app.ts';
import { assert as check, property, string } from 'fast-check';
import { index, rank } from '../../../web/state/rank.ts';
import { actionsOf, besides, search, searchIndex } from '../../../web/shell/search-results.ts';

const items = (...names: string[]) => names.map((name) => ({ name, keywords: [] as string[] }));
const found = (query: string, ...names: string[]) => rank(index(items(...names)), query, 10).map(({ name }) => name);

function app(name: string, more: Partial<App> = {}): App {
  return {
    id: `localhost/${name}`,
    name,
    displayName: name,
    description: null,
    keywords: [],
    categories: [],
    wmClass: '',
    runtime: 'pod_application',
    limits: {},
    iconUrl: null,
    pinned: false,
    opens: [],
    opensByDefault: false,
    availability: { state: 'ready' },
    ...more,
  };
}

test('an exact name is before a prefix, before a later word, before a part, before scattered letters', () => {
  const names = ['Text editor', 'Text', 'Rich text', 'Context', 'Tea extra'];
  assert.deepEqual(found('text', ...names), ['Text', 'Text editor', 'Rich text', 'Context', 'Tea extra']);
});

test('initials find a name of several words', () => {
  assert.deepEqual(found('fm', 'Firefox', 'File manager'), ['File manager']);
});

test('letters far apart match nothing', () => {
  assert.deepEqual(found('ft', 'File manager and desktop settings'), []);
});

test('accents and case make no difference', () => {
  assert.deepEqual(found('ETAT', 'État civil'), ['État civil']);
});

test('every word of the query must match', () => {
  assert.deepEqual(found('2048 qt', '2048 GTK', '2048 Qt'), ['2048 Qt']);
});

test('keywords match an app, ranked after names', () => {
  const apps = [
    { name: 'Firefox', keywords: ['browser', 'web'] },
    { name: 'Web shell', keywords: [] },
  ];
  assert.deepEqual(
    rank(index(apps), 'web', 5).map(({ name }) => name),
    ['Web shell', 'Firefox'],
  );
});

test('an empty query keeps the given order, up to the limit', () => {
  assert.deepEqual(
    rank(index(items('c', 'a', 'b')), '  ', 2).map(({ name }) => name),
    ['c', 'a'],
  );
});

test('a name always matches its own beginning', () => {
  check(
    property(string({ minLength: 1, maxLength: 20 }), (name) => {
      if (name.trim() === '') return;
      const query = Array.from(name.trim()).slice(0, 3).join('');
      assert.equal(rank(index(items(name.trim())), query, 1).length, 1);
    }),
  );
});

test('a thousand apps are ranked within one frame of 16 ms', () => {
  const words = ['file', 'text', 'photo', 'sound', 'game', 'editor', 'viewer', 'manager', 'server', 'query'];
  const many = Array.from({ length: 1000 }, (_, at) => ({
    name: `${words[at % 10]} ${words[(at * 7) % 10]} ${at}`,
    keywords: [words[(at * 3) % 10] ?? '', `tool${at}`],
  }));
  const indexed = index(many);
  const times = Array.from({ length: 9 }, (_, at) => {
    const start = performance.now();
    rank(indexed, ['fi', 'edi man', 'zzz', 'te 4', 'ftm'][at % 5] ?? '', 12);
    return performance.now() - start;
  }).toSorted((a, b) => a - b);
  assert.ok((times[0] ?? 99) < 16, `${times[0]} ms at best`);
});

test('apps, windows, files and settings pages come in sections; without a query only the apps', () => {
  const window = {
    id: 5,
    title: '2048',
    wmClass: 'a.A',
    launchId: null,
    active: true,
    minimised: false,
    iconUrl: null,
  };
  const indexed = searchIndex({
    apps: [app('b', { displayName: '2048 Qt' }), app('a', { displayName: '2048 GTK' })],
    launches: [],
    windows: [window],
    files: [{ path: 'Docs/2048.txt', name: '2048.txt', folder: false, size: 1, modified: null, type: '', used: 0 }],
    pages: [{ page: 'tasks', title: 'Tasks', words: 'log memory' }],
  });
  const everything = search(indexed, '');
  assert.deepEqual([everything.apps.length, everything.windows.length, everything.pages.length], [2, 0, 0]);
  const asked = search(indexed, '2048');
  assert.deepEqual([asked.apps.length, asked.windows.length, asked.files.length], [2, 1, 1]);
  assert.equal(search(indexed, 'memory').pages.length, 1);
});

test('Tab offers the other runtime and the dock', () => {
  const result = { kind: 'app', app: app('x', { runtime: 'pod_application' }), phase: 'idle' } as const;
  assert.deepEqual(actionsOf(result, false), ['open', 'in-desktop', 'pin']);
  assert.deepEqual(actionsOf({ kind: 'page', page: 'tasks', title: 'Tasks' }, false), ['open']);
});

test('files that apps used last come first; a file opens, or is shown in Files', () => {
  const entry = (path: string) => ({ path, name: path, folder: false, size: 1, modified: null, type: '' });
  const files = ['my plan.txt', 'plan', 'plans.odt'].map((path, at) => ({ ...entry(path), used: at === 0 ? 1 : 0 }));
  const indexed = searchIndex({ apps: [], launches: [], windows: [], pages: [], files });
  const paths = search(indexed, 'plan').files.map((found) => (found.kind === 'file' ? found.entry.path : ''));
  assert.deepEqual(paths, ['my plan.txt', 'plan', 'plans.odt']);
  assert.deepEqual(actionsOf({ kind: 'file', entry: entry('plan') }, false), ['open', 'in-files']);
  assert.deepEqual(actionsOf({ kind: 'file', entry: { ...entry('plan'), folder: true } }, false), ['open']);
});

test('a result repeats neither its name nor its description', () => {
  const where = 'in a pod of its own';
  assert.equal(
    besides('2048 Qt', ['Join the numbers, in a pod of its own', where]),
    'Join the numbers, in a pod of its own',
  );
  assert.equal(besides('Paint', ['In a Pod of its own!', where]), 'In a Pod of its own!');
  assert.equal(besides('Paint', ['Draws pictures', where]), `Draws pictures · ${where}`);
  assert.equal(besides('Terminal', ['Terminal', where]), where);
  assert.equal(besides('Paint', [null, where]), where);
  assert.equal(besides('Calculator', ['window', 'Calculator']), 'window');
  assert.equal(besides('Art', ['Draws art in a part of it', where]), `Draws art in a part of it · ${where}`);
  assert.equal(besides('Settings', ['Settings']), '');
});
