/** Wires every part together, listens, and takes it all down again in reverse. The only file that knows all areas. */
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import packageJson from '../package.json' with { type: 'json' };
import { createAnonymous } from '#auth/anonymous.ts';
import { createAttempts } from '#auth/attempts.ts';
import { createDirectory } from '#auth/directory.ts';
import { networkMatcher } from '#auth/networks.ts';
import { loadKeys } from '#auth/keys.ts';
import { addUser, ensureAdministrator, listUsers, removeUser, setUserPassword } from '#auth/local-users.ts';
import { createTickets } from '#auth/tickets.ts';
import { createUserTokens } from '#auth/user-tokens.ts';
import type { Config, Secrets } from '#config/config.ts';
import { openDisplay } from '#display/open.ts';
import { waitForWindowManager } from '#display/ready.ts';
import { Catalogue } from '#domain/catalogue/catalogue.ts';
import type { OwnImage } from '#domain/catalogue/own.ts';
import { EPHEMERAL_ABILITIES } from '#domain/catalogue/runtime.ts';
import { Desktops } from '#domain/desktops.ts';
import { DeskpodError } from '#domain/errors.ts';
import { Displays } from '#domain/displays.ts';
import { adopt, follow } from '#domain/follow.ts';
import { Hub } from '#domain/hub.ts';
import { Launches } from '#domain/launches.ts';
import { Revocations } from '#domain/revocations.ts';
import type { Store } from '#domain/store.ts';
import { openEngine } from '#engines/open.ts';
import { planImages } from '#engines/containers/images/plan.ts';
import { createEvents, type Events } from '#events';
import { createGateway } from '#gateway/gateway.ts';
import { sameOrigin } from '#gateway/origin.ts';
import { createTerminals } from '#gateway/terminals.ts';
import { routeUpgrades } from '#gateway/upgrade.ts';
import { readCertificate, selfMadeCertificate } from '#http/certificate.ts';
import type { ApiContext } from '#http/context.ts';
import { type Listening, plainServer, tlsAndPlainServer } from '#http/listen.ts';
import { type ManagerDeps, managerRoutes } from '#http/manager/routes.ts';
import { type BuildVersion, buildVersion } from '#http/manager/version.ts';
import { claimsOf } from '#http/session.ts';
import { endDesktop } from '#http/end-desktop.ts';
import type { SessionClaims } from '#domain/auth.ts';
import { buildServer } from '#http/server.ts';
import { openTerminal } from '#http/terminal-access.ts';
import { checkPort } from '#setup/checks.ts';
import { lockFolder } from '#store/folder-lock.ts';
import { openStore } from '#store/open.ts';

export const VERSION: string = packageJson.version;
const ROOT = join(import.meta.dirname, '..');
const IMAGES = join(ROOT, 'images');
const PRUNE_EVERY_MS = 3_600_000;
const DAY_MS = 86_400_000;

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
  const stopping = new AbortController();
  const events = createEvents(config.log);
  stack.defer(() => events.stopped());
  await mkdir(config.dataDir, { recursive: true, mode: 0o711 });
  stack.use(await lockFolder(config.dataDir));
  const [built, store, { keys, warnings }, engine] = await Promise.all([
    buildVersion(ROOT, VERSION),
    openStore(config.store),
    loadKeys(config.keysDir),
    openEngine(config, { imagesDir: IMAGES, windowManagerReady: waitForWindowManager }),
  ]);
  stack.use(store);
  stack.use(engine);
  for (const warning of warnings) events.warn(warning);

  const hub = new Hub();
  const desktops = new Desktops({ engine, store, hub, options: config.desktop, events });
  const displays = new Displays({
    engine,
    open: openDisplay,
    guess: (desktopId, client) => launches.guess(desktopId, client),
    events: {
      windows(desktopId, windows) {
        const owner = desktops.ownerOf(desktopId);
        if (owner !== null) hub.publish(owner, { type: 'windows', windows: [...windows] });
      },
      mapped: (_desktopId, window) => launches.mapped(window),
    },
  });
  stack.use(displays);
  const catalogue = stack.use(
    await Catalogue.open({
      store,
      images: engine,
      own: config.engine.kind === 'containers' ? ownApps() : [],
      classes: config.executeClasses,
      abilities: EPHEMERAL_ABILITIES[config.engine.kind],
      onProblem: (message, cause) => events.failed(message, cause),
    }),
  );
  const launches: Launches = new Launches({
    engine,
    store,
    hub,
    apps: catalogue,
    hold: (desktopId) => displays.hold(desktopId),
    stopGraceMs: config.launches.stopGraceMs,
    events,
  });
  const follower = { engine, desktops, launches, displays, failed: events.failed };
  await adopt(follower);
  follow(follower, stopping.signal).catch((error: unknown) => events.failed('following the engine', error));

  const tokens = createUserTokens({ keys, seconds: config.auth.sessionSeconds });
  const tickets = createTickets({ keys, seconds: config.auth.ticketSeconds });
  const revocations = new Revocations(store);
  const otherOrigins = new Set(config.listen.allowedOrigins);
  const allowedOrigin = (origin: string | undefined, host: string | undefined): boolean =>
    (origin !== undefined && otherOrigins.has(origin)) || sameOrigin(origin, host);
  const gateway = createGateway({
    tickets,
    connect: (desktopId, port, signal) => engine.connect(desktopId, port, signal),
    allowedOrigin,
    stillValid: async ({ sessionId }) => !(await revocations.isRevoked(sessionId)),
    events,
  });
  const localToken = randomBytes(32).toString('base64url');
  const terminals = createTerminals({
    allowedOrigin,
    open: (request, wish, signal) => openTerminal(context, request, wish, signal),
  });
  const context: ApiContext = {
    engine,
    store,
    hub,
    desktops,
    launches,
    displays,
    catalogue,
    gateway: {
      closeDesktop: (desktopId) => gateway.closeDesktop(desktopId),
      closeSession(sessionId) {
        gateway.closeSession(sessionId);
        terminals.closeSession(sessionId);
      },
    },
    tokens,
    tickets,
    revocations,
    events,
    localToken,
    authenticators: [
      createDirectory(store, { demo: config.auth.demoDirectory }),
      ...(config.auth.anonymous ? [createAnonymous(store)] : []),
    ],
    users: {
      list: () => listUsers(store),
      add: (user) => addUser(store, user),
      setPassword: (id, password) => setUserPassword(store, id, password),
      remove: (id) => removeUser(store, id),
    },
    attempts: createAttempts({
      failures: config.auth.lockout.failures,
      longestSeconds: config.auth.lockout.seconds,
      isProtected: networkMatcher(config.auth.lockout.protectedNetworks),
    }),
    version: VERSION,
    x11Tcp: config.desktop.x11Tcp,
  };
  const manager = managerRoutes(managerDeps(context, config, secrets, built));
  const { app, listening } = await buildServer(context, {
    trustedProxies: config.listen.trustedProxies,
    webRoot: join(ROOT, 'web/dist'),
    manager,
    listen: await listener(config),
  });
  stack.defer(() => listening.endConnections());
  stack.defer(() => app.close());
  const screens = gateway.handleUpgrade.bind(gateway);
  const upgrades = [
    { path: '/api/v1/screen', handle: screens },
    { path: '/websockify', handle: screens },
    { path: '/api/v1/terminal', handle: terminals.handleUpgrade },
  ];
  for (const server of listening.servers) {
    const routed = routeUpgrades(server, upgrades, (error) => events.failed('an upgrade', error));
    stack.defer(() => routed.close());
  }
  // While the engine is still there, and while viewers can still be told why.
  stack.defer(() => terminals.close());
  stack.defer(() => gateway.close());
  const prune = setInterval(() => void keepOnly(store, config.launches.keepDays, events), PRUNE_EVERY_MS).unref();
  stack.defer(() => clearInterval(prune));
  stack.defer(() => stopping.abort());
  const administrator = await ensureAdministrator(store);
  const address = await listen(listening, config);
  stack.defer(() => void listening.socket.close());
  await tellCommandLine(config.dataDir, localToken, address);
  events.started(address);
  const running = stack.move();
  return { address, administrator, events, [Symbol.asyncDispose]: () => running.disposeAsync() };
}

