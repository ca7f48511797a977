/** How a gateway forwards requests to the replicas of the api role, on real connections. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type IncomingMessage, request as httpRequest, type RequestListener } from 'node:http';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { test } from 'node:test';
import { z } from 'zod';
import { ApiReplicas, rank } from '#gateway/api/replicas.ts';
import { ErrorBody } from '#protocol/errors.ts';
import { gatewayBefore, replicasOf, TOKEN } from '../../fakes/replicas.ts';

const as = (user: string) => ({ headers: { authorization: `Bearer ${user}` } });
const users = Array.from({ length: 60 }, (_, index) => `user${index}`);

/** Responds with the request and its own name. */
const mirror =
  (address: string): RequestListener =>
  async (request, response) => {
    const body = await text(request);
    response.setHeader('content-type', 'application/json').setHeader('keep-alive', 'timeout=7');
    response.end(JSON.stringify({ address, method: request.method, url: request.url, headers: request.headers, body }));
  };
const Mirrored = z.object({
  address: z.string(),
  url: z.string(),
  headers: z.record(z.string(), z.string()),
  body: z.string(),
});
const mirrored = async (answer: Response) => Mirrored.parse(await answer.json());

test('users are distributed over the replicas, and each one always reaches the same replica', async () => {
  const behind = await replicasOf(3, mirror);
  await using gateway = await gatewayBefore(behind);
  const visit = async () =>
    await Promise.all(
      users.map(async (user) => (await mirrored(await fetch(`${gateway.url}/api/v1/x`, as(user)))).address),
    );
  const first = await visit();
  assert.deepEqual(await visit(), first);
  for (const { address } of behind.replicas) {
    const share = first.filter((met) => met === address).length;
    assert.ok(share >= 8, `${address} got ${share} of 60`);
  }
});

test('a removed replica moves only its own users, and a new one moves no user between others', () => {
  const two = ['10.0.0.1', '10.0.0.2'];
  const three = [...two, '10.0.0.3'];
  for (const user of users) {
    const [before] = rank(user, three);
    const [after] = rank(user, two);
    assert.ok(before === after || before === '10.0.0.3', user);
  }
});

test('clients without a session are distributed by address, and one address reaches one replica', async () => {
  await using gateway = await gatewayBefore(await replicasOf(3, mirror));
  const met = await Promise.all(
    Array.from(
      { length: 10 },
      async () => (await mirrored(await fetch(`${gateway.url}/api/v1/login-options`))).address,
    ),
  );
  assert.equal(new Set(met).size, 1);
});

test('the api gets the true client address once, authenticated by the token, whatever the client claims', async () => {
  await using gateway = await gatewayBefore(await replicasOf(1, mirror));
  const claims = {
    'x-forwarded-for': '203.0.113.5',
    'x-forwarded-proto': 'https',
    'x-forwarded-host': 'evil.example',
    'x-deskpod-gateway': 'guessed',
    'x-deskpod-unknown-client': '0',
  };
  const { headers } = await mirrored(await fetch(`${gateway.url}/api/v1/x`, { headers: claims }));
  assert.equal(headers['x-forwarded-for'], '127.0.0.1');
  assert.equal(headers['x-forwarded-proto'], 'http');
  assert.equal(headers['x-forwarded-host'], `127.0.0.1:${gateway.port}`);
  assert.equal(headers['host'], `127.0.0.1:${gateway.port}`);
  assert.equal(headers['x-deskpod-gateway'], TOKEN);
  const setting = 'listen.trustedProxies';
  assert.equal(headers['x-deskpod-unknown-client'], setting, 'the forwarded header was not trusted');
});

test('a body of many megabytes is forwarded completely, and hop-by-hop headers are not', async () => {
  await using gateway = await gatewayBefore(
    await replicasOf(1, () => async (request, response) => {
      let bytes = 0;
      for await (const chunk of request) bytes += z.instanceof(Buffer).parse(chunk).length;
      response.setHeader('keep-alive', 'timeout=7').setHeader('x-te', String(request.headers.te ?? 'none'));
      response.end(String(bytes));
    }),
  );
  const body = new Uint8Array(24 * 1024 * 1024);
  const answer = await fetch(`${gateway.url}/API/manager/image`, { method: 'PUT', body });
  assert.equal(await answer.text(), String(body.length));
  assert.notEqual(answer.headers.get('keep-alive'), 'timeout=7');
  assert.equal(answer.headers.get('x-te'), 'none');
});

test('a replica that refuses connections is skipped, also with a body, before anything was sent', async () => {
  const behind = await replicasOf(3, mirror);
  await using gateway = await gatewayBefore(behind);
  await behind.replicas[0]?.stop();
  const answers = await Promise.all(
    users.map((user) => fetch(`${gateway.url}/api/v1/x`, { method: 'POST', body: user, ...as(user) })),
  );
  for (const [index, answer] of answers.entries()) {
    const { address, body } = await mirrored(answer);
    assert.notEqual(address, '127.0.0.2');
    assert.equal(body, users[index]);
  }
  assert.deepEqual(gateway.failures, []);
});

test('after a replica breaks off without a response, repeatable requests are repeated and others are not', async () => {
  let broken = 0;
  const behind = await replicasOf(1, (address) => (request, response) => {
    broken += 1;
    if (broken === 1 || request.method === 'POST') request.socket.destroy();
    else mirror(address)(request, response);
  });
  await using gateway = await gatewayBefore(behind);
  assert.equal((await fetch(`${gateway.url}/api/v1/x`)).status, 200);
  assert.equal(broken, 2);
  const refused = await fetch(`${gateway.url}/api/v1/x`, { method: 'POST', body: '{}' });
  assert.equal(refused.status, 502);
  assert.equal(broken, 3);
  assert.equal(ErrorBody.parse(await refused.json()).error.code, 'engine_unavailable');
});

