/** The builder with an engine that records its calls. */
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { ApiError, type EngineApi } from '#containers-client/api.ts';
import { ImageBuilder } from '#containers-client/images/builder.ts';
import { referenceOf } from '#containers-client/images/plan.ts';
import { checkedBom } from '../../../fixtures/cyclonedx.ts';
import { tarOf } from '../../../fixtures/tar.ts';

/** What the Containerfiles declare besides the base. */
const ARGS: Readonly<Record<string, string>> = { base: 'ARG LANGUAGES=\n', layer: 'ARG FONTS=\n' };

const never = new AbortController().signal;
const silent = (): void => undefined;
let folder = '';

before(() => {
  folder = mkdtempSync(join(tmpdir(), 'deskpod-builder-'));
  for (const [name, base] of [
    ['base', '$BASE'],
    ['layer', referenceOf('base')],
    ['apps/one', referenceOf('layer')],
    ['apps/two', referenceOf('layer')],
  ] as const) {
    mkdirSync(join(folder, name), { recursive: true });
    writeFileSync(join(folder, name, 'Containerfile'), `ARG BASE\nFROM ${base}\n${ARGS[name] ?? ''}RUN make-it\n`);
  }
});
after(() => rmSync(folder, { recursive: true }));

/** Stores images by reference and builds in order; `fail` names an image whose build fails. */
class FakeEngine implements Pick<EngineApi, 'json' | 'text' | 'stream'> {
  readonly images = new Map<string, { id: string; labels: Record<string, string>; builtAt: Date }>();
  /** When the next build ends. */
  now = new Date('2026-01-01T00:00:00Z');
  /** Whether each build could use cached layers. */
  readonly cached: boolean[] = [];
  readonly built: string[] = [];
  /** The arguments of each build. */
  readonly args: unknown[] = [];
  readonly removed: string[] = [];
  fail = '';
  /** Each build waits for this. */
  pause: Promise<void> = Promise.resolve();
  /** What images have, by path; SBOMs are made of it. */
  readonly files = new Map([
    ['/var/lib/dpkg/status', 'Package: bash\nStatus: install ok installed\nArchitecture: amd64\nVersion: 5.2\n'],
    ['/usr/lib/os-release', 'ID=debian\nVERSION_ID=13\n'],
  ]);

  json: EngineApi['json'] = (schema, _method, path) => {
    if (path === '/containers/create') return Promise.resolve(schema.parse({ Id: 'created' }));
    const image = this.images.get(decodeURIComponent(path.split('/')[2] ?? ''));
    if (!image) return Promise.reject(new ApiError(404, 'no such image'));
    return Promise.resolve(schema.parse({ Id: image.id, Created: image.builtAt, Config: { Labels: image.labels } }));
  };

  text: EngineApi['text'] = (_method, path) => {
    const [, kind, name = ''] = path.split('/');
    if (kind === 'images') this.removed.push(decodeURIComponent(name));
    return Promise.resolve('');
  };

  stream: EngineApi['stream'] = async (_method, path, call) => {
    if (path !== '/build') return this.#archive(String(call?.query?.['path']));
    const reference = String(call?.query?.['t']);
    this.built.push(reference);
    this.cached.push(call?.query?.['nocache'] !== true);
    this.args.push(JSON.parse(String(call?.query?.['buildargs'])));
    await this.pause;
    call?.signal?.throwIfAborted();
    const failed = reference === this.fail;
    const labels: Record<string, string> = JSON.parse(String(call?.query?.['labels']));
    if (!failed) this.images.set(reference, { id: `id-${this.built.length}`, labels, builtAt: this.now });
    const lines = [{ stream: 'STEP 2/2: RUN make-it\n' }, ...(failed ? [{ error: 'E: no space left' }] : [])];
    return replyOf(lines.map((line) => JSON.stringify(line)).join('\n'));
  };

  #archive(path: string): IncomingMessage {
    const content = this.files.get(path);
    if (content === undefined) throw new ApiError(404, 'no such file');
    return replyOf(tarOf({ file: content }));
  }
}

