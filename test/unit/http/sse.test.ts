/** An event stream exists as long as its reader; what several streams get is serialised once. */
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

test('an event that several streams get becomes text once', { timeout: 10_000 }, async () => {
  const app = fastify();
  let serialised = 0;
  const event = {
    toJSON() {
      serialised += 1;
      return { type: 'windows', windows: [] };
    },
  };
  app.get('/', async (request, reply) => {
    const stream = openEventStream(request, reply);
    stream.send(event);
    stream.send(event, 'named');
    stream.end();
  });
  await app.listen({ host: '127.0.0.1', port: 0 });
  const address = app.server.address();
  const url = `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}/`;
  const bodies = await Promise.all([1, 2, 3].map(async () => await (await fetch(url)).text()));
  const data = 'data: {"type":"windows","windows":[]}\n\n';
  for (const body of bodies) assert.equal(body, `retry: 500\n\n${data}event: named\n${data}`);
  assert.equal(serialised, 1);
  await app.close();
});
