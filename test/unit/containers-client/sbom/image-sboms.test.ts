/** SBOMs of images, with an engine that has files of one image. */
import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { ApiError, type EngineApi } from '#containers-client/api.ts';
import { ImageSboms, type BuiltImage } from '#containers-client/sbom/image-sboms.ts';
import { checkedBom } from '../../../fixtures/cyclonedx.ts';
import { tarOf } from '../../../fixtures/tar.ts';

const never = new AbortController().signal;
const folder = mkdtempSync(join(tmpdir(), 'deskpod-sbom-'));
after(() => rmSync(folder, { recursive: true }));

function record(name: string, version: string): string {
  return `Package: ${name}\nStatus: install ok installed\nArchitecture: amd64\nVersion: ${version}\n`;
}

/** Containers that exist, and every call that changes something. */
class FakeEngine implements Pick<EngineApi, 'json' | 'text' | 'stream'> {
  readonly containers = new Set<string>();
  readonly calls: string[] = [];
  readonly files = new Map<string, Readonly<Record<string, string>>>([
    ['/var/lib/dpkg/status', { status: `${record('xvnc', '1.15')}\n${record('bash', '5.2')}` }],
    ['/usr/lib/os-release', { 'os-release': 'ID=debian\nVERSION_ID="13"\n' }],
  ]);

  json: EngineApi['json'] = (schema, method, path, call) => {
    const name = String(call?.query?.['name']);
    this.calls.push(`${method} ${path}`);
    this.containers.add(name);
    return Promise.resolve(schema.parse({ Id: name }));
  };

  text: EngineApi['text'] = (method, path) => {
    const removed = this.containers.delete(path.split('/')[2] ?? '');
    if (!removed) return Promise.reject(new ApiError(404, 'no such container'));
    this.calls.push(`${method} /containers`);
    return Promise.resolve('');
  };

  /** Bytes of each archive that arrive. */
  arrives = Number.POSITIVE_INFINITY;

  stream: EngineApi['stream'] = async (_method, _path, call) => {
    const files = this.files.get(String(call?.query?.['path']));
    if (files === undefined) throw new ApiError(404, 'no such file');
    const reply = new IncomingMessage(new Socket());
    reply.push(tarOf(files).subarray(0, this.arrives));
    reply.push(null);
    return reply;
  };
}

const IMAGE: BuiltImage = {
  name: 'desktop',
  reference: 'localhost/deskpod/desktop:1',
  id: 'ab'.repeat(32),
  builtAt: new Date('2026-11-29T12:00:00Z'),
  source: 'cd',
  license: 'Apache-2.0',
  parts: [],
};

test('the SBOM names the image, when it was built, its system and its packages, and follows CycloneDX 1.6', async () => {
  const engine = new FakeEngine();
  const bom = checkedBom(await new ImageSboms(engine, join(folder, 'one')).write(IMAGE, never));
  assert.equal(bom.metadata.timestamp, '2026-11-29T12:00:00.000Z');
  assert.equal(bom.metadata.component.version, `sha256:${IMAGE.id}`);
  assert.deepEqual(bom.metadata.component.licenses, [{ license: { id: 'Apache-2.0' } }]);
  assert.deepEqual(
    bom.components.map(({ type, name, version }) => `${type} ${name} ${version}`),
    ['operating-system debian 13', 'library bash 5.2', 'library xvnc 1.15'],
  );
  // Created and removed, never started.
  assert.deepEqual(engine.calls, ['POST /containers/create', 'DELETE /containers']);
});

test('packages of which the image has only files are in it by the records beside the database', async () => {
  const engine = new FakeEngine();
  engine.files.set('/var/lib/dpkg/status.d', {
    a: record('postgresql-17', '17.6'),
    b: record('pulseaudio', '17'),
  });
  const bom = checkedBom(await new ImageSboms(engine, join(folder, 'more')).write(IMAGE, never));
  assert.deepEqual(
    bom.components.map(({ name }) => name),
    ['debian', 'bash', 'postgresql-17', 'pulseaudio', 'xvnc'],
  );
});

test('what was written is read again while it describes the same image, without the engine', async () => {
  const engine = new FakeEngine();
  const sboms = new ImageSboms(engine, join(folder, 'again'));
  const written = await sboms.write(IMAGE, never);
  assert.deepEqual(await sboms.read(IMAGE, never), written);
  assert.equal(engine.calls.length, 2);
  const rebuilt = checkedBom(await sboms.read({ ...IMAGE, id: 'ef'.repeat(32) }, never));
  assert.equal(rebuilt.metadata.component.version, `sha256:${'ef'.repeat(32)}`);
  assert.notEqual(rebuilt.serialNumber, written.serialNumber);
  assert.deepEqual(readdirSync(join(folder, 'again')), ['desktop.cdx.json']);
});

test('an SBOM can be requested several times at once, and none of them leaves a file behind', async () => {
  const sboms = new ImageSboms(new FakeEngine(), join(folder, 'at-once'));
  const [one, ...others] = await Promise.all(Array.from({ length: 20 }, () => sboms.read(IMAGE, never)));
  for (const other of others) assert.deepEqual(other, one);
  assert.deepEqual(readdirSync(join(folder, 'at-once')), ['desktop.cdx.json']);
});

test('the same image gives the same bytes', async () => {
  const bytes = async (name: string): Promise<string> => {
    await new ImageSboms(new FakeEngine(), join(folder, name)).write(IMAGE, never);
    return readFileSync(join(folder, name, 'desktop.cdx.json'), 'utf8');
  };
  assert.equal(await bytes('first'), await bytes('second'));
});

test('an image without a database of packages gets no SBOM, and its container is removed', async () => {
  const engine = new FakeEngine();
  engine.files.delete('/var/lib/dpkg/status');
  const sboms = new ImageSboms(engine, join(folder, 'none'));
  await assert.rejects(sboms.write(IMAGE, never), /it has no \/var\/lib\/dpkg\/status/);
  assert.equal(engine.containers.size, 0);
});

test('an archive that breaks off is an error, not an image with fewer packages', async () => {
  const engine = new FakeEngine();
  engine.arrives = 600;
  const sboms = new ImageSboms(engine, join(folder, 'broken'));
  await assert.rejects(sboms.write(IMAGE, never), /can't be read from the engine's archive/);
  assert.equal(engine.containers.size, 0);
});

test('a container that a killed process left behind is replaced', async () => {
  const engine = new FakeEngine();
  engine.containers.add('deskpod-sbom-abababababab');
  await new ImageSboms(engine, join(folder, 'left')).write(IMAGE, never);
  assert.deepEqual(engine.calls, ['DELETE /containers', 'POST /containers/create', 'DELETE /containers']);
});
