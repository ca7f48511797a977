/** The role api: engine, store, sessions, desktops, launches and terminals behind `/api/v1` and `/API`. */
import { once } from 'node:events';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gatewayToken } from '#auth/gateway-token.ts';
import { ensureAdministrator } from '#auth/local-users.ts';
import type { LoadedConfig } from '#config/config.ts';
import { openDisplay } from '#display/open.ts';
import { waitForWindowManager } from '#display/ready.ts';
import type { OwnImage } from '#domain/catalogue/own.ts';
import type { Engine } from '#domain/engine.ts';
import { adopt, follow } from '#domain/follow.ts';
import { keepHouse } from '#domain/housekeeping.ts';
import { planImages } from '#engines/containers/images/plan.ts';
import { openEngine, openShelf } from '#engines/open.ts';
import type { Events } from '#events';
import { createGateway, type Gateway } from '#gateway/gateway.ts';
import { screenConnector } from '#gateway/screen-connect.ts';
import { createTerminals } from '#gateway/terminals.ts';
import { apiRoutes } from '#http/api.ts';
import type { ApiContext } from '#http/context.ts';
import { managerRoutes } from '#http/manager/routes.ts';
import { buildVersion } from '#http/manager/version.ts';
import { openTerminal } from '#http/terminal-access.ts';
import type { SystemWarning } from '#protocol/system.ts';
import { lockFolder } from '#store/folder-lock.ts';
import { openStore } from '#store/open.ts';
import { createContext } from './context.ts';
import { keysOf } from './keys.ts';
import { managerAccess, managerDeps, permitsOthers } from './manager.ts';
import { createParts } from './parts.ts';
import type { Role } from './role.ts';
import { screenRoutes } from './screens.ts';

export interface ApiRoleOptions {
  readonly loaded: LoadedConfig;
  readonly events: Events;
  /** Of the checkout or the image: recipes are below it. */
  readonly root: string;
  readonly version: string;
  readonly allowedOrigin: (origin: string | undefined, host: string | undefined) => boolean;
}

export interface ApiRole extends Role {
  /** The login that the first start made: told once. */
  readonly administrator: { readonly name: string; readonly password: string } | null;
  /** Tells the command line of this machine's root where the server is and what lets it in. */
  listening(address: string): Promise<void>;
}

/** What was begun gets so long to end. */
const STOP_TIMEOUT_MS = 3_000;

