/** Opens the roles of this process, listens for them on one port, and takes it all down again in reverse. */
import { join } from 'node:path';
import packageJson from '../package.json' with { type: 'json' };
import type { LoadedConfig } from '#config/config.ts';
import { createEvents, type Events } from '#events';
import { sameOrigin } from '#gateway/origin.ts';
import { routeUpgrades } from '#gateway/upgrade.ts';
import { createDoor, placeDoor } from '#http/door.ts';
import { healthRoutes } from '#http/health.ts';
import { buildServer } from '#http/server.ts';
import { speedTest } from '#http/speedtest.ts';
import { webFiles } from '#http/web.ts';
import { type ApiRole, openApi } from '#server/api.ts';
import { openGateway } from '#server/gateway.ts';
import { listen, listener } from '#server/listen.ts';
import type { Role } from '#server/role.ts';

export const VERSION: string = packageJson.version;
const ROOT = join(import.meta.dirname, '..');

export interface Running extends AsyncDisposable {
  /** Where people open it. */
  readonly address: string;
  /** The login that the first start made: told once. */
  readonly administrator: ApiRole['administrator'];
  readonly events: Events;
  /**
   * Is not ready any more and sends viewers elsewhere, but goes on answering; resolves when nothing is being made, or
   * when the signal aborts.
   */
  drain(signal: AbortSignal): Promise<void>;
}

/** Runs the server until it is disposed. Desktops go on without it and are found again. */
export async function serve(loaded: LoadedConfig): Promise<Running> {
  const { config } = loaded;
  const { roles, listen: where } = config;
  await using stack = new AsyncDisposableStack();
  const events = createEvents(config.log);
  stack.defer(() => events.stopped());
  const otherOrigins = new Set(where.allowedOrigins);
  const allowedOrigin = (origin: string | undefined, host: string | undefined): boolean =>
    (origin !== undefined && otherOrigins.has(origin)) || sameOrigin(origin, host);

  const api = roles.includes('api')
    ? stack.use(await openApi({ loaded, events, root: ROOT, version: VERSION, allowedOrigin }))
    : null;
  const gateway =
    api === null && config.apiUrl !== null && roles.includes('gateway')
      ? stack.use(openGateway({ ...config, apiUrl: config.apiUrl, events, allowedOrigin }))
      : null;
  const opened: readonly Role[] = [api, gateway].filter((role) => role !== null);
  let draining = false;
  const stops = (): string | null => (draining ? 'this server is stopping' : null);
  const { app, listening } = await buildServer({
    events,
    listen: await listener(config),
    plugins: [
      ...opened.flatMap(({ plugins }) => plugins),
      healthRoutes([stops, ...opened.map(({ ready }) => ready)]),
      ...pagesOf(loaded),
    ],
    userOf: (request) => opened.map((role) => role.userOf(request)).find((user) => user !== null) ?? null,
  });
  stack.defer(() => listening.endConnections());
  stack.defer(() => app.close());
  const token = api?.gatewayToken ?? null;
  placeDoor(
    listening.servers,
    createDoor({ trustedProxies: where.trustedProxies, gatewayToken: token, path: where.path }),
  );
  const upgrades = opened.flatMap((role) => role.upgrades);
  for (const server of listening.servers) {
    const routed = routeUpgrades(server, upgrades, (error) => events.failed('an upgrade', error));
    stack.defer(() => routed.close());
  }
  const closeViewers = async (): Promise<void> => {
    await Promise.all(opened.map((role) => role.closeViewers()));
  };
  // While they can still be told why.
  stack.defer(closeViewers);
  const address = await listen(listening, config);
  stack.defer(() => void listening.socket.close());
  await api?.listening(address);
  events.started(address);
  const running = stack.move();
  return {
    address,
    administrator: api?.administrator ?? null,
    events,
    async drain(signal) {
      draining = true;
      await closeViewers();
      await Promise.all(opened.map((role) => role.settled(signal)));
    },
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  };
}

/** What people open: the desktop where the role gateway is, the speed test there and in its own role. */
function pagesOf({ config: { roles, listen: where } }: LoadedConfig) {
  const pages = [
    ...(roles.includes('gateway') ? [''] : []),
    ...(roles.some((role) => role !== 'api') ? ['speedtest'] : []),
  ];
  if (pages.length === 0) return [];
  return [speedTest(), webFiles({ root: join(ROOT, 'web/dist'), path: where.path, pages })];
}
