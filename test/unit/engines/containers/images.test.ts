/** Pulling images, from a minimal engine that responds like Docker. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { z } from 'zod';
import { EngineApi } from '#containers-client/api.ts';
import { Images } from '#engines/containers/images/images.ts';

const IMAGE = {
  Id: 'ab'.repeat(32),
  RepoDigests: [`docker.io/a/b@sha256:${'cd'.repeat(32)}`],
  Created: '2026-01-02T03:04:05Z',
  Architecture: 'amd64',
  Os: 'linux',
  Config: { Labels: null, Entrypoint: ['/entry'], Cmd: ['now'] },
};

/** An engine without images; `pull` handles the request for one. */
class FakeEngine implements AsyncDisposable {
  readonly folder: string;
  readonly requests: IncomingMessage[] = [];
  readonly #server;
  present = false;

  constructor(folder: string, pull: (reply: ServerResponse, engine: FakeEngine) => void) {
    this.folder = folder;
    this.#server = createServer((request, reply) => {
      this.requests.push(request);
      if (request.method === 'POST') return pull(reply, this);
      if (!this.present) return reply.writeHead(404).end(JSON.stringify({ message: 'no such image' }));
      return reply.end(JSON.stringify(IMAGE));
    });
  }

  async open(): Promise<Images> {
    const socket = join(this.folder, 'engine.sock');
    await once(this.#server.listen(socket), 'listening');
    const none = {
      isOwn: () => false,
      ensure: () => Promise.reject(new Error('not asked')),
      isOfRecipe: () => true,
      oldestBuiltAt: () => null,
    };
    return new Images(new EngineApi(socket), none, this.folder);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await rm(this.folder, { recursive: true });
  }
}

async function fake(pull: (reply: ServerResponse, engine: FakeEngine) => void): Promise<FakeEngine> {
  return new FakeEngine(await mkdtemp(join(tmpdir(), 'deskpod-images-')), pull);
}

const patience = (): AbortSignal => AbortSignal.timeout(5_000);
const unavailable = (words: RegExp) => (error: unknown) =>
  error instanceof Error && 'code' in error && error.code === 'app_unavailable' && words.test(error.message);

test('a pull reports its progress and returns the image', async () => {
  await using engine = await fake((reply, self) => {
    reply.write('{"status":"Pulling from a/b"}\r\n{"status":"Download');
    reply.write('ing","id":"4f3e","progress":"[=> ] 1MB/9MB"}\r\n\r\n');
    self.present = true;
    reply.end('{"status":"Digest: x"}');
  });
  const images = await engine.open();
  const lines: string[] = [];
  const image = await images.ensure('a/b:3', (line) => lines.push(line), patience());
  assert.deepEqual(lines, ['Pulling from a/b', '4f3e Downloading [=> ] 1MB/9MB', 'Digest: x']);
  assert.deepEqual([image.digest, image.command, image.labels], [`sha256:${'cd'.repeat(32)}`, ['/entry', 'now'], {}]);
  const pulled = engine.requests.find(({ method }) => method === 'POST')?.url ?? '';
  assert.equal(new URL(pulled, 'http://engine').searchParams.get('fromImage'), 'docker.io/a/b');
});

test('two simultaneous requests for an image share one pull', async () => {
  await using engine = await fake((reply, self) => {
    setTimeout(() => {
      self.present = true;
      reply.end('{"status":"done"}');
    }, 50);
  });
  const images = await engine.open();
  const lines: string[] = [];
  await Promise.all(
    ['a/b', 'docker.io/a/b:latest'].map((name) => images.ensure(name, (line) => lines.push(line), patience())),
  );
  assert.equal(engine.requests.filter(({ method }) => method === 'POST').length, 1);
  assert.deepEqual(lines, ['done', 'done']);
});

test("a pull that fails halfway has the engine's message", async () => {
  await using engine = await fake((reply) => reply.end('{"status":"Pulling"}\n{"error":"manifest unknown"}\n'));
  const images = await engine.open();
  await assert.rejects(
    images.ensure('a/b:3', () => undefined, patience()),
    unavailable(/a\/b:3 is not available: manifest unknown/),
  );
});

test('a pull that the engine refuses has the reason', async () => {
  await using engine = await fake((reply) => reply.writeHead(500).end('{"message":"dial tcp: no route to host"}'));
  const images = await engine.open();
  await assert.rejects(
    images.ensure('a/b:3', () => undefined, patience()),
    unavailable(/no route to host/),
  );
});

test('a caller that aborts stops waiting, and the pull ends with the last one', async () => {
  const closed = Promise.withResolvers<void>();
  await using engine = await fake((reply) => {
    reply.on('close', closed.resolve);
    reply.write('{"status":"slow"}\n');
  });
  const images = await engine.open();
  const abort = new AbortController();
  const waiting = images.ensure('a/b:3', () => abort.abort(new Error('enough')), abort.signal);
  await assert.rejects(waiting, /enough/);
  await closed.promise;
});

test('the credentials for a registry are sent to that registry only', async () => {
  await using engine = await fake((reply, self) => {
    self.present = true;
    reply.end('{}');
  });
  const images = await engine.open();
  const auth = Buffer.from('zoidberg:a:b').toString('base64');
  await writeFile(join(engine.folder, 'auth.json'), JSON.stringify({ auths: { 'registry.example': { auth } } }));
  await images.ensure('registry.example/a/b', () => undefined, patience());
  engine.present = false;
  await images.ensure('a/b', () => undefined, patience());
  const logins = engine.requests
    .filter(({ method }) => method === 'POST')
    .map(({ headers }) => headers['x-registry-auth']);
  const sent = z.string().parse(logins[0]);
  assert.deepEqual(JSON.parse(Buffer.from(sent, 'base64url').toString()), {
    username: 'zoidberg',
    password: 'a:b',
    serveraddress: 'registry.example',
  });
  assert.equal(logins[1], undefined);
});

test('an unreachable engine is reported with its socket', async () => {
  const images = new Images(
    new EngineApi('/nowhere/engine.sock'),
    { isOwn: () => false, ensure: async () => undefined, isOfRecipe: () => true, oldestBuiltAt: () => null },
    '/nowhere',
  );
  await assert.rejects(
    images.find('a/b'),
    (error) =>
      error instanceof Error && 'code' in error && error.code === 'engine_unavailable' && /nowhere/.test(error.message),
  );
});