/** The compatible API reaches the same parts by other words. */
function managerDeps(context: ApiContext, config: Config, secrets: Secrets, version: BuildVersion): ManagerDeps {
  const { engine, desktops, launches, catalogue, events } = context;
  const claims = (token: string): Promise<SessionClaims | null> => claimsOf(context, token);
  return {
    catalogue,
    images: engine,
    access: { ...config.manager, keys: secrets.managerApiKeys, trustedProxies: config.listen.trustedProxies },
    desktops: {
      desktops: () => engine.desktops(),
      launches: (desktopId) => engine.launches(desktopId),
      removeDesktop: (desktop) => endDesktop(context, desktop.id),
      async removeLaunch({ id }) {
        const found = await launches.find(id);
        if (!found) return engine.removeLaunch(id);
        await launches.stop(id, 'admin');
      },
    },
    isAdministrator: async ({ headers }) => {
      const token = /^Bearer (.+)$/i.exec(headers.authorization ?? '')?.[1];
      return token !== undefined && ((await claims(token))?.user.roles.includes('admin') ?? false);
    },
    userOf: claims,
    planDesktop: async (identity) => desktops.plan(identity),
    version,
    warn: events.warn,
    failed: events.failed,
  };
}

/** Those there is a recipe for; a cluster cannot build them, there the catalogue begins empty. */
function ownApps(): readonly OwnImage[] {
  return planImages(IMAGES, {}, new Map()).filter(({ labels }) => labels['oc.type'] === 'app');
}

async function listener(config: Config): Promise<(handler: Parameters<typeof plainServer>[0]) => Listening> {
  const { tls } = config.listen;
  if (tls.kind === 'off') return plainServer;
  const files =
    tls.kind === 'files'
      ? await readCertificate(tls.cert, tls.key)
      : await selfMadeCertificate(join(config.dataDir, 'keys'));
  return (handler) => tlsAndPlainServer(handler, files);
}

async function listen({ socket }: Listening, { listen: { host, port, tls } }: Config): Promise<string> {
  socket.listen({ host, port });
  await once(socket, 'listening').catch(async (cause: unknown) => {
    const finding = await checkPort({ host, port });
    throw finding === null ? cause : new DeskpodError('conflict', finding.problem, { remedy: finding.remedy, cause });
  });
  const bound = socket.address();
  const actual = typeof bound === 'object' && bound !== null ? bound.port : port;
  const shown = host === '127.0.0.1' || host === '::1' ? 'localhost' : host;
  return `${tls.kind === 'off' ? 'http' : 'https'}://${shown}:${actual}`;
}

/** Where the command line of this machine's root finds the server and what lets it in. */
async function tellCommandLine(dataDir: string, token: string, address: string): Promise<void> {
  await writeFile(join(dataDir, 'cli-token'), `${token}\n${address}\n`, { mode: 0o600 });
}

async function keepOnly(store: Store, days: number, events: Events): Promise<void> {
  await store.launches
    .prune(new Date(Date.now() - days * DAY_MS))
    .catch((error: unknown) => events.failed('pruning finished launches', error));
}
