/** A remote gateway learns which sessions and desktops ended, from every replica, and again after a lost connection. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { connect } from 'node:net';
import { test } from 'node:test';
import { Closings } from '#domain/server/closings.ts';
import { followClosings } from '#gateway/api/closings-feed.ts';
import { screenConnector } from '#gateway/screen-connect.ts';
import type { Closing } from '#protocol/closing.ts';
import { fakeApi } from '../../fakes/api.ts';
import { listenOn } from '../../fakes/replicas.ts';
import { CLAIMS } from '../../fixtures/ticket-claims.ts';

test('ends before and after a gateway connects are reported to it, and only to gateways', async () => {
  const closings = new Closings();
  await using api = await fakeApi({ closings });
  const port = Number(new URL(await api.app.listen({ port: 0, host: '127.0.0.1' })).port);
  assert.equal((await fetch(`http://127.0.0.1:${port}/api/v1/gateway/closings`)).status, 401);

  closings.add({ type: 'session', sessionId: 's1' });
  const heard: Closing[] = [];
  const second = Promise.withResolvers<void>();
  const stop = new AbortController();
  const following = followClosings(
    {
      replicas: { all: async () => ['127.0.0.1'], port },
      token: api.context.closingsToken,
      closed(closing) {
        heard.push(closing);
        if (heard.length === 1) closings.add({ type: 'desktop', desktopId: 'hermes-0a1b2' });
        if (heard.length === 2) second.resolve();
      },
    },
    stop.signal,
  );
  await second.promise;
  stop.abort();
  await following;
  assert.deepEqual(heard, [
    { type: 'session', sessionId: 's1' },
    { type: 'desktop', desktopId: 'hermes-0a1b2' },
  ]);
  assert.ok(closings.has({ type: 'session', sessionId: 's1' }));
  assert.equal(closings.has({ type: 'session', sessionId: 's2' }), false);
});

test('a ticket has the address of its screen: on TCP from any gateway, otherwise through the engine of this process', async (t) => {
  const screen = createServer();
  const port = await listenOn(screen, '127.0.0.1');
  t.after(() => screen.close());
  const reached = await screenConnector(null)(
    { ...CLAIMS, screen: { host: '127.0.0.1', port } },
    AbortSignal.timeout(5_000),
  );
  reached.destroy();

  const through: string[] = [];
  const engine = {
    connect: async (desktopId: string) => {
      through.push(desktopId);
      const socket = connect(port, '127.0.0.1');
      await once(socket, 'connect');
      return socket;
    },
  };
  (await screenConnector(engine)(CLAIMS, AbortSignal.timeout(5_000))).destroy();
  assert.deepEqual(through, ['hermes-0a1b2']);
  await assert.rejects(screenConnector(null)(CLAIMS, AbortSignal.timeout(5_000)), /can't reach the desktop's screen/);
});