test('without any replica the response is 503 with the time to retry', async () => {
  const behind = await replicasOf(2, mirror);
  await using gateway = await gatewayBefore(behind);
  for (const replica of behind.replicas) await replica.stop();
  const answer = await fetch(`${gateway.url}/api/v1/x`);
  assert.equal(answer.status, 503);
  assert.equal(answer.headers.get('retry-after'), '2');
  assert.equal(ErrorBody.parse(await answer.json()).error.remedy, 'Try again in a moment.');
});

test('while DNS fails, known replicas are still used, and new ones are found later', async (t) => {
  let found: readonly string[] = ['10.0.0.1'];
  let now = 0;
  t.mock.method(performance, 'now', () => now);
  const replicas = new ApiReplicas({
    url: 'http://api-replicas:8000',
    resolve: async () => {
      if (found.length === 0) throw new Error('ENOTFOUND');
      return found;
    },
  });
  assert.deepEqual(await replicas.all(), ['10.0.0.1']);
  found = [];
  now = 60_000;
  assert.deepEqual(await replicas.all(), ['10.0.0.1'], 'better than none');
  found = ['10.0.0.2', '10.0.0.3'];
  assert.deepEqual(await replicas.all(), ['10.0.0.2', '10.0.0.3']);
});

test('when all resolved replicas are gone, the service finds new ones', async () => {
  const { replicas: alive, port } = await replicasOf(1, () => (_request, response) => response.end('here'));
  const replicas = new ApiReplicas({
    url: `http://api-replicas:${port}`,
    serviceUrl: `http://${alive[0]?.address}:${port}`,
    // Nothing listens there.
    resolve: async () => ['127.255.0.1', '127.255.0.2'],
  });
  for (const _ of ['the first time', 'and while they are avoided']) {
    const socket = await replicas.connect(await replicas.ranked('hermes'));
    assert.equal(socket.remoteAddress, alive[0]?.address);
    socket.destroy();
  }
  for (const replica of alive) await replica.stop();
});

test('events are forwarded at once, and the api learns at once that the reader disconnected', async () => {
  const left = Promise.withResolvers<void>();
  const second = Promise.withResolvers<void>();
  await using gateway = await gatewayBefore(
    await replicasOf(1, () => async (request, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write('data: one\n\n');
      request.on('close', left.resolve);
      await second.promise;
      response.write('data: two\n\n');
    }),
  );
  const reader = new AbortController();
  const answer = await fetch(`${gateway.url}/api/v1/events`, { signal: reader.signal });
  const events = answer.body?.getReader();
  const next = async () => new TextDecoder().decode((await events?.read())?.value);
  assert.equal(await next(), 'data: one\n\n');
  second.resolve();
  assert.equal(await next(), 'data: two\n\n');
  reader.abort();
  await left.promise;
});

test("a slow reader slows down the api and does not fill the gateway's memory", async () => {
  let sent = 0;
  const stalled = Promise.withResolvers<void>();
  await using gateway = await gatewayBefore(
    await replicasOf(1, () => (_request, response) => {
      const chunk = Buffer.alloc(256 * 1024);
      const more = (): void => {
        while (sent < 512 * 1024 * 1024) {
          sent += chunk.length;
          if (!response.write(chunk)) {
            response.once('drain', more);
            // Nothing was read for a while, so the state is stable.
            clearTimeout(quiet);
            quiet = setTimeout(stalled.resolve, 500);
            return;
          }
        }
      };
      let quiet = setTimeout(stalled.resolve, 500);
      more();
    }),
  );
  const reader = connect(gateway.port, '127.0.0.1');
  reader.write('GET /api/v1/x HTTP/1.1\r\nhost: x\r\n\r\n');
  reader.pause();
  await stalled.promise;
  assert.ok(sent < 64 * 1024 * 1024, `${sent / 2 ** 20} MiB were accepted without a reader`);
  reader.destroy();
});

test('a WebSocket works in both directions with the forwarded headers, and a refusal is forwarded unchanged', async () => {
  const behind = await replicasOf(1, () => () => {});
  await using gateway = await gatewayBefore(behind);
  const heard = Promise.withResolvers<IncomingMessage>();
  behind.replicas[0]?.server.on('upgrade', (request, socket) => {
    heard.resolve(request);
    if (request.url === '/api/v1/terminal?no') {
      socket.end('HTTP/1.1 409 Conflict\r\nConnection: close\r\nContent-Length: 2\r\n\r\nno');
      return;
    }
    socket.write('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n');
    socket.pipe(socket);
  });
  const upgrade = (path: string) =>
    httpRequest({
      port: gateway.port,
      path,
      headers: { connection: 'Upgrade', upgrade: 'websocket', authorization: 'Bearer fry' },
    });
  const refused = upgrade('/api/v1/terminal?no').end();
  const [answer] = z.tuple([z.custom<IncomingMessage>()]).parse(await once(refused, 'response'));
  assert.deepEqual([answer.statusCode, await text(answer)], [409, 'no']);

  const open = upgrade('/api/v1/terminal').end();
  const [, socket] = z
    .tuple([z.unknown(), z.custom<NodeJS.ReadWriteStream>()])
    .rest(z.unknown())
    .parse(await once(open, 'upgrade'));
  socket.write('echo');
  assert.equal(String((await once(socket, 'data'))[0]), 'echo');
  const { headers } = await heard.promise;
  assert.equal(headers['x-deskpod-gateway'], TOKEN);
  assert.equal(headers['x-forwarded-for'], '127.0.0.1');
  socket.end();
});