function replyOf(content: string | Buffer): IncomingMessage {
  const reply = new IncomingMessage(new Socket());
  reply.push(content);
  reply.push(null);
  return reply;
}

function builder(engine: FakeEngine, baseImage = 'debian:13'): ImageBuilder {
  return new ImageBuilder(engine, { imagesDir: folder, baseImage, workDir: folder });
}

test('parents are built first, each once, for any number of simultaneous requests', async () => {
  const engine = new FakeEngine();
  const images = builder(engine);
  await Promise.all(['one', 'two', 'one', 'layer'].map((name) => images.ensure(referenceOf(name), silent, never)));
  assert.deepEqual(engine.built.slice(0, 2), [referenceOf('base'), referenceOf('layer')]);
  assert.deepEqual(
    engine.built.slice(2).toSorted((one, other) => one.localeCompare(other)),
    [referenceOf('one'), referenceOf('two')],
  );
});

test('an image that is up to date is not built again, not even by another builder', async () => {
  const engine = new FakeEngine();
  await builder(engine).ensure(referenceOf('one'), silent, never);
  const before = engine.built.length;
  const second = builder(engine);
  await second.ensure(referenceOf('one'), silent, never);
  assert.equal(engine.built.length, before);
  assert.equal(await second.isCurrent(referenceOf('one')), true);
});

test('another base image rebuilds every image above it and removes the old ones', async () => {
  const engine = new FakeEngine();
  await builder(engine).ensure(referenceOf('layer'), silent, never);
  await builder(engine, 'debian:testing').ensure(referenceOf('layer'), silent, never);
  assert.equal(engine.built.length, 4);
  assert.deepEqual(engine.removed, ['id-1', 'id-2']);
});

test('languages are a build argument, always in the same order', async () => {
  const engine = new FakeEngine();
  const german = (languages: string[]) =>
    new ImageBuilder(engine, { imagesDir: folder, baseImage: 'debian:13', languages, workDir: folder });
  await german(['fr', 'de', 'fr']).ensure(referenceOf('base'), silent, never);
  assert.deepEqual(engine.args, [{ BASE: 'debian:13', LANGUAGES: 'de fr' }]);
  assert.equal(await german(['de', 'fr']).isCurrent(referenceOf('base')), true);
  assert.equal(await german([]).isCurrent(referenceOf('base')), false);
});

test('more fonts are a build argument, for the images that take it only', async () => {
  const engine = new FakeEngine();
  const options = { imagesDir: folder, baseImage: 'debian:13', workDir: folder };
  await builder(engine).ensure(referenceOf('layer'), silent, never);
  const fonts = new ImageBuilder(engine, { ...options, fonts: ['emoji', 'cjk', 'emoji'] });
  assert.equal(await fonts.isCurrent(referenceOf('base')), true);
  assert.equal(await fonts.isCurrent(referenceOf('layer')), false);
  await fonts.ensure(referenceOf('layer'), silent, never);
  assert.deepEqual(engine.args.at(-1), { BASE: 'debian:13', FONTS: 'fonts-noto-cjk fonts-noto-color-emoji' });
});

test('a failed build is reported with the image and the reason, and the next attempt starts over', async () => {
  const engine = new FakeEngine();
  const images = builder(engine);
  engine.fail = referenceOf('layer');
  await assert.rejects(
    images.ensure(referenceOf('one'), silent, never),
    /image layer could not be built: E: no space left/,
  );
  assert.equal(await images.isCurrent(referenceOf('one')), false);
  engine.fail = '';
  await images.ensure(referenceOf('one'), silent, never);
  assert.equal(await images.isCurrent(referenceOf('one')), true);
});

test('a request that is aborted fails at once, and a later one gets the image', async () => {
  const engine = new FakeEngine();
  const images = builder(engine);
  const { promise, resolve } = Promise.withResolvers<void>();
  engine.pause = promise;
  const impatient = new AbortController();
  const first = images.ensure(referenceOf('base'), silent, impatient.signal);
  impatient.abort(new Error('enough'));
  await assert.rejects(first, /enough/);
  const second = images.ensure(referenceOf('base'), silent, never);
  resolve();
  await second;
  assert.equal(await images.isCurrent(referenceOf('base')), true);
});

