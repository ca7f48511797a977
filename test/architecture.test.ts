/** Enforces the map of test/areas.ts; docs/architecture.md has a generated copy of it. */
import assert from 'node:assert/strict';
import { existsSync, globSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { test } from 'node:test';
import {
  AREAS,
  FOLDERS,
  FOLDERS_OF_DOMAIN,
  FOLDERS_OF_ENGINES,
  pathOf,
  tables,
  WEB_FOLDERS,
  WEB_PAGES,
} from './areas.ts';

const ROOT = resolve(import.meta.dirname, '..');

/** Commands that run the server or set it up, in the same process; loaded only when given. */
const LOADS_THE_SERVER = new Set(['src/cli/start.ts']);
const DOCUMENT = join(ROOT, 'docs/architecture.md');
const BEGIN = '<!-- map: generated from test/areas.ts -->\n';
const END = '<!-- end of map -->\n';
/** Packages that only one area may know. */
const FENCED: Readonly<Record<string, string>> = {
  '@kubernetes/client-node': 'src/engines/kubernetes/',
  kysely: 'src/store/',
  pg: 'src/store/',
  ldapts: 'src/auth/',
  httpxy: 'src/gateway/',
  'node:sqlite': 'src/store/',
  x11: 'src/display/',
  '@novnc/novnc': 'web/screen/',
  '@xterm/xterm': 'web/terminal/',
};

const files = globSync(['src/**/*.ts', 'web/**/*.{ts,tsx}'], {
  cwd: ROOT,
  exclude: ['**/dist/**', '**/node_modules/**'],
});
const sources = files.map((path) => ({ path, text: readFileSync(join(ROOT, path), 'utf8') }));

test('sources are found', () => assert.ok(sources.length > 50, `only ${sources.length} files found`));

test('imports point inward, as the table says', () => {
  const wrong = sources.flatMap(({ path, text }) => importsOf(text).flatMap((name) => complaint(path, name)));
  assert.deepEqual(wrong, []);
});

test('the map names every area and folder, and nothing that does not exist', () => {
  const found = new Set(sources.map(({ path }) => areaOf(path) ?? ''));
  assert.deepEqual(Object.keys(AREAS).toSorted(), [...found].toSorted());
  for (const path of [...Object.keys(AREAS).map(pathOf), ...Object.keys(FOLDERS)])
    assert.ok(existsSync(join(ROOT, path)), path);
  const named = new Set([...Object.keys(FOLDERS), 'src', 'web', 'node_modules', 'test-results']);
  const folders = globSync('*/', { cwd: ROOT }).map((path) => path.replace(/\/$/, ''));
  assert.deepEqual(
    folders.filter((path) => !named.has(path)),
    [],
  );
});

test('folders of an engine import downwards', () => {
  const wrong = sources.flatMap(({ path, text }) => {
    const from = engineFolder(path);
    if (from === null) return [];
    const may = FOLDERS_OF_ENGINES[from.engine]?.[from.folder];
    if (may === undefined) return [`${path}: the folder ${from.folder} is not in the table`];
    return targetsOf(path, text)
      .filter((target) => {
        const to = engineFolder(target);
        if (!target.startsWith('src/engines/') || target.startsWith('src/engines/shared/')) return false;
        if (to === null) return !target.endsWith('/context.ts');
        return to.engine !== from.engine || (to.folder !== from.folder && !may.includes(to.folder));
      })
      .map((target) => `${path} imports ${target}`);
  });
  assert.deepEqual(wrong, []);
});

test('folders of the domain import downwards', () => {
  const found = new Set(sources.flatMap(({ path }) => domainFolder(path) ?? []));
  assert.deepEqual([...found].toSorted(), Object.keys(FOLDERS_OF_DOMAIN).toSorted());
  const wrong = sources.flatMap(({ path, text }) => {
    if (!path.startsWith('src/domain/')) return [];
    const from = domainFolder(path);
    // Files beside the folders are for all of them.
    const may = from === null ? [] : [from, ...(FOLDERS_OF_DOMAIN[from]?.imports ?? [])];
    return targetsOf(path, text)
      .filter((target) => {
        const to = domainFolder(target);
        return to !== null && !may.includes(to);
      })
      .map((target) => `${path} imports ${target}`);
  });
  assert.deepEqual(wrong, []);
});

test('no files import each other in a circle', () => {
  const targets = new Map(sources.map(({ path, text }) => [path, targetsOf(path, text)]));
  const reaches = (from: string, seen: Set<string>): Set<string> => {
    for (const target of targets.get(from) ?? [])
      if (!seen.has(target) && targets.has(target)) reaches(target, seen.add(target));
    return seen;
  };
  const circular = [...targets.keys()].filter((path) => reaches(path, new Set()).has(path));
  assert.deepEqual(circular, []);
});

test('no catch hides an error: it is checked, or named with a reason by ignore()', () => {
  const wrong = sources.filter(({ text }) => /\bcatch \{|\.catch\(\(\) =>/.test(text));
  assert.deepEqual(
    wrong.map(({ path }) => path),
    [],
  );
});

test('docs/architecture.md has the map as it is', () => {
  const text = readFileSync(DOCUMENT, 'utf8');
  const [before, rest] = text.split(BEGIN);
  const [table, after] = rest?.split(END) ?? [];
  assert.ok(after !== undefined, 'the marks of the map are missing');
  const expected = `\n${tables()}\n\n`;
  if (process.env['UPDATE_DOCS'] === '1') writeFileSync(DOCUMENT, `${before}${BEGIN}${expected}${END}${after}`);
  else assert.equal(table, expected, 'Run this test with UPDATE_DOCS=1 and read the difference.');
});

test('folders of web import downwards', () => {
  const wrong = sources.flatMap(({ path, text }) => importsOf(text).flatMap((name) => webComplaint(path, name)));
  assert.deepEqual(wrong, []);
});

test('only config reads the environment', () => {
  const wrong = sources.filter(
    ({ path, text }) => path.startsWith('src/') && !path.startsWith('src/config/') && /process\.env\b/.test(text),
  );
  assert.deepEqual(
    wrong.map(({ path }) => path),
    [],
  );
});

test('no file is longer than 400 lines', () => {
  const tests = globSync('test/**/*.ts', { cwd: ROOT }).map((path) => ({
    path,
    text: readFileSync(join(ROOT, path), 'utf8'),
  }));
  const long = [...sources, ...tests].filter(({ text }) => text.split('\n').length > 401);
  assert.deepEqual(
    long.map(({ path }) => path),
    [],
  );
});

test('no type check is switched off', () => {
  const loose = sources.filter(({ text }) =>
    /:\s*any\b|<any>|\bas any\b|@ts-ignore|@ts-nocheck|oxlint-disable/.test(text),
  );
  assert.deepEqual(
    loose.map(({ path }) => path),
    [],
  );
});

test('no file is a barrel or a collection of leftovers', () => {
  const wrong = files.filter((path) => /^(index|utils?|helpers?|common|misc)\.tsx?$/.test(basename(path)));
  assert.deepEqual(wrong, []);
});

function importsOf(text: string): string[] {
  return [...text.matchAll(/(?:\bfrom|\bimport)\s*\(?\s*'([^']+)'/g)].flatMap((match) => match[1] ?? []);
}

/** The files of `src` and `web` that this one imports. */
function targetsOf(path: string, text: string): string[] {
  return importsOf(text).flatMap((name) => {
    if (name.startsWith('#')) return [`src/${name.slice(1)}`];
    return name.startsWith('.') ? [relative(ROOT, resolve(ROOT, dirname(path), name))] : [];
  });
}

function complaint(path: string, name: string): string[] {
  for (const [fenced, home] of Object.entries(FENCED)) {
    if ((name === fenced || name.startsWith(`${fenced}/`)) && !path.startsWith(home))
      return [`${path} imports ${name}, which only ${home} may`];
  }
  const from = areaOf(path);
  const to = targetArea(path, name);
  const imports = from === null ? undefined : AREAS[from]?.imports;
  if (to === null || from === to || (imports === 'everything' && to !== 'main')) return [];
  if (to === 'main') return LOADS_THE_SERVER.has(path) ? [] : [`${path} imports main`];
  if (LOADS_THE_SERVER.has(path) && (to === 'setup' || to === 'config' || to === 'processes')) return [];
  return imports?.includes(to) ? [] : [`${path} imports ${name}`];
}

function webComplaint(path: string, name: string): string[] {
  const from = webFolderOf(path);
  const to = name.startsWith('.') ? webFolderOf(relative(ROOT, resolve(ROOT, dirname(path), name))) : null;
  if (from === null || to === null || from === to) return [];
  if (WEB_PAGES.has(from)) return to === 'ui' ? [] : [`${path} imports ${name}`];
  const [above, below] = [WEB_FOLDERS.indexOf(from), WEB_FOLDERS.indexOf(to)];
  return above >= 0 && below >= 0 && below < above ? [] : [`${path} imports ${name}`];
}

/** Null for what is not in a folder of web. */
function webFolderOf(path: string): string | null {
  const [top, folder = '', file] = path.split('/');
  return top === 'web' && file !== undefined ? folder : null;
}

function areaOf(path: string): string | null {
  const [top, area = ''] = path.split('/');
  return top === 'web' ? 'web' : top === 'src' ? area.replace(/\.ts$/, '') : null;
}

/** Null for files that lie in no folder of an engine. */
function engineFolder(path: string): { engine: string; folder: string } | null {
  const [, engine = '', folder = ''] = /^src\/engines\/([^/]+)\/([^/]+)\//.exec(path) ?? [];
  return engine === '' ? null : { engine, folder };
}

/** Null for what is not in a folder of the domain. */
function domainFolder(path: string): string | null {
  return /^src\/domain\/([^/]+)\//.exec(path)?.[1] ?? null;
}

function targetArea(path: string, name: string): string | null {
  if (name.startsWith('#')) return name.slice(1).split('/')[0] ?? null;
  if (name.startsWith('.')) return areaOf(relative(ROOT, resolve(ROOT, dirname(path), name)));
  return null;
}
