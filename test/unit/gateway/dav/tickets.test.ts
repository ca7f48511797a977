/** A gateway asks the api for tickets of file managers under a name that only the two of them know. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createEvents } from '#events';
import { hostPolicy } from '#domain/server/hosts.ts';
import { davTicketsOfApi } from '#gateway/api/dav-tickets.ts';
import { ApiReplicas } from '#gateway/api/replicas.ts';
import { apiRoutes } from '#http/api.ts';
import { plainServer } from '#http/listen.ts';
import { buildServer } from '#http/server.ts';
import { applyTrustedProxies, createTrustedProxies } from '#http/trusted-proxies.ts';
import { fakeApi } from '../../../fakes/api.ts';

test('a gateway asks for a ticket under any name of the api, which answers nobody else there', async () => {
  await using stack = new AsyncDisposableStack();
  const { context } = stack.use(await fakeApi());
  const { app, listening } = await buildServer({
    events: createEvents({ level: 'silent', format: 'json' }),
    listen: plainServer,
    plugins: [apiRoutes(context)],
    userOf: () => null,
  });
  const hosts = hostPolicy(['desk.example.org'], () => {});
  const proxies = { trustedProxies: [], gatewayToken: 'of the gateways', path: '/', hosts };
  applyTrustedProxies(listening.servers, createTrustedProxies(proxies));
  const { port } = new URL(await app.listen({ port: 0, host: '127.0.0.1' }));
  stack.defer(() => app.close());
  const replicas = new ApiReplicas({ url: `http://api-replicas:${port}`, resolve: async () => ['127.0.0.1'] });
  const login = { userId: 'amy', token: 'deskpod_wrong', address: '192.0.2.1' };
  const ask = (forwardToken: string) =>
    davTicketsOfApi({ replicas, token: context.closingsToken, forwardToken })(login);
  await assert.rejects(ask('of the gateways'), { code: 'login_refused' });
  await assert.rejects(ask('another'), { code: 'misdirected_request' });
});
