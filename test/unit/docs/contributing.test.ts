/**
 * CONTRIBUTING.md is correct: the files it names exist, and its steps for an app and a setting work on a copy of the
 * tree.
 */
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { test } from 'node:test';
import { z } from 'zod';
import type * as Load from '#config/load.ts';
import type * as Reference from '#config/reference.ts';
import { planImages } from '#containers-client/images/plan.ts';
import { parseInspect } from '#domain/catalogue/image-inspect.ts';
import { exportOwnApp, ownAppNames } from '#setup/own-apps.ts';

const ROOT = resolve(import.meta.dirname, '../../..');
const page = readFileSync(join(ROOT, 'CONTRIBUTING.md'), 'utf8');
const TOP = /^(src|web|test|images|deploy|docs|bin|catalogue)(\/|$)/;
/** Exists after a browser test failed. */
const RESULTS = 'test-results';

test('every file and folder named in it exists', () => {
  const named = [...page.matchAll(/`([\w./-]+)`|\]\(([\w./-]+)(?:#[\w-]+)?\)/g)].flatMap(
    ([, code, link]) => link ?? code ?? [],
  );
  const paths = named.filter((path) => TOP.test(path) && path !== RESULTS);
  const inCommands = [...page.matchAll(/ (test\/[\w./-]+\.test\.ts)/g)].flatMap(([, path]) => path ?? []);
  assert.ok(paths.length > 30, `${paths.length} paths`);
  assert.deepEqual(
    [...paths, ...inCommands].filter((path) => !existsSync(join(ROOT, path))),
    [],
  );
});

test('every npm script named in it exists', () => {
  const { scripts } = z
    .object({ scripts: z.record(z.string(), z.string()) })
    .parse(JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')));
  const named = [...page.matchAll(/npm run ([\w:]+)/g)].flatMap(([, name]) => name ?? []);
  assert.ok(named.length > 5);
  assert.deepEqual(
    named.filter((name) => !(name in scripts)),
    [],
  );
});

test('its steps for an app add the app to the catalogue', async () => {
  await using copy = await copyOf('images', 'catalogue');
  const { name } = copy;
  const [containerfile = ''] = blocks('An app', 'dockerfile');
  const app = /oc\.name="([^"]+)"/.exec(containerfile)?.[1] ?? '';
  const folder = join(name, 'images/apps', app);
  await mkdir(folder);
  await writeFile(join(folder, 'Containerfile'), containerfile);
  await cp(join(name, 'images/apps/calculator/calculator.svg'), join(folder, `${app}.svg`));

  assert.ok(ownAppNames(name).includes(app));
  const exported = exportOwnApp(name, app, {});
  const parsed = parseInspect(exported);
  assert.deepEqual([parsed?.skipped, parsed?.warnings], [[], []]);
  const image = planImages(join(name, 'images'), {}, new Map()).find((one) => one.name === app);
  assert.equal(image?.labels['oc.type'], 'app');
  assert.ok(image.labels['oc.icondata'], 'the image contains the icon');
  const [entry] = parsed?.documents ?? [];
  assert.equal(`catalogue/${entry?.id.split('/').at(-1)?.replace(':', '.')}.json`, `catalogue/${app}.d.3.0.json`);
  assert.ok(page.includes(`apps export ${app} -o catalogue/${app}.d.3.0.json`));
});

test('its steps for a setting create one that a variable sets and the reference explains', async () => {
  await using copy = await copyOf('src/config', 'src/domain', 'src/protocol', 'package.json');
  const [setting = '', field = '', value = ''] = blocks('A setting', 'ts');
  await insert(join(copy.name, 'src/config/settings.ts'), 'export const Settings = z.object({\n', setting);
  await insert(join(copy.name, 'src/config/config.ts'), '  readonly desktop: {\n', field);
  await insert(join(copy.name, 'src/config/build.ts'), '    desktop: {\n', value);
  const { loadConfig }: typeof Load = await import(join(copy.name, 'src/config/load.ts'));
  const reference: typeof Reference = await import(join(copy.name, 'src/config/reference.ts'));

  const { config, notes } = await loadConfig({ env: { DESKPOD_BELL: 'true' }, defaultFile: null });
  assert.equal(Object.entries(config.desktop).find(([key]) => key === 'bell')?.[1], true);
  assert.deepEqual(notes, []);
  assert.match(reference.settingsReference(), /### `desktop\.bell`\n\nWhether programs can ring the bell\./);
});

/** The code of a section, without list indentation. */
function blocks(section: string, language: string): string[] {
  const text = page.split(/^## /m).find((one) => one.startsWith(`${section}\n`)) ?? '';
  const found = [...text.matchAll(/^ *```(\w+)\n(.*?)^ *```$/gms)].filter(([, word]) => word === language);
  return found.map(([, , code = '']) => code.replaceAll(/^ {3}/gm, ''));
}

interface Copy extends AsyncDisposable {
  readonly name: string;
}

async function copyOf(...paths: readonly string[]): Promise<Copy> {
  const name = await mkdtemp(join(tmpdir(), 'deskpod-contributing-'));
  for (const path of paths) await cp(join(ROOT, path), join(name, path), { recursive: true });
  await symlink(join(ROOT, 'node_modules'), join(name, 'node_modules'));
  return { name, [Symbol.asyncDispose]: () => rm(name, { recursive: true }) };
}

async function insert(file: string, after: string, code: string): Promise<void> {
  const text = await readFile(file, 'utf8');
  assert.ok(text.includes(after), `${file} has no line ${after}`);
  await writeFile(
    file,
    text.replace(after, () => `${after}${code}`),
  );
}
