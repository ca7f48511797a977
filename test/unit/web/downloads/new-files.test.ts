/** Which files of Downloads are new and complete, from one listing to the next. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { isUnsettled, look, MOST_FILES, NOTHING_SEEN, type Seen } from '../../../../web/downloads/new-files.ts';
import type { Entry } from '../../../../web/files/entry.ts';

const file = (name: string, size = 10, modified: number | null = 1_000): Entry => ({
  path: `Downloads/${name}`,
  name,
  folder: false,
  size,
  modified,
  type: '',
});
const folder = (name: string): Entry => ({ ...file(name, 0), folder: true });
const nobody = (): boolean => false;

/** The names that each listing reports. */
function reported(listings: readonly (readonly Entry[])[], isOwn: (path: string) => boolean = nobody): string[][] {
  let seen: Seen = NOTHING_SEEN;
  return listings.map((entries) => {
    const { seen: next, complete } = look(seen, entries, isOwn);
    seen = next;
    return complete.map(({ name }) => name);
  });
}

test('what is there at first is not new', () => {
  assert.deepEqual(reported([[file('old.pdf')], [file('old.pdf')]]), [[], []]);
});

test('a new file is reported once it is the same in two listings, and never again', () => {
  const both = [file('old.pdf'), file('new.pdf')];
  assert.deepEqual(reported([[file('old.pdf')], both, both, both]), [[], [], ['new.pdf'], []]);
});

test('a file that grows, or is written again, waits', () => {
  const sizes = [file('a.iso', 1), file('a.iso', 2), file('a.iso', 2, 2_000), file('a.iso', 2, 2_000)];
  assert.deepEqual(reported([[], ...sizes.map((one) => [one])]), [[], [], [], [], ['a.iso']]);
});

test('an empty file waits until something is in it, also if it was there at first', () => {
  const empty = [file('report.pdf', 0)];
  const full = [file('report.pdf', 7)];
  assert.deepEqual(reported([empty, empty, empty, full, full]), [[], [], [], [], ['report.pdf']]);
});

test('unfinished, hidden and temporary files and folders are never reported', () => {
  const names = [
    'a.pdf.part',
    'Unconfirmed 1.crdownload',
    'video.mp4.part-Frag3',
    'b.iso.aria2',
    '.hidden',
    '.~lock.letter.odt#',
    '.deskpod-0123456789abcdef.part',
    'lu1234.tmp',
    'letter.txt~',
  ];
  const all = [...names.map((name) => file(name)), folder('Unpacked')];
  assert.deepEqual(reported([[], all, all, all]), [[], [], [], []]);
});

test('a file with an unfinished one beside it waits, even if it no longer grows', () => {
  const during = [file('b.iso'), file('b.iso.aria2', 3)];
  const after = [file('b.iso')];
  assert.deepEqual(reported([[], during, during, after, after]), [[], [], [], [], ['b.iso']]);
});

test('a download of Firefox: an empty file and a part, which takes its name at the end', () => {
  const during = [file('report.pdf', 0), file('Xy1.report.pdf.part', 500)];
  const after = [file('report.pdf', 900, 5_000)];
  assert.deepEqual(reported([[], during, during, after, after]), [[], [], [], [], ['report.pdf']]);
});

test('what the page itself put there is not new, also if it is listed later', () => {
  const own = (path: string): boolean => path === 'Downloads/mine.txt';
  const both = [file('mine.txt'), file('theirs.txt')];
  assert.deepEqual(reported([[], both, both], own), [[], [], ['theirs.txt']]);
});

test('another name for a known file is not a new file', () => {
  assert.deepEqual(reported([[file('a.pdf', 9, 7)], [file('b.pdf', 9, 7)], [file('b.pdf', 9, 7)]]), [[], [], []]);
  const unknownTime = [[file('a.pdf', 9, null)], [file('b.pdf', 9, null)], [file('b.pdf', 9, null)]];
  assert.deepEqual(reported(unknownTime), [[], [], ['b.pdf']]);
});

test('a known file that is written again is not new; one that was deleted and comes again is', () => {
  assert.deepEqual(reported([[file('a', 1)], [file('a', 2)], [file('a', 2)]]), [[], [], []]);
  assert.deepEqual(reported([[file('a', 1)], [], [file('a', 2)], [file('a', 2)]]), [[], [], [], ['a']]);
});

test('the next page goes on with what is known: files of the time between are reported together', () => {
  const { seen } = look(NOTHING_SEEN, [file('old.pdf')], nobody);
  const later = [file('old.pdf'), file('1.pdf'), file('2.pdf', 20)];
  const first = look({ ...NOTHING_SEEN, known: seen.known }, later, nobody);
  const second = look(first.seen, later, nobody);
  assert.deepEqual(
    second.complete.map(({ name }) => name),
    ['1.pdf', '2.pdf'],
  );
});

test('in a folder with too many files nothing is new, nor when it has fewer again', () => {
  const many = Array.from({ length: MOST_FILES + 1 }, (_, at) => file(`${at}`));
  const few = many.slice(0, 3);
  assert.deepEqual(reported([[], many, few, few]), [[], [], [], []]);
});

test('a folder is listed again for a file that waits, but not forever for an empty one', () => {
  let { seen } = look(look(NOTHING_SEEN, [], nobody).seen, [file('empty', 0)], nobody);
  assert.equal(isUnsettled(seen), true);
  let listings = 0;
  while (isUnsettled(seen) && listings < 1_000) {
    ({ seen } = look(seen, [file('empty', 0)], nobody));
    listings += 1;
  }
  assert.ok(listings > 1 && listings < 100, `${listings} listings`);
});

const NAMES = ['a.pdf', 'b.txt', 'c.part', 'd.crdownload', '.e', 'f', 'f.part'];
const anEntry = fc.record({
  name: fc.constantFrom(...NAMES),
  size: fc.integer({ min: 0, max: 2 }),
  modified: fc.integer({ min: 0, max: 2 }),
});
const aListing = fc
  .uniqueArray(anEntry, { selector: ({ name }) => name })
  .map((entries) => entries.map(({ name, size, modified }) => file(name, size, modified)));

test('whatever programs do, a file that stays is reported at most once, and only complete', () => {
  fc.assert(
    fc.property(fc.array(aListing, { maxLength: 12 }), (listings) => {
      const told = new Set<string>();
      reported(listings).forEach((names, at) => {
        const here = new Map((listings[at] ?? []).map((entry) => [entry.name, entry]));
        const before = new Map((listings[at - 1] ?? []).map((entry) => [entry.name, entry]));
        for (const name of told) if (!here.has(name) || here.has(`${name}.part`)) told.delete(name);
        for (const name of names) {
          assert.ok(!told.has(name), `${name} was reported before`);
          assert.ok(['a.pdf', 'b.txt', 'f'].includes(name));
          assert.ok((here.get(name)?.size ?? 0) > 0);
          assert.deepEqual(before.get(name), here.get(name));
          told.add(name);
        }
      });
    }),
  );
});

test('a new file that stays as it is, is reported in the second listing', () => {
  fc.assert(
    fc.property(fc.array(aListing, { minLength: 1, maxLength: 6 }), fc.integer({ min: 1 }), (listings, size) => {
      const added = listings.map((entries) => [...entries, file('z.zip', size, 9)]);
      const names = reported([[], ...added, ...added.slice(-1)]).map((all) => all.includes('z.zip'));
      assert.deepEqual(names.indexOf(true), 2);
      assert.equal(names.filter(Boolean).length, 1);
    }),
  );
});
