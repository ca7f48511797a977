/** An X connection to servers that refuse, stay silent or send anything: only it fails, and with a reason. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type Duplex, duplexPair } from 'node:stream';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { XConnection } from '#display/connection.ts';
import { DeskpodError } from '#domain/errors.ts';

const COOKIE = '00112233445566778899aabbccddeeff';
const ROOT = 0x123;

/** The smallest possible greeting: one screen without depths, no formats, no vendor. */
function greeting(): Buffer {
  const bytes = Buffer.alloc(80);
  bytes[0] = 1;
  bytes.writeUInt16LE(11, 2);
  bytes.writeUInt16LE(18, 6);
  bytes.writeUInt32LE(0x1fffff, 16);
  bytes.writeUInt16LE(0xffff, 26);
  bytes[28] = 1;
  bytes.writeUInt32LE(ROOT, 40);
  return bytes;
}

function refusal(reason: string): Buffer {
  const text = Buffer.alloc(Math.ceil(reason.length / 4) * 4);
  text.write(reason);
  return Buffer.concat([Buffer.from([0, reason.length, 11, 0, 0, 0, text.length / 4, 0]), text]);
}

async function opened(): Promise<{ x: XConnection; server: Duplex }> {
  const [ours, server] = duplexPair();
  server.on('error', () => {});
  const opening = XConnection.open(ours, COOKIE, AbortSignal.timeout(5000));
  const [hello] = await once(server, 'data');
  assert.ok(Buffer.isBuffer(hello) && hello.includes(Buffer.from(COOKIE, 'hex')));
  server.write(greeting());
  return { x: await opening, server };
}

function openAgainst(play: (server: Duplex) => void, signal = AbortSignal.timeout(5000)): Promise<XConnection> {
  const [ours, server] = duplexPair();
  server.on('error', () => {});
  server.resume();
  play(server);
  return XConnection.open(ours, COOKIE, signal);
}

const unavailable = (reason: RegExp) => (error: unknown) =>
  error instanceof DeskpodError && error.code === 'engine_unavailable' && reason.test(error.message);

test('the cookie opens the connection, and the root is that of the first screen', async () => {
  const { x } = await opened();
  assert.equal(x.root, ROOT);
  x.close();
});

test("a refusal contains the server's reason", async () => {
  await assert.rejects(
    openAgainst((server) => server.write(refusal('Authorization required'))),
    unavailable(/Authorization required/),
  );
});

test('a server that disconnects during the handshake causes an error, not a wait', async () => {
  await assert.rejects(
    openAgainst((server) => server.end()),
    unavailable(/closed the connection/),
  );
});

test('opening can be aborted while the server is silent', async () => {
  const signal = AbortSignal.timeout(20);
  await assert.rejects(
    openAgainst(() => {}, signal),
    (error) => error instanceof DeskpodError && error.code === 'timeout',
  );
});

test('pending requests fail with the connection, and so do later ones', async () => {
  const { x, server } = await opened();
  const under = x.internAtom('ANY');
  server.destroy();
  await assert.rejects(under, DeskpodError);
  await assert.rejects(x.internAtom('ANY'), DeskpodError);
  assert.throws(() => x.tellRoot(1, 1, []), DeskpodError);
});

test('an error of the X server about a window means that it does not exist', async () => {
  const { x, server } = await opened();
  const asked = x.property(0x99, 39, 100);
  await once(server, 'data');
  const error = Buffer.alloc(32);
  error[1] = 3;
  error.writeUInt16LE(1, 2);
  server.write(error);
  assert.equal(await asked, null);
  x.close();
});

test('whatever a server sends, requests end and the process keeps running', async () => {
  const reply = fc.tuple(fc.nat(60), fc.uint8Array({ minLength: 32, maxLength: 300 })).map(([sequence, bytes]) => {
    const message = Buffer.from(bytes);
    message[0] = 1;
    message.writeUInt16LE(sequence % 6, 2);
    message.writeUInt32LE((message.length - 32) >> 2, 4);
    return message.subarray(0, 32 + ((message.length - 32) & ~3));
  });
  const anything = fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes));
  await fc.assert(
    fc.asyncProperty(fc.array(fc.oneof(reply, anything), { maxLength: 12 }), async (messages) => {
      const { x, server } = await opened();
      const asked = [x.internAtom('A'), x.property(1, 2, 100), x.viewable(1), x.pid(1), x.geometry(1), x.sync()];
      for (const message of messages) server.write(message);
      server.end();
      const ends = await Promise.allSettled(asked);
      assert.equal(ends.length, asked.length);
    }),
    { numRuns: 150 },
  );
});