test('progress names the image and the current command', async () => {
  const lines: string[] = [];
  await builder(new FakeEngine()).ensure(referenceOf('layer'), (line) => lines.push(line), never);
  assert.deepEqual(lines, ['base: make-it', 'layer: make-it']);
});

test('an image without a recipe is refused', async () => {
  const images = builder(new FakeEngine());
  assert.equal(images.isOwn('docker.io/library/debian:13'), false);
  await assert.rejects(images.ensure('docker.io/library/debian:13', silent, never), { code: 'not_found' });
});

test('refreshing builds images again that were built before, parents first, each once and without cached layers', async () => {
  const engine = new FakeEngine();
  const names = ['one', 'two'];
  await Promise.all(names.map((name) => builder(engine).ensure(referenceOf(name), silent, never)));
  const refreshBefore = new Date('2026-01-08T00:00:00Z');
  const refreshing = new ImageBuilder(engine, {
    imagesDir: folder,
    baseImage: 'debian:13',
    workDir: folder,
    refreshBefore,
  });
  engine.now = new Date('2026-01-08T00:01:00Z');
  const before = engine.built.length;
  await Promise.all(names.map((name) => refreshing.ensure(referenceOf(name), silent, never)));
  assert.deepEqual(engine.built.slice(before, before + 2), [referenceOf('base'), referenceOf('layer')]);
  assert.deepEqual(engine.built.slice(before + 2).toSorted(), [referenceOf('one'), referenceOf('two')]);
  assert.ok(engine.cached.slice(before).every((cached) => !cached));
  assert.equal(await builder(engine).isCurrent(referenceOf('one')), true, 'the recipe is the same');
});

test('the age of images is that of the oldest one that was asked for', async () => {
  const engine = new FakeEngine();
  const images = builder(engine);
  assert.equal(images.oldestBuiltAt(), null);
  await images.ensure(referenceOf('base'), silent, never);
  engine.now = new Date('2026-02-01T00:00:00Z');
  await images.ensure(referenceOf('one'), silent, never);
  assert.deepEqual(images.oldestBuiltAt(), new Date('2026-01-01T00:00:00Z'));
});

test('each image has an SBOM once it is built, with what was put in besides packages, also by the images below', async () => {
  const engine = new FakeEngine();
  const part = (name: string) => ({
    component: { type: 'library', 'bom-ref': name, name, version: '1' } as const,
    dependsOn: [],
  });
  const prepared = (name: string) => ({
    source: 'x',
    parts: [part(name)],
    prepare: () => Promise.resolve(mkdtempSync(join(tmpdir(), 'deskpod-prepared-'))),
  });
  const images = new ImageBuilder(engine, {
    imagesDir: folder,
    baseImage: 'debian:13',
    workDir: folder,
    prepared: { layer: prepared('below'), one: prepared('above') },
  });
  await assert.rejects(images.sbom(referenceOf('one'), never), { remedy: /npm run images -- --only one/ });
  await images.ensure(referenceOf('one'), silent, never);
  const bom = checkedBom(await images.sbom(referenceOf('one'), never));
  assert.deepEqual(new Set(bom.components.map(({ name }) => name)), new Set(['debian', 'bash', 'below', 'above']));
  assert.equal(bom.metadata.timestamp, engine.now.toISOString());
});

test('an SBOM that could not be written is reported and does not fail the build', async () => {
  const engine = new FakeEngine();
  engine.files.clear();
  const lines: string[] = [];
  const images = builder(engine);
  await images.ensure(referenceOf('base'), (line) => lines.push(line), never);
  assert.match(lines.at(-1) ?? '', /^base: no SBOM: it has no \/var\/lib\/dpkg\/status/);
  assert.equal(await images.isCurrent(referenceOf('base')), true);
});
