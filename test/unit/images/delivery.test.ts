/** Pushing and saving images, with an engine that records its calls. */
import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { ApiError, type ApiCall, type EngineApi } from '#containers-client/api.ts';
import { referenceOf, type PlannedImage } from '#containers-client/images/plan.ts';
import { loginHeader } from '#containers-client/registry-logins.ts';
import { type Destination, pushImage, saveImages } from '#setup/images/deliver.ts';
import { delivered } from '#setup/images/images.ts';
import { checkedRegistry } from '#setup/images/registry.ts';

const never = new AbortController().signal;
const silent = (): void => undefined;
const folder = mkdtempSync(join(tmpdir(), 'deskpod-delivery-'));
after(() => rmSync(folder, { recursive: true }));

const DIGEST = `sha256:${'a1'.repeat(32)}`;

/** Images by name; every call as a line; `reply` is the response to a push or an archive. */
class FakeEngine implements Pick<EngineApi, 'json' | 'text' | 'stream'> {
  readonly images = new Map<string, string>();
  readonly calls: string[] = [];
  reply = `{"status":"Preparing"}\n{"aux":{"Tag":"2","Digest":"${DIGEST}","Size":1}}\n`;

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
  const plain = {
    reference: referenceOf(name),
    name,
    folder: '',
    parents: [],
    source: '',
    labels: {},
    command: [],
    args: {},
  };
  return { ...plain, ...more };
}

const TO: Destination = { registry: 'registry.example:5000/deskpod', tag: '2', insecure: false, login: {} };

test("an image is tagged with the registry's name and pushed; for an insecure registry TLS is not verified", async () => {
  const engine = new FakeEngine();
  engine.images.set(referenceOf('desktop'), 'new');
  const digest = await pushImage(engine, image('desktop'), { ...TO, insecure: true }, silent, never);
  assert.equal(digest, DIGEST);
  assert.deepEqual(engine.calls, [
    'POST /images/localhost/deskpod/desktop:1/tag repo=registry.example:5000/deskpod/desktop tag=2',
    'POST /images/registry.example:5000/deskpod/desktop/push tag=2 tlsVerify=false',
  ]);
});

test('the previous image with that name is removed, too', async () => {
  const engine = new FakeEngine();
  engine.images.set(referenceOf('desktop'), 'new').set('registry.example:5000/deskpod/desktop:2', 'old');
  await pushImage(engine, image('desktop'), TO, silent, never);
  assert.ok(engine.calls.includes('DELETE /images/old'));
});

test('a refused push names the image, the registry and the reason, and explains how to log in', async () => {
  const engine = new FakeEngine();
  engine.images.set(referenceOf('desktop'), 'new');
  engine.reply = '{"status":"Preparing"}\n{"error":"denied: requested access to the resource is denied"}\n';
  await assert.rejects(pushImage(engine, image('desktop'), TO, silent, never), {
    message:
      "The image desktop couldn't be pushed to registry.example:5000/deskpod/desktop: denied: requested access to the resource is denied.",
    remedy: /podman login registry\.example:5000\/deskpod/,
  });
});

test('a digest in words counts, and a push without one is an error', async () => {
  const engine = new FakeEngine();
  engine.images.set(referenceOf('desktop'), 'new');
  const blob = `{"status":"Copying blob sha256:${'b2'.repeat(32)}"}`;
  engine.reply = `{"status":"2: digest: ${DIGEST} size: 1234"}\n${blob}\n`;
  assert.equal(await pushImage(engine, image('desktop'), TO, silent, never), DIGEST);
  engine.reply = blob;
  await assert.rejects(pushImage(engine, image('desktop'), TO, silent, never), /did not say its digest/);
});

test('an archive contains all images with their names, and exists only once it is complete', async () => {
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
    /desktop couldn't be saved/,
  );
  assert.equal(existsSync(`${nowhere}.unfinished`), false);
});

test('base images and optional apps are not delivered, and images with a type are', () => {
  const all = [
    image('base'),
    image('toolbox', { parents: [referenceOf('base')] }),
    image('terminal', { parents: [referenceOf('base')], labels: { 'oc.type': 'app' } }),
    image('my-terminal', { parents: [referenceOf('terminal')], labels: { 'oc.type': 'app' } }),
    image('paint', { labels: { 'oc.type': 'app', 'oc.install': 'optional' } }),
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

test('credentials are read as written by docker and podman, and sent in the encoding that engines accept', () => {
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
