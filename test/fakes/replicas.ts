/** Servers in place of replicas of the api role: real ones, on different loopback addresses and one port. */
import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import { z } from 'zod';
import { ANY_HOST } from '#domain/server/hosts.ts';
import { createApiProxy } from '#gateway/api/proxy.ts';
import { Affinity } from '#gateway/api/affinity.ts';
import { ApiReplicas } from '#gateway/api/replicas.ts';
import { routeUpgrades } from '#gateway/upgrade.ts';
import { createTrustedProxies, applyTrustedProxies } from '#http/trusted-proxies.ts';

export const TOKEN = 'the-token-of-the-test';

export interface Replica {
  readonly address: string;
  readonly server: Server;
  stop(): Promise<void>;
}

const Port = z.object({ port: z.number() });

export async function listenOn(server: Server, host: string, port = 0): Promise<number> {
  server.listen(port, host);
  await once(server, 'listening');
  return Port.parse(server.address()).port;
}

/** `count` replicas at 127.0.0.2, 127.0.0.3 …, all on one port. */
export async function replicasOf(count: number, handler: (address: string) => RequestListener) {
  const replicas: Replica[] = [];
  let port = 0;
  for (let index = 0; index < count; index += 1) {
    const address = `127.0.0.${index + 2}`;
    const server = createServer(handler(address));
    port = await listenOn(server, address, port);
    const stop = async (): Promise<void> => {
      if (!server.listening) return;
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    };
    replicas.push({ address, server, stop });
  }
  return { replicas, port };
}

/** A gateway in front of them. Tokens are user names. */
export async function gatewayBefore({ replicas, port }: { replicas: readonly Replica[]; port: number }) {
  const failures: unknown[] = [];
  const proxy = createApiProxy({
    replicas: new ApiReplicas({
      url: `http://api-replicas:${port}`,
      resolve: async () => replicas.map(({ address }) => address),
    }),
    affinity: new Affinity(
      {
        verify: async (name) => ({
          sessionId: name,
          user: { id: name, name, provider: 'test', labels: [], roles: ['user'] },
          account: { userId: name, displayName: name, provider: 'test', uid: 4100, gid: 4100 },
          expiresAt: new Date(8.64e15),
          since: new Date(0),
        }),
      },
      'deskpod_session_test',
    ),
    token: TOKEN,
    failed: (_what, error) => void failures.push(error),
  });
  const server = createServer((request, response) => void proxy.request(request, response));
  applyTrustedProxies(
    [server],
    createTrustedProxies({ trustedProxies: [], gatewayToken: null, path: '/', hosts: ANY_HOST }),
  );
  const upgrades = routeUpgrades(server, [{ path: '/api/v1/terminal', handle: proxy.upgrade.bind(proxy) }]);
  const at = await listenOn(server, '127.0.0.1');
  return {
    port: at,
    url: `http://127.0.0.1:${at}`,
    failures,
    async [Symbol.asyncDispose]() {
      upgrades.close();
      proxy.close();
      server.closeAllConnections();
      server.close();
      await Promise.all(replicas.map((replica) => replica.stop()));
    },
  };
}
