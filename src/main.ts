/** Opens the roles of this process, listens for them on one port, and takes it all down again in reverse. */
import { join } from 'node:path';
import packageJson from '../package.json' with { type: 'json' };
import { loadKeys } from '#auth/keys.ts';
import type { Config, Secrets } from '#config/config.ts';
import { createEvents, type Events } from '#events';
import { createGateway } from '#gateway/gateway.ts';
import { sameOrigin } from '#gateway/origin.ts';
import { routeUpgrades } from '#gateway/upgrade.ts';
import { managerRoutes } from '#http/manager/routes.ts';
import { buildServer } from '#http/server.ts';
import { openApi } from '#server/api.ts';
import { listen, listener } from '#server/listen.ts';

export const VERSION: string = packageJson.version;
const ROOT = join(import.meta.dirname, '..');

export interface Running extends AsyncDisposable {
  /** Where people open it. */
  readonly address: string;
  /** The login that the first start made: told once. */
  readonly administrator: { readonly name: string; readonly password: string } | null;
  readonly events: Events;
}

/** Runs the server until it is disposed. Desktops go on without it and are found again. */
export async function serve(config: Config, secrets: Secrets): Promise<Running> {
  await using stack = new AsyncDisposableStack();
  const events = createEvents(config.log);
  stack.defer(() => events.stopped());
  const { keys, warnings } = await loadKeys(config.keysDir);
  for (const warning of warnings) events.warn(warning);
  const otherOrigins = new Set(config.listen.allowedOrigins);
  const allowedOrigin = (origin: string | undefined, host: string | undefined): boolean =>
    (origin !== undefined && otherOrigins.has(origin)) || sameOrigin(origin, host);

  const screens = {
    closeDesktop: (desktopId: string) => gateway.closeDesktop(desktopId),
    closeSession: (sessionId: string) => gateway.closeSession(sessionId),
  };
  const api = stack.use(
    await openApi({ config, secrets, keys, events, root: ROOT, version: VERSION, screens, allowedOrigin }),
  );
  const { engine, tickets, revocations } = api.context;
  const gateway = createGateway({
    tickets,
    connect: (desktopId, port, signal) => engine.connect(desktopId, port, signal),
    allowedOrigin,
    stillValid: async ({ sessionId }) => !(await revocations.isRevoked(sessionId)),
    events,
  });
  const { app, listening } = await buildServer(api.context, {
    trustedProxies: config.listen.trustedProxies,
    webRoot: join(ROOT, 'web/dist'),
    manager: managerRoutes(api.manager),
    listen: await listener(config),
  });
  stack.defer(() => listening.endConnections());
  stack.defer(() => app.close());
  const handleScreen = gateway.handleUpgrade.bind(gateway);
  const upgrades = [
    { path: '/api/v1/screen', handle: handleScreen },
    { path: '/websockify', handle: handleScreen },
    { path: '/api/v1/terminal', handle: api.terminals.handleUpgrade },
  ];
  for (const server of listening.servers) {
    const routed = routeUpgrades(server, upgrades, (error) => events.failed('an upgrade', error));
    stack.defer(() => routed.close());
  }
  // While viewers can still be told why.
  stack.defer(() => gateway.close());
  stack.defer(() => api.terminals.close());
  const address = await listen(listening, config);
  stack.defer(() => void listening.socket.close());
  await api.tellCommandLine(address);
  events.started(address);
  const running = stack.move();
  return { address, administrator: api.administrator, events, [Symbol.asyncDispose]: () => running.disposeAsync() };
}
