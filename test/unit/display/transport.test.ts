/** The stream of an X connection reads at a limited rate. */
import assert from 'node:assert/strict';
import { duplexPair } from 'node:stream';
import { test } from 'node:test';
import { XTransport } from '#display/transport.ts';

const GREETING_BYTES = 80;

function greeting(): Buffer {
  const bytes = Buffer.alloc(GREETING_BYTES);
  bytes[0] = 1;
  bytes.writeUInt16LE(18, 6);
  bytes.writeUInt32LE(0x1fffff, 16);
  bytes[28] = 1;
  return bytes;
}

test('a server that sends events without end is read at a limited rate, and nothing is lost', async () => {
  const [ours, server] = duplexPair();
  const transport = new XTransport(ours);
  let bytes = 0;
  const all = Promise.withResolvers<void>();
  const events = 6_000;
  transport.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes === GREETING_BYTES + events * 32) all.resolve();
  });
  const begun = performance.now();
  server.write(greeting());
  const property = Buffer.alloc(32 * 500);
  for (let at = 0; at < property.length; at += 32) property[at] = 28;
  for (let sent = 0; sent < events; sent += 500) server.write(property);
  await all.promise;
  const ms = performance.now() - begun;
  // 6000 messages take 300 ms; the last chunk waits for those before it only.
  assert.ok(ms > 200, `${ms} ms`);
  transport.destroy(null);
});
