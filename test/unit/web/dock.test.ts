/** The dock: which entries, in which order, and what a click on one does. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { App } from '#protocol/app.ts';
import type { Launch } from '#protocol/launch.ts';
import type { Window } from '#protocol/window.ts';
import { dockClick, type DockEntry, dockEntries, movedPin, pinsOf } from '../../../web/apps/dock-entries.ts';

const app = (id: string, more: Partial<App> = {}): App => ({
  id,
  name: id,
  displayName: id.toUpperCase(),
  description: null,
  keywords: [],
  categories: [],
  wmClass: `${id}.${id}`,
  runtime: 'pod_application',
  limits: {},
  iconUrl: null,
  pinned: false,
  opens: [],
  opensByDefault: false,
  availability: { state: 'ready' },
  ...more,
});
const launch = (id: string, appId: string, status: Launch['status'] = { state: 'running' }): Launch => ({
  id,
  userId: 'hermes',
  desktopId: 'd',
  appId,
  appName: appId,
  runtime: 'pod_application',
  status,
  startedAt: '2026-01-01T00:00:00Z',
  windowMs: null,
  limits: {},
  image: appId,
  imageDigest: null,
  args: [],
});
const window = (id: number, launchId: string | null, more: Partial<Window> = {}): Window => ({
  id,
  title: `window ${id}`,
  wmClass: 'x.X',
  launchId,
  active: false,
  minimised: false,
  iconUrl: null,
  ...more,
});
const over: Launch['status'] = {
  state: 'finished',
  reason: 'completed',
  exitCode: 0,
  finishedAt: '2026-01-01T00:00:01Z',
  message: null,
};

function only(entries: readonly DockEntry[]): DockEntry {
  const [entry, ...others] = entries;
  assert.ok(entry && others.length === 0, `${entries.length} entries`);
  return entry;
}

test('pinned apps come first in their order, then running ones in the order of their start', () => {
  const apps = ['a', 'b', 'c', 'd'].map((id) => app(id));
  const launches = [launch('2', 'd'), launch('1', 'b')];
  const entries = dockEntries({ pins: ['c', 'a'], apps, launches, windows: [] });
  assert.deepEqual(
    entries.map(({ key }) => key),
    ['c', 'a', 'b', 'd'],
  );
});

test('a finished launch leaves the dock', () => {
  assert.deepEqual(dockEntries({ pins: [], apps: [app('a')], launches: [launch('1', 'a', over)], windows: [] }), []);
});

test('a window belongs to the app of its launch, else of its class, else it has its own entry', () => {
  const entries = dockEntries({
    pins: [],
    apps: [app('a'), app('b')],
    launches: [launch('1', 'a')],
    windows: [window(1, '1'), window(2, null, { wmClass: 'b.b' }), window(3, null)],
  });
  assert.deepEqual(
    entries.map(({ key, windows }) => [key, windows.map(({ id }) => id)]),
    [
      ['a', [1]],
      ['b', [2]],
      ['class:x.X', [3]],
    ],
  );
});

test('a starting launch shows what it waits for, a running one nothing', () => {
  const detail = '0/3 nodes are available: 3 Insufficient memory.';
  const waits = launch('1', 'a', { state: 'starting', step: 'create', detail });
  const runs = launch('2', 'b', { state: 'running' });
  const entries = dockEntries({ pins: [], apps: [app('a'), app('b')], launches: [waits, runs], windows: [] });
  assert.deepEqual(
    new Map(entries.map(({ key, waiting }) => [key, waiting])),
    new Map([
      ['a', detail],
      ['b', null],
    ]),
  );
});

test('an app shows that it is starting or being installed', () => {
  const starting = dockEntries({
    pins: [],
    apps: [app('a')],
    launches: [launch('1', 'a', { state: 'starting', step: 'window' })],
    windows: [],
  });
  assert.equal(only(starting).phase, 'starting');
  const installing = app('b', {
    availability: { state: 'installing', step: 'layer 1', startedAt: '2026-01-01T00:00:00Z' },
  });
  assert.equal(only(dockEntries({ pins: [], apps: [installing], launches: [], windows: [] })).phase, 'installing');
});

test('a click starts, activates, cycles through windows, and minimises the only active one', () => {
  const click = (windows: readonly Window[], launches: readonly Launch[] = [launch('1', 'a')]) =>
    dockClick(only(dockEntries({ pins: ['a'], apps: [app('a')], launches, windows })));
  assert.deepEqual(click([], []), { act: 'launch' });
  assert.deepEqual(click([], [launch('1', 'a', { state: 'starting', step: 'create' })]), { act: 'wait' });
  assert.deepEqual(click([]), { act: 'menu' });
  assert.deepEqual(click([window(1, '1')]), { act: 'activate', window: 1 });
  assert.deepEqual(click([window(1, '1', { active: true })]), { act: 'minimise', window: 1 });
  assert.deepEqual(click([window(1, '1', { active: true }), window(2, '1')]), { act: 'activate', window: 2 });
  assert.deepEqual(click([window(1, '1'), window(2, '1', { active: true })]), { act: 'activate', window: 1 });
});

test('dragging an app into the dock pins it there, never twice', () => {
  assert.deepEqual(movedPin(['a', 'b', 'c'], 'c', 0), ['c', 'a', 'b']);
  assert.deepEqual(movedPin(['a'], 'b', 9), ['a', 'b']);
});

test('the catalogue’s pins apply until the user has their own', () => {
  const apps = [app('a'), app('b', { pinned: true })];
  assert.deepEqual(pinsOf([], apps), ['b']);
  assert.deepEqual(pinsOf(['a'], apps), ['a']);
});
