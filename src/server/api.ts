/** The role api: engine, store, sessions, desktops, launches and terminals behind `/api/v1` and `/API`. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gatewayToken } from '#auth/gateway-token.ts';
import { LoginLinks } from '#auth/login-links.ts';
import type { FirstAdministrator } from '#auth/local-users.ts';
import type { LoadedConfig } from '#config/config.ts';
import { localEngine } from '#config/engine.ts';
import { openDisplay } from '#display/open.ts';
import { waitForWindowManager } from '#display/ready.ts';
import { Attendance } from '#domain/desktops/attendance.ts';
import { IdleEnds } from '#domain/desktops/idle-ends.ts';
import { waitAtMost } from '#domain/deadlines.ts';
import { ignore } from '#protocol/ignore.ts';
import type { Engine } from '#domain/ports/engine.ts';
import { checkDirectories } from '#domain/server/directory-check.ts';
import { adopt, follow } from '#domain/server/engine-events.ts';
import { SessionEnds, type Viewers } from '#domain/server/session-ends.ts';
import { seenIn } from '#domain/server/sessions.ts';
import { runHousekeeping } from '#domain/server/housekeeping.ts';
import { openEngine, openSecretStore } from '#engines/open.ts';
import type { Events } from '#events';
import type { AdmissionRules } from '#gateway/admit.ts';
import { createGateway, type Gateway } from '#gateway/gateway.ts';
import { createDav } from '#gateway/dav/dav.ts';
import { createFiles, type Files } from '#gateway/files/files.ts';
import { Rooms } from '#gateway/files/rooms.ts';
import type { AllowedOrigin } from '#gateway/origin.ts';
import { filesConnector, screenConnector, soundConnector, soundRuns, videoConnector } from '#gateway/screen-connect.ts';
import { createSounds } from '#gateway/sound/sounds.ts';
import { createVideos } from '#gateway/video/videos.ts';
import { createTerminals } from '#gateway/terminals.ts';
import { claimsOf } from '#http/session.ts';
import { filesCookie, sessionToken } from '#domain/server/session-token.ts';
import { apiRoutes } from '#http/api.ts';
import type { ApiContext } from '#http/context.ts';
import { endDesktop } from '#http/end-desktop.ts';
import { davTickets } from '#http/dav-tickets.ts';
import { filesRoutes } from '#http/files.ts';
import { managerRoutes } from '#http/manager/routes.ts';
import { buildVersion } from '#http/manager/version.ts';
import { openTerminal } from '#http/terminal-access.ts';
import type { SystemWarning } from '#protocol/system.ts';
import { parentEnds } from '#processes/parent.ts';
import { lockFolder } from '#store/folder-lock.ts';
import { openStore } from '#store/open.ts';
import { keyWarnings } from '#auth/store-key.ts';
import { firstAdministrator } from './administrator.ts';
import { appsToInstall } from './apps.ts';
import { createContext } from './context.ts';
import { keysOf, refreshGateways, storeKeyOf } from './keys.ts';
import { managerAccess, managerDeps, permitsOthers } from './manager.ts';
import { createParts } from './parts.ts';
import type { Role } from './role.ts';
import { screenRoutes, soundRoute, videoRoute } from './screens.ts';

export interface ApiRoleOptions {
  readonly loaded: LoadedConfig;
  readonly events: Events;
  /** The folder of the checkout or the image, which contains the recipes. */
  readonly root: string;
  readonly version: string;
  readonly allowedOrigin: AllowedOrigin;
  /** Of the way in which this process was started. */
  readonly warnings: readonly SystemWarning[];
}

export interface ApiRole extends Role {
  /** The login that the first start created, shown once. On Kubernetes it is in a Secret instead. */
  readonly administrator: FirstAdministrator | null;
  /** The end of a URL that logs the administrator in once; null on Kubernetes, whose log others read. */
  loginLink(): Promise<string | null>;
  /** Writes address and token for the command line of this machine's root. */
  listening(address: string): Promise<void>;
}

