/** What the image plan reads from Containerfiles and folders. */
import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, test } from 'node:test';
import * as fc from 'fast-check';
import { parseContainerfile } from '#containers-client/images/containerfile.ts';
import { FIRST_SCREEN, planImages, type PreparedImage, referenceOf, ROOTFS } from '#containers-client/images/plan.ts';

const IMAGES = join(import.meta.dirname, '../../../../images');
const ROOTS = new Map([[ROOTFS, 'debian']]);
const made: string[] = [];
after(() => made.forEach((folder) => rmSync(folder, { recursive: true })));

function imagesDir(files: Record<string, string>): string {
  const folder = mkdtempSync(join(tmpdir(), 'deskpod-plan-'));
  made.push(folder);
  mkdirSync(join(folder, 'apps'));
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  return folder;
}

test('FROM lines of every stage and COPY --from count as bases; stages of the same file do not', () => {
  const { bases } = parseContainerfile(
    'ARG BASE=debian:13\nFROM ${BASE} AS build\nRUN FROM=x true\nFROM --platform=linux/amd64 other:1\nCOPY --from=build /a /a\nCOPY --from=third:2 /b /b\n',
  );
  assert.deepEqual(bases, ['debian:13', 'other:1', 'third:2']);
});

test('a build argument replaces the default of its ARG line', () => {
  assert.deepEqual(parseContainerfile('ARG BASE=debian:13\nFROM $BASE\n', { BASE: 'mine:2' }).bases, ['mine:2']);
});

test('labels are those of the last stage, with continued lines, both kinds of quotes, and comments between them', () => {
  const { labels, command } = parseContainerfile(
    'FROM a AS b\nLABEL lost="x"\nFROM c\nLABEL one="a b" \\\n# said in between\n  two=\'{"permit":["all"]}\' \\\n  three=x "four"="y=\\"z\\""\nCMD ["run", "it"]\n',
  );
  assert.deepEqual(labels, { one: 'a b', two: '{"permit":["all"]}', three: 'x', four: 'y="z"' });
  assert.deepEqual(command, ['run', 'it']);
});

test('any label value quoted as JSON is read back unchanged', () => {
  const plain = fc.string({ unit: fc.constantFrom(...'ab ="\'\\#{}[]:,;/$é'.split('')) });
  fc.assert(
    fc.property(plain, (value) => {
      // Excludes a final backslash, which would continue the line.
      const { labels } = parseContainerfile(`FROM x\nLABEL key=${JSON.stringify(value)} other="1"\n`);
      assert.equal(labels['key'], value);
      assert.equal(labels['other'], '1');
    }),
  );
});

test('parents precede the images based on them, in any folder', () => {
  const folder = imagesDir({
    'apps/app/Containerfile': `FROM ${referenceOf('zlayer')}\n`,
    'zlayer/Containerfile': `FROM ${referenceOf('ybase')}\n`,
    'ybase/Containerfile': `FROM ${ROOTFS}\n`,
  });
  const plan = planImages(folder, {}, ROOTS);
  assert.deepEqual(
    plan.map(({ name }) => name),
    ['ybase', 'zlayer', 'app'],
  );
  assert.deepEqual(plan[0]?.parents, [ROOTFS]);
});

test('images that are based on each other in a cycle are refused with their names', () => {
  const folder = imagesDir({
    'one/Containerfile': `FROM ${referenceOf('two')}\n`,
    'two/Containerfile': `FROM ${referenceOf('one')}\n`,
  });
  assert.throws(() => planImages(folder, {}, ROOTS), /localhost\/deskpod\/one:1, localhost\/deskpod\/two:1/);
});

test('a change to a file, its permissions or a parent changes the source hash, and nothing else does', () => {
  const files = {
    'base/Containerfile': `FROM ${ROOTFS}\n`,
    'top/Containerfile': `FROM ${referenceOf('base')}\n`,
    'top/run': 'a',
  };
  const source = (folder: string, roots = ROOTS): string => planImages(folder, {}, roots).at(-1)?.source ?? '';
  const first = source(imagesDir(files));
  assert.equal(source(imagesDir(files)), first);
  assert.notEqual(source(imagesDir({ ...files, 'top/run': 'b' })), first);
  assert.notEqual(source(imagesDir({ ...files, 'base/extra': '' })), first);
  assert.notEqual(source(imagesDir(files), new Map([[ROOTFS, 'newer']])), first);
  const executable = imagesDir(files);
  chmodSync(join(executable, 'top/run'), 0o755);
  assert.notEqual(source(executable), first);
});

