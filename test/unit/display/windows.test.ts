/** What an app says about its windows is bounded before it costs anything: lists, icons, and how often both are read. */
import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { readIcon } from '#display/icon.ts';
import { WindowList } from '#display/windows.ts';
import type { Window } from '#protocol/window.ts';
import { FakeWindows } from '../../fakes/windows.ts';

const WINDOW = 1000;
/** Rounds of the event loop in which everything that doesn't wait for a timer is done. */
const SETTLED = 50;

async function settled(): Promise<void> {
  for (let round = 0; round < SETTLED; round += 1) await turn();
}

const pixels = (edge: number): number[] => [edge, edge, ...Array.from({ length: edge * edge }, () => 0xff112233)];

/** The list of this many windows, whose timers the test moves. */
async function aList(t: TestContext, count: number) {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const x = new FakeWindows();
  const ids = Array.from({ length: count }, (_, index) => WINDOW + index);
  x.set(x.root, '_NET_CLIENT_LIST', ids);
  for (const id of ids) {
    x.set(id, 'WM_NAME', `window ${id}`);
    x.set(id, '_NET_WM_ICON', pixels(16));
  }
  const published: (readonly Window[])[] = [];
  const list = new WindowList(x, x.atoms, async () => null, {
    changed: (windows) => void published.push(windows),
    mapped() {},
  });
  t.after(() => list.stop());
  await list.start();
  const iconsRead = () => new Set(x.iconReads.map(({ window }) => window)).size;
  const pass = async (ms: number) => {
    t.mock.timers.tick(ms);
    await settled();
  };
  return { x, ids, list, published, iconsRead, pass };
}

test('however often windows change, viewers get one list per interval, with the latest state', async (t) => {
  const { x, ids, published, pass } = await aList(t, 3);
  await pass(1_000);
  const before = published.length;
  for (let change = 0; change < 200; change += 1) {
    for (const id of ids) {
      x.set(id, 'WM_NAME', `title ${change}`);
      x.notify(id, 'WM_NAME');
    }
    await turn();
  }
  await settled();
  assert.equal(published.length, before, 'none before the interval is over');
  await pass(1_000);
  assert.equal(published.length, before + 1);
  assert.deepEqual(
    published.at(-1)?.map(({ title }) => title),
    ['title 199', 'title 199', 'title 199'],
  );
});

test('a list has at most 500 windows, however many a program opens', async (t) => {
  const { list } = await aList(t, 600);
  assert.equal(list.windows.length, 500);
});

test('the icons of many windows are read in turns, a few at a time, and changing them costs no more', async (t) => {
  const { x, ids, iconsRead, pass } = await aList(t, 40);
  await pass(1);
  assert.equal(iconsRead(), 16);
  for (const id of ids.slice(20)) for (let change = 0; change < 100; change += 1) x.notify(id, '_NET_WM_ICON');
  await pass(400);
  assert.equal(iconsRead(), 16, 'half a second has not passed');
  await pass(101);
  assert.equal(iconsRead(), 32);
  await pass(501);
  assert.equal(iconsRead(), 40);
});

test('of an icon in many sizes, only the sizes and the best one are read', async () => {
  const x = new FakeWindows();
  x.set(WINDOW, '_NET_WM_ICON', [...pixels(400), ...pixels(64), ...pixels(256)]);
  assert.ok(await readIcon(x, x.atoms, WINDOW));
  const read = x.iconReads.reduce((sum, { bytes }) => sum + bytes, 0);
  assert.ok(read <= 64 * 64 * 4 + 4 * 8, `${read} bytes`);
});

test('an icon that is too large is not read, and neither are more than 16 sizes', async () => {
  const x = new FakeWindows();
  x.set(WINDOW, '_NET_WM_ICON', pixels(257));
  assert.equal(await readIcon(x, x.atoms, WINDOW), null);
  assert.ok(x.iconReads.every(({ bytes }) => bytes <= 8));
  x.iconReads.length = 0;
  x.set(WINDOW, '_NET_WM_ICON', Array.from({ length: 1_000 }, () => pixels(1)).flat());
  assert.ok(await readIcon(x, x.atoms, WINDOW));
  assert.equal(x.iconReads.length, 16 + 1);
});