/** How long background work may take to end. */
const STOP_TIMEOUT_MS = 3_000;

/** If this process also has the role gateway, it serves the screens, too. */
export async function openApi(options: ApiRoleOptions): Promise<ApiRole> {
  const { loaded, events, root, version, allowedOrigin } = options;
  const { config, secrets } = loaded;
  const imagesDir = join(root, 'images');
  await using stack = new AsyncDisposableStack();
  const stopping = new AbortController();
  const draining = new AbortController();
  await mkdir(config.dataDir, { recursive: true, mode: 0o711 });
  stack.use(await lockFolder(config.dataDir, localEngine(config)?.process ? '/server' : ''));
  const secretStore = await openSecretStore(config);
  const storeKey = await storeKeyOf(config, secretStore);
  const [built, store, { keys, warnings: ofKeys }, engine] = await Promise.all([
    buildVersion(root, version),
    owned(
      stack,
      openStore(secrets.storeUrl === null ? config.store : { kind: 'postgres', url: secrets.storeUrl }, storeKey),
    ),
    keysOf(config, secretStore),
    owned(
      stack,
      openEngine(config, { imagesDir, windowManagerReady: waitForWindowManager, whenLost: parentEnds, events }),
    ),
  ]);
  const warnings = [
    ...options.warnings,
    ...ofKeys,
    ...(await keyWarnings(store, storeKey)),
    ...configWarnings(loaded),
    ...(await podWarnings(loaded, engine)),
  ];
  for (const { text, commands } of [...warnings, ...engine.warnings()])
    events.warn(text, commands.length > 0 ? { commands: commands.join('; ') } : {});
  const parts = stack.use(
    await createParts({
      engine,
      store,
      events,
      openDisplay,
      desktop: { ...config.desktop, shared: config.files.shared },
      clipboard: config.clipboard,
      video: config.video,
      ...appsToInstall(config, root),
      apps: { ...config.apps, registry: config.engine.kind === 'kubernetes' ? config.engine.images.registry : null },
      classes: config.executeClasses,
      stopGraceMs: config.launches.stopGraceMs,
      launchesPerUser: config.launches.perUser,
      links: config.links.open,
      debug: config.debug,
      name: config.name,
    }),
  );
  const follower = { engine, ...parts, failed: events.failed };
  await adopt(follower);
  parts.debug.adopt(config.name).catch((error: unknown) => events.failed('adopting debug sessions', error));
  const following = follow(follower, stopping.signal).catch((error: unknown) =>
    events.failed('following the engine', error),
  );

  const terminals = createTerminals({
    allowedOrigin,
    open: (request, terminal, signal) => openTerminal(context, request, terminal, signal),
  });
  const viewers = {
    closeDesktop: (desktopId: string) => opened().forEach((open) => open.closeDesktop(desktopId)),
    // This process knows the sessions of its terminals, and closes them one by one.
    closeUser: (userId: string, before: Date) => opened().forEach((open) => open.closeUser(userId, before)),
    closeSession(sessionId: string) {
      opened().forEach((open) => open.closeSession(sessionId));
      terminals.closeSession(sessionId);
    },
  };
  const { auth } = config;
  const sessionEnds = stack.use(
    new SessionEnds({
      ...parts,
      store,
      viewers,
      longestSessionSeconds: Math.max(auth.sessionSeconds, auth.sessionLongestSeconds),
      limits: config.limits,
      failed: events.failed,
    }),
  );
  const attendance = stack.use(
    new Attendance({
      values: store.values,
      connected: () => sessionEnds.sessions.connections.users(),
      failed: events.failed,
    }),
  );
  const links = new LoginLinks(store);
  const context = createContext({
    links,
    config,
    secrets,
    keys,
    events,
    version,
    warnings,
    store,
    engine,
    parts,
    sessionEnds,
    attendance,
    stopping: draining.signal,
    podNetworks: await engine.podNetworks(),
  });
  const screens = config.roles.includes('gateway') ? createScreens(context, sessionEnds, allowedOrigin) : null;
  const rooms = new Rooms();
  const files = screens === null ? null : createFileAccess(context, sessionEnds, allowedOrigin, screens, rooms);
  const dav = screens === null ? null : createDavAccess(context, sessionEnds, allowedOrigin, screens, rooms);
  const sounds =
    screens === null
      ? null
      : createSounds({
          ...admissionOf(context.tickets, sessionEnds, allowedOrigin),
          connect: soundConnector(engine),
          runs: soundRuns(engine),
          events,
        });
  const videos =
    screens === null
      ? null
      : createVideos({
          ...admissionOf(context.tickets, sessionEnds, allowedOrigin),
          connect: videoConnector(engine),
          events,
        });
  const opened = (): Viewers[] => [screens, files, dav, sounds, videos].filter((open) => open !== null);
  const closeViewers = async (): Promise<void> => {
    draining.abort();
    files?.close();
    dav?.close();
    await Promise.all([screens?.close(), sounds?.close(), videos?.close(), terminals.close()]);
  };
  const access = await managerAccess(config, secrets, secretStore, () => engine.podNetworks(), root);
  refreshGateways(config, keys, secretStore).catch((error: unknown) =>
    events.failed('refreshing the keys of gateways', error),
  );
  secretStore?.ensureRegistryLogins().catch((error: unknown) => events.failed('creating empty registry logins', error));
  const { rebuilds, revocations, guests, homeSizes } = context;
  await rebuilds.load();
  const housekeeping = {
    engine,
    store,
    ...parts,
    rebuilds,
    guests,
    homeSizes,
    idleEnds: new IdleEnds({
      ...parts,
      ...config.desktop,
      engine,
      attendance,
      endDesktop: (desktopId) => endDesktop(context, desktopId),
      losses: (desktop) => rebuilds.losses(desktop),
      notify: (...notice) => rebuilds.notify(...notice),
      failed: events.failed,
    }),
    revocations,
    directoryCheckSeconds: auth.ldapCheckSeconds,
    checkDirectories: () =>
      checkDirectories({
        store,
        authenticators: context.authenticators,
        endUser: (userId) => sessionEnds.endUser(userId),
        gone: events.userGone,
        failed: events.failed,
      }),
    keepDays: config.launches.keepDays,
    debugKeepDays: config.debug.keepDays,
    failed: events.failed,
  };
  const housekept = runHousekeeping(housekeeping, stopping.signal).catch((error: unknown) =>
    events.failed('housekeeping', error),
  );
  // Before the store and the engine close, which both still use.
  stack.defer(async () => {
    stopping.abort();
    await waitAtMost(STOP_TIMEOUT_MS, Promise.all([following, housekept]), null);
  });
  stack.defer(closeViewers);
  const administrator = await firstAdministrator(store, secretStore, events);
  const running = stack.move();
  return {
    plugins: [
      managerRoutes(managerDeps(context, access, built)),
      apiRoutes(context),
      ...(files === null ? [] : [filesRoutes(() => files)]),
      ...(dav === null ? [] : [filesRoutes(() => dav, '/dav')]),
    ],
    upgrades: [
      { path: '/api/v1/terminal', handle: terminals.handleUpgrade },
      ...(screens === null ? [] : screenRoutes(screens.handleUpgrade.bind(screens))),
      ...(sounds === null ? [] : [soundRoute(sounds.handleUpgrade.bind(sounds))]),
      ...(videos === null ? [] : [videoRoute(videos.handleUpgrade.bind(videos))]),
    ],
    async ready() {
      await Promise.all([store.values.get('ready'), engine.ready()]);
      return null;
    },
    gatewayToken: gatewayToken(keys, 'forward'),
    userOf: ({ claims }) => claims?.user.id ?? null,
    async sessionUser(headers) {
      const token = sessionToken(headers, context.cookieName);
      return token === null ? null : ((await claimsOf(context, token))?.user.id ?? null);
    },
    closeViewers,
    async settled(signal) {
      const { desktops, launches, debug } = parts;
      await Promise.all([desktops, launches, debug, rebuilds].map((part) => part.settled(signal)));
    },
    administrator,
    loginLink: async () => (secretStore === null ? await links.issue() : null),
    listening: (address) =>
      writeFile(join(config.dataDir, 'cli-token'), `${context.localToken}\n${address}\n`, { mode: 0o600 }),
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  };
}

