/** What `npm run test:apps` chooses, finds in logs, keeps and writes. */
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { chosen } from '../../apps/choice.ts';
import { errorsIn } from '../../apps/log-errors.ts';
import { pageOf } from '../../apps/page.ts';
import { described, recipes, ROOT } from '../../apps/recipes.ts';
import { median, merged, type Result, Results } from '../../apps/results.ts';
import { sampleFor, writeSample } from '../../apps/samples.ts';
import { openings, type SeenProcess } from '../../apps/sandbox.ts';

const apps = ['a', 'b', 'c', 'd', 'e'].map((name) => ({ name }));
const names = (all: readonly { readonly name: string }[]) => all.map(({ name }) => name);

const result = (name: string, more: Partial<Result> = {}): Result => ({
  name,
  displayName: name.toUpperCase(),
  day: '2026-11-30',
  coldMs: 2_340,
  warmMs: 1_100,
  memoryMb: 80,
  imageMb: 500,
  ownMb: 60,
  runtimes: ['ephemeral_container'],
  opens: null,
  heard: null,
  prints: null,
  picture: false,
  problems: [],
  ...more,
});

test('shares have every app once; names choose; a wrong name or share is refused', () => {
  const shares = ['1/3', '2/3', '3/3'].flatMap((shard) => names(chosen(apps, { names: [], shard })));
  assert.deepEqual(shares.toSorted(), names(apps));
  assert.deepEqual(names(chosen(apps, { names: ['d', 'b'] })), ['b', 'd']);
  assert.throws(() => chosen(apps, { names: ['z'] }), /no app z\. Apps: a, b/);
  for (const shard of ['0/3', '4/3', '1', 'x/y']) assert.throws(() => chosen(apps, { names: [], shard }), /share/);
});

test('errors in a log are found, except those that are allowed', () => {
  const log =
    'starting\n** ERROR **: no such thing\nGdk-WARNING: old\nFailed to connect to the session bus\nTraceback (most recent call last):';
  assert.deepEqual(errorsIn(log, 'a'), ['** ERROR **: no such thing', 'Traceback (most recent call last):']);
});

test('results of other apps are kept, those of apps that are gone are dropped', () => {
  const kept = merged([result('b'), result('gone'), result('a')], [result('b', { coldMs: 1 })], ['a', 'b', 'c']);
  assert.deepEqual(
    kept.map(({ name, coldMs }) => [name, coldMs]),
    [
      ['a', 2_340],
      ['b', 1],
    ],
  );
  assert.equal(median([3, 1.4, 200]), 3);
  assert.equal(median([]), null);
});

test('the page has a row for each app, also for those that were not tried', () => {
  const app = { name: 'a', displayName: 'A', comment: 'Does A', optional: true, license: 'MIT' };
  const tried = result('a', { picture: true, opens: 'harbour.pdf', heard: true, problems: ['It fell.'] });
  const page = pageOf([app, { ...app, name: 'b', displayName: 'B', optional: false }], [tried]);
  assert.match(
    page,
    /\| <img src="screenshots\/apps\/a\.webp" [^|]+ \| \*\*A\*\* [^|]+optional \| 2\.3 s \| 1\.1 s \| 80 MB \|/,
  );
  assert.match(page, /60 MB \(500\) \| desktop \| `harbour\.pdf`<br>plays sound<br>It fell\. \|/);
  assert.match(page, /\*\*B\*\* [^|]+MIT \| not tried \|/);
});

test('every sample has the name of its type and some content', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'deskpod-samples-'));
  try {
    for (const opens of ['.fodt', '.fods', '.pdf', '.png', '.wav', '.zip', '.epub', '.sqlite']) {
      const extension = sampleFor([opens]);
      assert.equal(`.${extension}`, opens);
      const name = await writeSample(folder, extension ?? '');
      assert.ok((await readFile(join(folder, name))).length > 50, name);
    }
    assert.equal(sampleFor(['.blend']), null);
  } finally {
    await rm(folder, { recursive: true });
  }
});

test('docs/apps.md is that of the results, and has its pictures', () => {
  const results = Results.parse(JSON.parse(readFileSync(join(ROOT, 'test/apps/results.json'), 'utf8')));
  const all = recipes();
  const missing = results.filter(
    ({ name, picture }) => picture && !existsSync(join(ROOT, `docs/screenshots/apps/${name}.webp`)),
  );
  assert.deepEqual(names(missing), []);
  const text = readFileSync(join(ROOT, 'docs/apps.md'), 'utf8');
  assert.equal(text, pageOf(all.map(described), results), 'Run npm run test:apps -- NAME for an app that you changed.');
});

test('a page of a browser counts as locked up only in namespaces of its own, without files and with a filter of its own', () => {
  const browser: SeenProcess = {
    type: null,
    namespaces: ['user:[1]', 'pid:[1]', 'net:[1]'],
    root: '/',
    status: 'CapEff:\t0000000000000000\nSeccomp:\t2\nSeccomp_filters:\t1\n',
  };
  const page: SeenProcess = {
    type: 'renderer',
    namespaces: ['user:[2]', 'pid:[2]', 'net:[2]'],
    root: '/proc/7/fdinfo',
    status: browser.status.replace('filters:\t1', 'filters:\t2'),
  };
  assert.deepEqual(openings([browser, page]), []);
  assert.deepEqual(openings([browser, { ...browser, type: 'renderer' }]), [
    'A page has no user namespace.',
    'A page has no pid namespace.',
    'A page has no net namespace.',
    'A page has the root folder /.',
    'A page has no filter of its own.',
  ]);
  assert.deepEqual(openings([browser]), ['No process of a page was found.']);
});
