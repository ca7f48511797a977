/** Lists of files: order, filter, selection by pointer and keyboard, and the part that is drawn. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { type Entry, shownEntries, sortedBy } from '../../../../web/files/entry.ts';
import { kindOf, previewOf } from '../../../../web/files/kinds.ts';
import {
  all,
  clicked,
  kept,
  moved,
  moveTo,
  NOTHING,
  only,
  toggled,
  typedAhead,
} from '../../../../web/files/selection.ts';
import { partInView, scrolledTo } from '../../../../web/files/windowing.ts';

const file = (name: string, more: Partial<Entry> = {}): Entry => ({
  path: name,
  name,
  folder: false,
  size: 0,
  modified: 0,
  type: '',
  ...more,
});
const SHOWN = { by: 'name', down: false, hidden: false, filter: '' } as const;
const names = (entries: readonly Entry[], more: Partial<Parameters<typeof shownEntries>[1]> = {}) =>
  shownEntries(entries, { ...SHOWN, ...more }, 'en').map(({ name }) => name);

test('folders come first, and numbers in names count as numbers', () => {
  const entries = [file('file 10'), file('file 9'), file('Zoo', { folder: true }), file('apple')];
  assert.deepEqual(names(entries), ['Zoo', 'apple', 'file 9', 'file 10']);
  assert.deepEqual(names(entries, { down: true }), ['Zoo', 'file 10', 'file 9', 'apple']);
});

test('files of the same size or time are sorted by name', () => {
  const entries = [file('b', { size: 5 }), file('a', { size: 5 }), file('c', { size: 9 })];
  assert.deepEqual(names(entries, { by: 'size', down: true }), ['c', 'a', 'b']);
});

test('hidden files are shown only on demand', () => {
  assert.deepEqual(names([file('.profile'), file('a')]), ['a']);
  assert.deepEqual(names([file('.profile'), file('a')], { hidden: true }), ['.profile', 'a']);
});

test('the filter ignores case and accents', () => {
  assert.deepEqual(names([file('Résumé.pdf'), file('notes')], { filter: ' resume' }), ['Résumé.pdf']);
});

test('a click on a column sorts by it, large and new first; another click turns the order', () => {
  const first = sortedBy({ by: 'name', down: false }, 'size');
  assert.deepEqual(first, { by: 'size', down: true });
  assert.deepEqual(sortedBy(first, 'size'), { by: 'size', down: false });
});

test('the kind of a file comes from its type, else from its ending', () => {
  assert.equal(kindOf(file('x', { type: 'image/png' })), 'picture');
  assert.equal(kindOf(file('a.tar.gz', { type: 'application/octet-stream' })), 'archive');
  assert.equal(kindOf(file('main.rs', { type: 'application/octet-stream' })), 'text');
  assert.equal(previewOf(file('scan.tiff', { type: 'image/tiff' })), null);
  assert.equal(previewOf(file('letter.pdf')), 'pdf');
  assert.equal(previewOf(file('x', { folder: true })), null);
});

const ORDER = ['a', 'b', 'c', 'd', 'e'];
const PLAIN = { range: false, toggle: false };

test('a click selects one, Ctrl adds and removes, Shift extends from the last click', () => {
  const one = clicked(NOTHING, ORDER, 'b', PLAIN);
  assert.deepEqual([...one.chosen], ['b']);
  const range = clicked(one, ORDER, 'd', { range: true, toggle: false });
  assert.deepEqual([...range.chosen], ['b', 'c', 'd']);
  const back = clicked(range, ORDER, 'a', { range: true, toggle: false });
  assert.deepEqual([...back.chosen], ['a', 'b']);
  const fewer = clicked(back, ORDER, 'a', { range: false, toggle: true });
  assert.deepEqual([...fewer.chosen], ['b']);
  const more = clicked(fewer, ORDER, 'e', { range: false, toggle: true });
  assert.deepEqual([...more.chosen], ['b', 'e']);
});

test('Ctrl with an arrow moves without selecting; Space then toggles', () => {
  const here = moved(only('a'), ORDER, 2, { range: false, toggle: true });
  assert.deepEqual([[...here.chosen], here.at], [['a'], 'c']);
  assert.deepEqual([...toggled(here, 'c').chosen], ['a', 'c']);
});

test('everything can be selected', () => {
  assert.equal(all(NOTHING, ORDER).chosen.size, 5);
});

test('after a deletion the keyboard stays in its place', () => {
  const after = kept({ chosen: new Set(['c', 'd']), at: 'c', anchor: 'c' }, ORDER, ['a', 'b', 'd', 'e']);
  assert.deepEqual([[...after.chosen], after.at], [['d'], 'd']);
  assert.equal(kept(only('e'), ORDER, ['a']).at, 'a');
  assert.equal(kept(only('a'), ORDER, []).at, null);
});

test('arrows move by rows in a grid, and stop at its edges', () => {
  const grid = { columns: 3, rows: 2 };
  assert.equal(moveTo('ArrowDown', 1, 8, grid), 4);
  assert.equal(moveTo('ArrowDown', 5, 8, grid), 7);
  assert.equal(moveTo('ArrowDown', 7, 8, grid), 7);
  assert.equal(moveTo('ArrowUp', 1, 8, grid), 1);
  assert.equal(moveTo('ArrowRight', 2, 8, grid), 3);
  assert.equal(moveTo('ArrowRight', 2, 8, { columns: 1, rows: 9 }), null);
  assert.equal(moveTo('End', 0, 8, grid), 7);
  assert.equal(moveTo('ArrowDown', -1, 8, grid), 0);
  assert.equal(moveTo('ArrowDown', 0, 0, grid), null);
});

test('no key leads out of the list', () => {
  const key = fc.constantFrom('ArrowDown', 'ArrowUp', 'ArrowLeft', 'ArrowRight', 'PageUp', 'PageDown', 'Home', 'End');
  const shape = fc.record({ columns: fc.integer({ min: 1, max: 9 }), rows: fc.integer({ min: 1, max: 9 }) });
  fc.assert(
    fc.property(fc.array(key, { maxLength: 40 }), fc.integer({ min: 1, max: 50 }), shape, (keys, count, grid) => {
      let at = -1;
      for (const one of keys) at = moveTo(one, at, count, grid) ?? at;
      assert.ok(at >= -1 && at < count);
    }),
  );
});

test('typing finds the next name that begins so; one letter again goes on', () => {
  const list = ['Apple', 'Avocado', 'banana', 'Äpfel'];
  assert.equal(typedAhead(list, -1, 'a'), 0);
  assert.equal(typedAhead(list, 0, 'a'), 1);
  assert.equal(typedAhead(list, 1, 'aa'), 3);
  assert.equal(typedAhead(list, 0, 'av'), 1);
  assert.equal(typedAhead(list, 0, 'x'), -1);
});

test('of ten thousand entries, only those in view and a few more are drawn', () => {
  const cells = { rowHeight: 36, cellWidth: null };
  const part = partInView(10_000, { top: 36 * 5_000, height: 720, width: 900 }, cells);
  assert.ok(part.from <= 5_000 && part.to >= 5_020 && part.to - part.from < 60);
  assert.equal(part.total, 360_000);
  assert.equal(part.offset, part.from * 36);
});

test('what is in view is drawn at every scroll position, in lists and grids', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 20_000 }),
      fc.integer({ min: 100, max: 2_000 }),
      fc.nat(),
      fc.boolean(),
      (count, height, scrolled, grid) => {
        const cells = grid ? { rowHeight: 128, cellWidth: 116 } : { rowHeight: 36, cellWidth: null };
        const { total } = partInView(count, { top: 0, height, width: 900 }, cells);
        const top = scrolled % Math.max(1, total - height);
        const { from, to, columns, offset } = partInView(count, { top: Math.max(0, top), height, width: 900 }, cells);
        const first = Math.floor(Math.max(0, top) / cells.rowHeight) * columns;
        const last = Math.min(count, Math.ceil((Math.max(0, top) + height) / cells.rowHeight) * columns);
        assert.ok(from <= first && to >= last && from % columns === 0);
        assert.equal(offset, (from / columns) * cells.rowHeight);
      },
    ),
  );
});

test('the list scrolls as little as needed to show an entry', () => {
  const view = { top: 360, height: 360, width: 0 };
  assert.equal(scrolledTo(12, view, 1, 36), 360);
  assert.equal(scrolledTo(3, view, 1, 36), 108);
  assert.equal(scrolledTo(25, view, 1, 36), 576);
});
