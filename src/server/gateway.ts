/** The role gateway in a process of its own: pages, screens by ticket, and everything else passed on to the api role. */
import { createTicketReader } from '#auth/tickets.ts';
import { awaitGatewayKeys, type GatewayKeys } from '#auth/gateway-keys.ts';
import { gatewayToken } from '#auth/gateway-token.ts';
import { createUserTokenReader } from '#auth/user-tokens.ts';
import { Closings } from '#domain/closings.ts';
import { DeskpodError } from '#domain/errors.ts';
import type { Events } from '#events';
import { Affinity } from '#gateway/api/affinity.ts';
import { followClosings } from '#gateway/api/closings-feed.ts';
import { type ApiProxy, createApiProxy } from '#gateway/api/proxy.ts';
import { ApiReplicas } from '#gateway/api/replicas.ts';
import { createGateway, type Gateway } from '#gateway/gateway.ts';
import { screenConnector } from '#gateway/screen-connect.ts';
import { passOnRoutes } from '#http/pass-on.ts';
import type { Role } from './role.ts';
import { screenRoutes } from './screens.ts';

export interface GatewayRoleOptions {
  readonly keysDir: string;
  /** Of the api role. */
  readonly apiUrl: string;
  readonly apiServiceUrl: string | null;
  readonly events: Events;
  readonly allowedOrigin: (origin: string | undefined, host: string | undefined) => boolean;
}

interface Opened {
  readonly gateway: Gateway;
  readonly proxy: ApiProxy;
}

/** Returns at once; until its keys are there it is not ready and says so. */
export function openGateway(options: GatewayRoleOptions): Role {
  const { keysDir, events } = options;
  const stopping = new AbortController();
  let opened: Opened | null = null;
  let reason = 'the keys are being read';
  const waiting = (why: string): void => {
    if (why !== reason) events.warn(why);
    reason = why;
  };
  const opening = awaitGatewayKeys(keysDir, waiting, stopping.signal).then(
    (keys) => {
      opened = open(keys, options, stopping.signal);
    },
    (error: unknown) => {
      if (!stopping.signal.aborted) events.failed('opening the gateway', error);
    },
  );
  const current = (): Opened => {
    if (opened === null) throw new DeskpodError('engine_unavailable', `This gateway is not ready: ${reason}.`);
    return opened;
  };
  return {
    plugins: [passOnRoutes(() => current().proxy)],
    upgrades: [
      ...screenRoutes(async (request, socket, head) => current().gateway.handleUpgrade(request, socket, head)),
      {
        path: '/api/v1/terminal',
        handle: async (request, socket, head) => current().proxy.upgrade(request, socket, head),
      },
    ],
    ready: () => (opened === null ? reason : null),
    userOf: (request) => opened?.proxy.userOf(request.raw) ?? null,
    gatewayToken: null,
    closeViewers: async () => opened?.gateway.close(),
    settled: async () => {},
    async [Symbol.asyncDispose]() {
      stopping.abort();
      await opening;
      opened?.gateway.close();
      opened?.proxy.close();
    },
  };
}

function open(
  keys: GatewayKeys,
  { apiUrl, apiServiceUrl, events, allowedOrigin }: GatewayRoleOptions,
  signal: AbortSignal,
): Opened {
  const replicas = new ApiReplicas({ url: apiUrl, serviceUrl: apiServiceUrl });
  const closings = new Closings();
  const gateway = createGateway({
    tickets: createTicketReader({ keys }),
    connect: screenConnector(null),
    allowedOrigin,
    stillValid: ({ sessionId, desktopId }) =>
      !closings.has({ type: 'session', sessionId }) && !closings.has({ type: 'desktop', desktopId }),
    events,
  });
  closings.subscribe((closing) => {
    if (closing.type === 'session') gateway.closeSession(closing.sessionId);
    else gateway.closeDesktop(closing.desktopId);
  });
  const feed = { replicas, token: gatewayToken(keys, 'closings'), closed: closings.add.bind(closings) };
  followClosings(feed, signal).catch((error: unknown) => events.failed('following what ends', error));
  const proxy = createApiProxy({
    replicas,
    affinity: new Affinity(createUserTokenReader({ keys })),
    token: gatewayToken(keys, 'forward'),
    failed: events.failed,
  });
  return { gateway, proxy };
}
