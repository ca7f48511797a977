/** An event stream exists as long as its reader. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { test } from 'node:test';
import fastify from 'fastify';
import { openEventStream } from '#http/sse.ts';

test('a stream ends at once if its reader disconnected before the start', { timeout: 10_000 }, async () => {
  const app = fastify();
  const { promise: ended, resolve } = Promise.withResolvers<boolean>();
  app.get('/', async (request, reply) => {
    client.destroy();
    await once(reply.raw, 'close');
    const { signal } = openEventStream(request, reply);
    signal.addEventListener('abort', () => resolve(true));
  });
  await app.listen({ host: '127.0.0.1', port: 0 });
  const address = app.server.address();
  const client = connect(typeof address === 'object' && address ? address.port : 0, '127.0.0.1');
  client.write('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n');
  assert.equal(await ended, true);
  await app.close();
});
