/** The import table of docs/architecture.md, enforced. */
import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { test } from 'node:test';

const ROOT = resolve(import.meta.dirname, '..');

/** Which areas an area may import, itself aside. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  protocol: [],
  domain: ['protocol'],
  config: ['domain', 'protocol'],
  engines: ['domain', 'protocol', 'config'],
  display: ['domain', 'protocol', 'config'],
  auth: ['domain', 'protocol', 'config'],
  store: ['domain', 'protocol', 'config'],
  http: ['domain', 'protocol', 'events'],
  gateway: ['domain', 'protocol', 'events'],
  events: [],
  client: ['protocol'],
  cli: ['client', 'protocol'],
  setup: ['domain', 'protocol', 'config', 'engines'],
  web: ['client', 'protocol'],
};
/** Commands that run the server or set it up, in the same process; loaded only when given. */
const LOADS_THE_SERVER = new Set(['src/cli/start.ts']);
/** These wire the other areas together: they may import everything, and only main imports them. */
const WIRING = new Set(['main', 'server']);
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

test('there are sources to look at', () => assert.ok(sources.length > 50, `only ${sources.length} files found`));

test('imports point inward, as the table says', () => {
  const wrong = sources.flatMap(({ path, text }) => importsOf(text).flatMap((name) => complaint(path, name)));
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

test('no type is switched off', () => {
  const loose = sources.filter(({ text }) =>
    /:\s*any\b|<any>|\bas any\b|@ts-ignore|@ts-nocheck|oxlint-disable/.test(text),
  );
  assert.deepEqual(
    loose.map(({ path }) => path),
    [],
  );
});

test('nothing is a barrel or a drawer for leftovers', () => {
  const wrong = files.filter((path) => /^(index|utils?|helpers?|common|misc)\.tsx?$/.test(basename(path)));
  assert.deepEqual(wrong, []);
});

function importsOf(text: string): string[] {
  return [...text.matchAll(/(?:\bfrom|\bimport)\s*\(?\s*'([^']+)'/g)].flatMap((match) => match[1] ?? []);
}

function complaint(path: string, name: string): string[] {
  for (const [fenced, home] of Object.entries(FENCED)) {
    if ((name === fenced || name.startsWith(`${fenced}/`)) && !path.startsWith(home))
      return [`${path} imports ${name}, which only ${home} may`];
  }
  const from = areaOf(path);
  const to = targetArea(path, name);
  if (from === null || to === null || from === to || (WIRING.has(from) && to !== 'main')) return [];
  if (to === 'main') return LOADS_THE_SERVER.has(path) ? [] : [`${path} imports main`];
  if (LOADS_THE_SERVER.has(path) && (to === 'setup' || to === 'config')) return [];
  return MAY_IMPORT[from]?.includes(to) ? [] : [`${path} imports ${name}`];
}

function areaOf(path: string): string | null {
  const [top, area = ''] = path.split('/');
  return top === 'web' ? 'web' : top === 'src' ? area.replace(/\.ts$/, '') : null;
}

function targetArea(path: string, name: string): string | null {
  if (name.startsWith('#')) return name.slice(1).split('/')[0] ?? null;
  if (name.startsWith('.')) return areaOf(relative(ROOT, resolve(ROOT, dirname(path), name)));
  return null;
}