/** With the role gateway in the same process, the screens are here, too. */
export async function openApi(options: ApiRoleOptions): Promise<ApiRole> {
  const { loaded, events, root, version, allowedOrigin } = options;
  const { config, secrets } = loaded;
  const imagesDir = join(root, 'images');
  await using stack = new AsyncDisposableStack();
  const stopping = new AbortController();
  const draining = new AbortController();
  await mkdir(config.dataDir, { recursive: true, mode: 0o711 });
  stack.use(await lockFolder(config.dataDir));
  const shelf = await openShelf(config);
  const [built, store, { keys, warnings: ofKeys }, engine] = await Promise.all([
    buildVersion(root, version),
    owned(stack, openStore(secrets.storeUrl === null ? config.store : { kind: 'postgres', url: secrets.storeUrl })),
    keysOf(config, shelf),
    owned(stack, openEngine(config, { imagesDir, windowManagerReady: waitForWindowManager })),
  ]);
  const warnings = [...ofKeys, ...ofNotes(loaded), ...(await podWarnings(loaded, engine))];
  for (const { text, commands } of warnings) events.warn([text, ...commands].join('\n  '));
  const parts = stack.use(
    await createParts({
      engine,
      store,
      events,
      openDisplay,
      desktop: config.desktop,
      kind: config.engine.kind,
      own: config.engine.kind === 'containers' ? ownApps(imagesDir) : [],
      classes: config.executeClasses,
      stopGraceMs: config.launches.stopGraceMs,
      debug: config.debug,
      name: config.name,
    }),
  );
  const follower = { engine, ...parts, failed: events.failed };
  await adopt(follower);
  parts.debug.adopt(config.name).catch((error: unknown) => events.failed('finding debug sessions again', error));
  const following = follow(follower, stopping.signal).catch((error: unknown) =>
    events.failed('following the engine', error),
  );

  const terminals = createTerminals({
    allowedOrigin,
    open: (request, wish, signal) => openTerminal(context, request, wish, signal),
  });
  const viewers = {
    closeDesktop: (desktopId: string) => screens?.closeDesktop(desktopId),
    closeSession(sessionId: string) {
      screens?.closeSession(sessionId);
      terminals.closeSession(sessionId);
    },
  };
  const context = createContext({
    config,
    secrets,
    keys,
    events,
    version,
    warnings,
    store,
    engine,
    parts,
    viewers,
    stopping: draining.signal,
    podNetworks: await engine.podNetworks(),
  });
  const screens = config.roles.includes('gateway') ? createScreens(context, allowedOrigin) : null;
  const closeViewers = async (): Promise<void> => {
    draining.abort();
    screens?.close();
    await terminals.close();
  };
  const access = await managerAccess(config, secrets, shelf, () => engine.podNetworks());
  const { compactions } = context;
  stack.use(compactions);
  await compactions.load();
  const house = {
    engine,
    store,
    ...parts,
    compactions,
    keepDays: config.launches.keepDays,
    debugKeepDays: config.debug.keepDays,
    failed: events.failed,
  };
  const keeping = keepHouse(house, stopping.signal).catch((error: unknown) => events.failed('keeping house', error));
  // Before the store and the engine are closed, which both still need.
  stack.defer(async () => {
    stopping.abort();
    const late = AbortSignal.timeout(STOP_TIMEOUT_MS);
    await Promise.race([Promise.all([following, keeping]), once(late, 'abort')]);
  });
  stack.defer(closeViewers);
  const administrator = await ensureAdministrator(store);
  const running = stack.move();
  return {
    plugins: [managerRoutes(managerDeps(context, access, built)), apiRoutes(context)],
    upgrades: [
      { path: '/api/v1/terminal', handle: terminals.handleUpgrade },
      ...(screens === null ? [] : screenRoutes(screens.handleUpgrade.bind(screens))),
    ],
    async ready() {
      await Promise.all([store.values.get('ready'), engine.ready()]);
      return null;
    },
    gatewayToken: gatewayToken(keys, 'forward'),
    userOf: ({ claims }) => claims?.user.id ?? null,
    closeViewers,
    async settled(signal) {
      const { desktops, launches, debug } = parts;
      await Promise.all([desktops, launches, debug, compactions].map((part) => part.settled(signal)));
    },
    administrator,
    listening: (address) =>
      writeFile(join(config.dataDir, 'cli-token'), `${context.localToken}\n${address}\n`, { mode: 0o600 }),
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  };
}

/** Closed with the stack, also when something else fails before it is open. */
function owned<T extends AsyncDisposable>(stack: AsyncDisposableStack, opening: Promise<T>): Promise<T> {
  stack.defer(async () => {
    const opened = await opening.catch(() => null);
    await opened?.[Symbol.asyncDispose]();
  });
  return opening;
}

function createScreens(
  { tickets, engine, revocations, events }: ApiContext,
  allowedOrigin: ApiRoleOptions['allowedOrigin'],
): Gateway {
  return createGateway({
    tickets,
    connect: screenConnector(engine),
    allowedOrigin,
    stillValid: async ({ sessionId }) => !(await revocations.isRevoked(sessionId)),
    events,
  });
}

function ofNotes({ notes }: LoadedConfig): SystemWarning[] {
  return notes
    .filter(({ level }) => level === 'warning')
    .map(({ where, key, text }) => ({ text: `${where}: ${key}: ${text}`, commands: [] }));
}

/** Whoever is permitted without a key could be a pod of anybody's. */
async function podWarnings({ config }: LoadedConfig, engine: Engine): Promise<SystemWarning[]> {
  if (config.engine.kind !== 'kubernetes' || !permitsOthers(config) || (await engine.podNetworks()).length > 0)
    return [];
  const text =
    'manager.permitNetworks: the networks of pods are not known, so desktops and apps may call /API/manager without a key, too. Say them in kubernetes.podNetworks (DESKPOD_POD_NETWORKS).';
  return [{ text, commands: [] }];
}

/** Those there is a recipe for; a cluster cannot build them, there the catalogue begins empty. */
function ownApps(imagesDir: string): readonly OwnImage[] {
  return planImages(imagesDir, {}, new Map()).filter(({ labels }) => labels['oc.type'] === 'app');
}