/** Closes with the stack, even if something else fails before it is open. */
function owned<T extends AsyncDisposable>(stack: AsyncDisposableStack, opening: Promise<T>): Promise<T> {
  stack.defer(async () => {
    const opened = await opening.catch(ignore('the caller reports it', null));
    await opened?.[Symbol.asyncDispose]();
  });
  return opening;
}

function createScreens(
  { tickets, engine, events }: Pick<ApiContext, 'tickets' | 'engine' | 'events'>,
  sessionEnds: SessionEnds,
  allowedOrigin: AllowedOrigin,
): Gateway {
  return createGateway({
    ...admissionOf(tickets, sessionEnds, allowedOrigin),
    connect: screenConnector(engine),
    count: ({ userId }) => sessionEnds.sessions.connections.open(userId, 'screens'),
    events,
  });
}

function createFileAccess(
  { tickets, engine, events, cookieName, server }: ApiContext,
  sessionEnds: SessionEnds,
  allowedOrigin: AllowedOrigin,
  screens: Gateway,
  rooms: Rooms,
): Files {
  return createFiles({
    ...admissionOf(tickets, sessionEnds, allowedOrigin),
    cookieName: filesCookie(cookieName),
    prefix: server.path,
    connect: filesConnector(engine),
    isBehind: (userId) => screens.isBehind(userId),
    rooms,
    events,
  });
}