test('all images for the first screen exist', () => {
  const names = new Set(planImages(IMAGES, {}, ROOTS).map(({ name }) => name));
  assert.deepEqual(
    FIRST_SCREEN.filter((name) => !names.has(name)),
    [],
  );
});

test('every app has the labels for all mandatory fields of a catalogue entry', () => {
  const apps = planImages(IMAGES, {}, ROOTS).filter(({ labels }) => labels['oc.type'] === 'app');
  assert.ok(apps.length >= 9);
  for (const { name, labels, command } of apps) {
    assert.equal(labels['oc.name'], name);
    for (const key of ['oc.displayname', 'oc.comment', 'oc.keyword', 'oc.cat', 'oc.path'])
      assert.ok(labels[key], `${name} ${key}`);
    // A class may have spaces.
    assert.match(labels['oc.launch'] ?? '', /^\S+\.\S.*$/);
    assert.match(labels['oc.containerengine'] ?? '', /^(ephemeral_container|pod_application)$/);
    assert.deepEqual(JSON.parse(labels['oc.acl'] ?? ''), { permit: ['all'] });
    assert.match(Buffer.from(labels['oc.icondata'] ?? '', 'base64').toString(), /^<svg /);
    assert.equal(command[0], labels['oc.path']);
  }
});

test('both games are found by their number and have different runtimes', () => {
  const games = planImages(IMAGES, {}, ROOTS).filter(({ labels }) => labels['oc.keyword']?.split(',').includes('2048'));
  assert.deepEqual(
    games.map(({ labels }) => labels['oc.containerengine'] ?? '').toSorted((one, other) => one.localeCompare(other)),
    ['ephemeral_container', 'pod_application'],
  );
});

test('the server image is planned only if it can be prepared, and changes with its sources', () => {
  const plan = (source: string | null) =>
    planImages(
      IMAGES,
      {},
      ROOTS,
      source === null ? {} : { server: prepared(source), 'server-packages': prepared('x') },
    );
  const find = (source: string) => plan(source).find(({ name }) => name === 'server')?.source;
  assert.equal(
    plan(null).some(({ name }) => name.startsWith('server')),
    false,
  );
  assert.notEqual(find('one'), undefined);
  assert.notEqual(find('one'), find('two'));
});

function prepared(source: string): PreparedImage {
  return { source, parts: [], prepare: (recipe) => Promise.resolve(recipe) };
}

test('other languages result in another base, and so in other images above it', () => {
  const plan = (LANGUAGES: string) => planImages(IMAGES, { LANGUAGES }, ROOTS);
  const base = ({ name }: { name: string }) => name === 'base';
  const [english, german] = [plan(''), plan('de')];
  assert.deepEqual(german.find(base)?.args, { BASE: ROOTFS, LANGUAGES: 'de' });
  for (const [index, { name, source }] of english.entries()) assert.notEqual(german[index]?.source, source, name);
});

test('more fonts are in the images of desktops and graphical apps, and change no others', () => {
  const plan = (FONTS: string) => planImages(IMAGES, { FONTS }, ROOTS);
  const [usual, more] = [plan(''), plan('fonts-noto-cjk')];
  const changed = new Set(usual.filter(({ source }, at) => source !== more[at]?.source).map(({ name }) => name));
  for (const name of ['x11', 'desktop', 'gtk', 'qt', 'text-editor', 'terminal']) assert.ok(changed.has(name), name);
  for (const name of ['base', 'files', 'sound', 'printer', 'toolbox']) assert.ok(!changed.has(name), name);
  assert.equal(more.find(({ name }) => name === 'x11')?.args['FONTS'], 'fonts-noto-cjk');
});
