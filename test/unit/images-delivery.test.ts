/** Pushing and saving images, against an engine that remembers what it was asked for. */
import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { ApiError, type ApiCall, type EngineApi } from '#engines/containers/api.ts';
import { referenceOf, type PlannedImage } from '#engines/containers/images/plan.ts';
import { loginHeader } from '#engines/containers/registry-logins.ts';
import { type Destination, pushImage, saveImages } from '#setup/images/deliver.ts';
import { checkedRegistry, delivered } from '#setup/images/images.ts';

const never = new AbortController().signal;
const silent = (): void => undefined;
const folder = mkdtempSync(join(tmpdir(), 'deskpod-delivery-'));
after(() => rmSync(folder, { recursive: true }));

/** Images by name; every call as a line; `reply` is what a push or an archive says. */
class FakeEngine implements Pick<EngineApi, 'json' | 'text' | 'stream'> {
  readonly images = new Map<string, string>();
  readonly calls: string[] = [];
  reply = '';

  json: EngineApi['json'] = (schema, _method, path) => {
    const id = this.images.get(decodeURIComponent(path.split('/')[2] ?? ''));
    return id === undefined
      ? Promise.reject(new ApiError(404, 'no such image'))
      : Promise.resolve(schema.parse({ Id: id }));
  };

  text: EngineApi['text'] = (method, path, call) => {
    this.#note(method, path, call);
    return Promise.resolve('');
  };

  stream: EngineApi['stream'] = (method, path, call) => {
    this.#note(method, path, call);
    const reply = new IncomingMessage(new Socket());
    reply.push(this.reply);
    reply.push(null);
    return Promise.resolve(reply);
  };

  #note(method: string, path: string, call: ApiCall | undefined): void {
    const query = Object.entries(call?.query ?? {}).map(([key, value]) => `${key}=${String(value)}`);
    this.calls.push([method, decodeURIComponent(path), ...query].join(' '));
  }
}

function image(name: string, more: Partial<PlannedImage> = {}): PlannedImage {
  const plain = { reference: referenceOf(name), name, folder: '', parents: [], source: '', labels: {}, command: [] };
  return { ...plain, ...more };
}

const TO: Destination = { registry: 'registry.example:5000/deskpod', tag: '2', insecure: false, login: {} };

test('an image is given the registry’s name and pushed under it; a plain registry is told to be one', async () => {
  const engine = new FakeEngine();
  engine.images.set(referenceOf('desktop'), 'new');
  await pushImage(engine, image('desktop'), { ...TO, insecure: true }, silent, never);
  assert.deepEqual(engine.calls, [
    'POST /images/localhost/deskpod/desktop:1/tag repo=registry.example:5000/deskpod/desktop tag=2',
    'POST /images/registry.example:5000/deskpod/desktop/push tag=2 tlsVerify=false',
  ]);
});

test('the version that had the name before goes with it', async () => {
  const engine = new FakeEngine();
  engine.images.set(referenceOf('desktop'), 'new').set('registry.example:5000/deskpod/desktop:2', 'old');
  await pushImage(engine, image('desktop'), TO, silent, never);
  assert.ok(engine.calls.includes('DELETE /images/old'));
});

test('a push that is refused names the image, the place and the reason, and says how to log in', async () => {
  const engine = new FakeEngine();
  engine.images.set(referenceOf('desktop'), 'new');
  engine.reply = '{"status":"Preparing"}\n{"error":"denied: requested access to the resource is denied"}\n';
  await assert.rejects(pushImage(engine, image('desktop'), TO, silent, never), {
    message:
      'The image desktop could not be pushed to registry.example:5000/deskpod/desktop: denied: requested access to the resource is denied.',
    remedy: /podman login registry\.example:5000\/deskpod/,
  });
});

test('an archive has all images under their names, and is there only when it is whole', async () => {
  const engine = new FakeEngine();
  engine.images.set(referenceOf('desktop'), 'one').set(referenceOf('files'), 'two');
  engine.reply = 'archive';
  const file = join(folder, 'images.tar');
  const bytes = await saveImages(engine, [image('desktop'), image('files')], '1', file, silent, never);
  assert.equal(bytes, 7);
  assert.equal(readFileSync(file, 'utf8'), 'archive');
  assert.deepEqual(engine.calls, ['GET /images/get?names=localhost/deskpod/desktop:1&names=localhost/deskpod/files:1']);
  const nowhere = join(folder, 'missing/images.tar');
  await assert.rejects(
    saveImages(engine, [image('desktop')], '1', nowhere, silent, never),
    /desktop could not be saved/,
  );
  assert.equal(existsSync(`${nowhere}.unfinished`), false);
});

test('what others are only built on is not delivered, what has a type is', () => {
  const all = [
    image('base'),
    image('toolbox', { parents: [referenceOf('base')] }),
    image('terminal', { parents: [referenceOf('base')], labels: { 'oc.type': 'app' } }),
    image('my-terminal', { parents: [referenceOf('terminal')], labels: { 'oc.type': 'app' } }),
  ];
  assert.deepEqual(
    delivered(all).map(({ name }) => name),
    ['toolbox', 'terminal', 'my-terminal'],
  );
});

test('a registry is a host with port and path; anything else is refused with an example', () => {
  assert.equal(checkedRegistry('127.0.0.1:5000/deskpod/'), '127.0.0.1:5000/deskpod');
  for (const wrong of ['https://registry.example', 'deskpod', '', 'registry.example/a b']) {
    assert.throws(() => checkedRegistry(wrong), { remedy: /without https/ });
  }
});

test('logins are read as docker and podman write them, and sent in the alphabet that engines take', () => {
  const auth = Buffer.from('hermes:pass:with>colon?').toString('base64');
  const file = JSON.stringify({ auths: { 'registry.example:5000': { auth } } });
  const header = loginHeader(file, 'auth.json', 'registry.example:5000/deskpod') ?? '';
  assert.match(header, /^[\w-]+=*$/);
  assert.equal(header.length % 4, 0);
  assert.deepEqual(JSON.parse(Buffer.from(header, 'base64url').toString()), {
    username: 'hermes',
    password: 'pass:with>colon?',
    serveraddress: 'registry.example:5000',
  });
  assert.equal(loginHeader(file, 'auth.json', 'other.example'), null);
  assert.throws(() => loginHeader('{', 'auth.json', 'other.example'), /auth\.json is not a file of registry logins/);
});