function createDavAccess(
  context: ApiContext,
  sessionEnds: SessionEnds,
  allowedOrigin: AllowedOrigin,
  screens: Gateway,
  rooms: Rooms,
): Files {
  const { tickets, engine, events, server } = context;
  return createDav({
    ...admissionOf(tickets, sessionEnds, allowedOrigin),
    ticketFor: davTickets(context),
    prefix: server.path,
    connect: filesConnector(engine),
    isBehind: (userId) => screens.isBehind(userId),
    rooms,
    events,
  });
}

function admissionOf(
  tickets: ApiContext['tickets'],
  { revocations, sessions, closings }: SessionEnds,
  allowedOrigin: AllowedOrigin,
): AdmissionRules {
  return {
    tickets,
    allowedOrigin,
    stillValid: async ({ sessionId, userId, sessionSince: since }) =>
      !closings.has({ type: 'session', sessionId }) &&
      !(await revocations.isRevoked(sessionId, since === undefined ? null : { userId, since })),
    seen: (claims) => seenIn(sessions, claims),
  };
}

function configWarnings({ notes }: LoadedConfig): SystemWarning[] {
  return notes
    .filter(({ level }) => level === 'warning')
    .map(({ where, key, text }) => ({ text: `${where}: ${key}: ${text}`, commands: [] }));
}

/** Callers that need no key could be any user's pod. */
async function podWarnings({ config }: LoadedConfig, engine: Engine): Promise<SystemWarning[]> {
  if (!engine.capabilities.sharedPodNetwork || !permitsOthers(config) || (await engine.podNetworks()).length > 0)
    return [];
  const text =
    'manager.permitNetworks: the pod networks are unknown, so desktops and apps can also call /API/manager without a key. Set kubernetes.podNetworks (DESKPOD_POD_NETWORKS).';
  return [{ text, commands: [] }];
}
