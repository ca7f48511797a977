/** Bodies are received in pieces: JSON that is too large or too expensive is refused by its first bytes. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, IncomingMessage } from 'node:http';
import { type AddressInfo, connect, Socket } from 'node:net';
import { test, type TestContext } from 'node:test';
import * as fc from 'fast-check';
import { z } from 'zod';
import { createEvents } from '#events';
import { Bodies } from '#http/bodies.ts';
import { plainServer } from '#http/listen.ts';
import { buildServer } from '#http/server.ts';
import { failsWith } from '../../fixtures/fails-with.ts';

const LIMITS = { bytes: 64 * 1024, marks: 1000 };
const JSON_TYPE = 'application/json';

/** A request whose body has arrived in these pieces. */
function requestOf(pieces: readonly Buffer[], contentType = JSON_TYPE): IncomingMessage {
  const request = new IncomingMessage(new Socket());
  request.headers = { 'content-type': contentType };
  for (const piece of pieces) request.push(piece);
  request.push(null);
  return request;
}

const receive = (pieces: readonly Buffer[], contentType?: string): Promise<string> =>
  new Bodies().receiveJson(requestOf(pieces, contentType), LIMITS);

/** The port of a server whose route `POST /` takes bodies of up to 1 MiB. */
async function serverOn(t: TestContext): Promise<{ port: number; failures: string[] }> {
  const failures: string[] = [];
  const silent = createEvents({ level: 'silent', format: 'json' });
  const { app } = await buildServer({
    events: { ...silent, failed: (what, error) => void failures.push(`${what}: ${String(error)}`) },
    listen: plainServer,
    plugins: [async (scope) => void scope.post('/', async () => 'taken').get('/', async () => 'here')],
    userOf: () => null,
  });
  t.after(() => app.close());
  return { port: Number(new URL(await app.listen({ port: 0, host: '127.0.0.1' })).port), failures };
}

const headOf = (lines: readonly string[]): string =>
  ['POST / HTTP/1.1', 'Host: localhost', `Content-Type: ${JSON_TYPE}`, ...lines, '', ''].join('\r\n');

/** Reads until the responses so far match. */
async function read(socket: Socket, wanted: RegExp): Promise<string> {
  let text = '';
  const signal = AbortSignal.timeout(10_000);
  while (!wanted.test(text)) text += String((await once(socket, 'data', { signal }))[0]);
  return text;
}

test('however a body is cut into pieces, its text arrives, in any encoding', async () => {
  const encodings = ['utf8', 'utf16le', 'latin1'] as const;
  const types = { utf8: JSON_TYPE, utf16le: JSON_TYPE, latin1: `${JSON_TYPE}; charset=iso-8859-1` };
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...encodings),
      fc.array(fc.constantFrom('é', '"', '\\', '[', 'a', ','), { maxLength: 20 }),
      fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1 }),
      async (encoding, characters, sizes) => {
        const text = JSON.stringify([characters.join('')]);
        const bytes = Buffer.from(text, encoding);
        const pieces: Buffer[] = [];
        for (let at = 0; at < bytes.length; at += pieces.at(-1)?.length ?? 1) {
          const size = sizes[pieces.length % sizes.length];
          pieces.push(bytes.subarray(at, at + (size ?? 1)));
        }
        assert.equal(await receive(pieces, types[encoding]), text);
      },
    ),
  );
});

test('nested JSON is refused in UTF-16, too', async () => {
  for (const encoding of ['utf8', 'utf16le'] as const)
    await assert.rejects(receive([Buffer.from('['.repeat(100), encoding)]), failsWith('invalid_request', /64 levels/));
});

test('a body is refused by its size, an unknown charset, and bytes that are no text', async () => {
  const large = requestOf([Buffer.alloc(LIMITS.bytes, ' '), Buffer.from('1')]);
  await assert.rejects(new Bodies().receiveJson(large, LIMITS), failsWith('payload_too_large', /64 KiB/));
  await assert.rejects(
    receive([Buffer.from('true')], 'application/json; charset=x'),
    failsWith('unsupported_media_type'),
  );
  await assert.rejects(receive([Buffer.from('"ab"'), Buffer.from([0xff])]), failsWith('invalid_request', /byte 5/));
});

test('nested JSON is refused by its first bytes, before the rest arrives; the connection stays usable', async (t) => {
  const { port, failures } = await serverOn(t);
  const socket = connect(port, '127.0.0.1');
  t.after(() => socket.destroy());
  const length = 1024 * 1024;
  const begin = '['.repeat(100);
  socket.write(`${headOf([`Content-Length: ${length}`])}${begin}`);
  const refusal = await read(socket, /64 levels/);
  assert.match(refusal, /^HTTP\/1\.1 400 /);
  assert.doesNotMatch(refusal, /connection: close/i);
  socket.write('['.repeat(length - begin.length));
  socket.write('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n');
  assert.match(await read(socket, /here/), /^HTTP\/1\.1 200 /);
  assert.deepEqual(failures, []);
});

test('a client that leaves in the middle of its body causes no server error', async (t) => {
  const { port, failures } = await serverOn(t);
  for (const body of ['{"a":', '['.repeat(100)]) {
    const socket = connect(port, '127.0.0.1');
    socket.write(`${headOf(['Content-Length: 200'])}${body}`);
    await once(socket, 'connect');
    socket.destroy();
  }
  const answer = await fetch(`http://127.0.0.1:${port}/`);
  assert.equal(await answer.text(), 'here');
  assert.deepEqual(failures, []);
});

test('discarding a body ends with its connection, also after the response', async (t) => {
  const discarded = Promise.withResolvers<null>();
  const server = createServer((request, response) => {
    response.end('refused');
    void new Bodies().discard(request).then(() => discarded.resolve(null));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => server.close());
  const { port } = z.object({ port: z.number() }).parse(server.address() satisfies AddressInfo | string | null);
  const socket = connect(port, '127.0.0.1');
  socket.write(`${headOf(['Content-Length: 1000'])}[`);
  await read(socket, /refused/);
  socket.destroy();
  assert.equal(await discarded.promise, null);
});
