/** Opens the roles of this process, listens on one port, and closes everything in reverse order. */
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { join } from 'node:path';
import packageJson from '../package.json' with { type: 'json' };
import { LINK_MINUTES } from '#auth/login-links.ts';
import type { LoadedConfig } from '#config/config.ts';
import { onIgnored } from '#protocol/ignore.ts';
import { networkMatcher } from '#domain/server/networks.ts';
import { createEvents, type Events } from '#events';
import { originPolicy, originRefused } from '#gateway/origin.ts';
import { routeUpgrades } from '#gateway/upgrade.ts';
import { limitConnections } from '#http/connection-limits.ts';
import { limitUpgrades } from '#http/upgrade-rate.ts';
import { applyTrustedProxies, checkHost, createTrustedProxies } from '#http/trusted-proxies.ts';
import type { TlsFiles } from '#http/certificate.ts';
import { healthRoutes } from '#http/health.ts';
import type { SystemWarning } from '#protocol/system.ts';
import { screenCheck } from '#http/screen-check.ts';
import { buildServer } from '#http/server.ts';
import { speedTest } from '#http/speedtest.ts';
import { pagesOnceStarted } from '#http/starting.ts';
import { webFiles } from '#http/web.ts';
import { type ApiRole, openApi } from '#server/api.ts';
import { openGateway } from '#server/gateway.ts';
import { listen, listener } from '#server/listen.ts';
import type { Role } from '#server/role.ts';

export const VERSION: string = packageJson.version;
const ROOT = join(import.meta.dirname, '..');

export interface Running extends AsyncDisposable {
  /** The address for people. */
  readonly address: string;
  /** The login that the first start created, shown once. */
  readonly administrator: ApiRole['administrator'];
  /** A URL that logs the administrator in once; null where the log isn't for people. */
  loginLink(): Promise<{ readonly url: string; readonly minutes: number } | null>;
  readonly events: Events;
  /**
   * Reports that it isn't ready and sends viewers elsewhere, but still handles requests. Resolves when nothing is
   * starting, or when the signal aborts.
   */
  drain(signal: AbortSignal): Promise<void>;
}

export interface ServeMore {
  /** Of the configured files, if they are configured; otherwise `serve` finds one. */
  readonly certificate: TlsFiles | null;
  /** For administrators, in addition to those of the configuration and the engine. */
  readonly warnings: readonly SystemWarning[];
}

/** Runs the server until it is disposed. Desktops keep running without it and are found again. */
export async function serve(
  loaded: LoadedConfig,
  { certificate, warnings }: ServeMore = { certificate: null, warnings: [] },
): Promise<Running> {
  const { config } = loaded;
  const { roles, listen: where } = config;
  await using stack = new AsyncDisposableStack();
  const events = createEvents(config.log);
  stack.defer(() => events.stopped());
  stack.defer(onIgnored(events.ignored));
  const allowedOrigin = originPolicy(where.allowedOrigins, events.warn);

  const checkOrigin = (headers: IncomingHttpHeaders): void => {
    if (!allowedOrigin(headers)) throw originRefused(headers.origin);
  };

  const api = roles.includes('api')
    ? stack.use(await openApi({ loaded, events, root: ROOT, version: VERSION, allowedOrigin, warnings }))
    : null;
  const gateway =
    api === null && config.apiUrl !== null && roles.includes('gateway')
      ? stack.use(openGateway({ ...config, apiUrl: config.apiUrl, events, allowedOrigin }))
      : null;
  const opened: readonly Role[] = [api, gateway].filter((role) => role !== null);
  let draining = false;
  const stopping = (): string | null => (draining ? 'this server is stopping' : null);
  const { create, hosts } = await listener(config, certificate, events.warn);
  const { app, listening } = await buildServer({
    events,
    listen: create,
    plugins: [
      ...opened.flatMap(({ plugins }) => plugins),
      ...(roles.includes('gateway') ? [screenCheck(checkOrigin)] : []),
      healthRoutes([stopping, ...opened.map(({ ready }) => ready)]),
      ...pagesOf(loaded, opened[0] ?? null, () => gateway?.isStarting() ?? false),
    ],
    userOf: (request) => opened.map((role) => role.userOf(request)).find((user) => user !== null) ?? null,
  });
  stack.defer(() => listening.endConnections());
  stack.defer(() => app.close());
  const isProxy = networkMatcher(where.trustedProxies);
  limitConnections(listening.socket, {
    connections: where.maxConnections,
    // A process without this role gets its connections from a few gateways.
    connectionsPerNetwork: roles.includes('gateway') ? where.maxConnectionsPerNetwork : where.maxConnections,
    isProxy,
    onFull: events.connectionsFull,
  });
  const token = api?.gatewayToken ?? null;
  applyTrustedProxies(
    listening.servers,
    createTrustedProxies({
      trustedProxies: where.trustedProxies,
      gatewayToken: token,
      path: where.path,
      hosts,
    }),
  );
  const upgrades = opened.flatMap((role) => role.upgrades);
  const checkRate = limitUpgrades({ perMinute: config.limits.upgradesPerMinute, isProxy });
  const check = (request: IncomingMessage): void => {
    checkHost(request);
    checkRate(request);
  };
  for (const server of listening.servers) {
    const failed = (error: unknown): void => events.failed('upgrading a connection', error);
    const routed = routeUpgrades(server, upgrades, { check, failed });
    stack.defer(() => routed.close());
  }
  const closeViewers = async (): Promise<void> => {
    await Promise.all(opened.map((role) => role.closeViewers()));
  };
  // While they can still receive the reason.
  stack.defer(closeViewers);
  const addresses = await listen(listening, config);
  stack.defer(() => void listening.socket.close());
  await api?.listening(addresses.local);
  events.started(addresses.listening);
  const running = stack.move();
  return {
    address: addresses.people,
    administrator: api?.administrator ?? null,
    async loginLink() {
      const fragment = (await api?.loginLink()) ?? null;
      if (fragment === null) return null;
      return { url: `${addresses.people.replace(/\/$/, '')}/${fragment}`, minutes: LINK_MINUTES };
    },
    events,
    async drain(signal) {
      draining = true;
      await closeViewers();
      await Promise.all(opened.map((role) => role.settled(signal)));
    },
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  };
}

/**
 * The desktop with the role gateway, the speed test with the roles gateway and speedtest. The latter alone has no keys, so
 * it can't require a session.
 */
function pagesOf({ config: { roles, listen: where } }: LoadedConfig, role: Role | null, isStarting: () => boolean) {
  const pages = [
    ...(roles.includes('gateway') ? [''] : []),
    ...(roles.some((role) => role !== 'api') ? ['speedtest'] : []),
  ];
  if (pages.length === 0) return [];
  const files = webFiles({ root: join(ROOT, 'web/dist'), path: where.path, pages });
  const userOf = role === null ? null : role.sessionUser.bind(role);
  return [speedTest({ userOf }), pagesOnceStarted(isStarting, files)];
}
