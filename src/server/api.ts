/** The role api: engine, store, sessions, desktops, launches and terminals behind `/api/v1` and `/API`. */
import { randomBytes } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createAnonymous } from '#auth/anonymous.ts';
import { createAttempts } from '#auth/attempts.ts';
import { createDirectory } from '#auth/directory.ts';
import type { Keys } from '#auth/keys.ts';
import { addUser, ensureAdministrator, listUsers, removeUser, setUserPassword } from '#auth/local-users.ts';
import { networkMatcher } from '#auth/networks.ts';
import { createTickets } from '#auth/tickets.ts';
import { createUserTokens } from '#auth/user-tokens.ts';
import type { Config, Secrets } from '#config/config.ts';
import { openDisplay } from '#display/open.ts';
import { waitForWindowManager } from '#display/ready.ts';
import type { OwnImage } from '#domain/catalogue/own.ts';
import { adopt, follow } from '#domain/follow.ts';
import { Revocations } from '#domain/revocations.ts';
import type { Store } from '#domain/store.ts';
import { planImages } from '#engines/containers/images/plan.ts';
import { openEngine } from '#engines/open.ts';
import type { Events } from '#events';
import { createTerminals, type Terminals } from '#gateway/terminals.ts';
import type { ApiContext } from '#http/context.ts';
import type { ManagerDeps } from '#http/manager/routes.ts';
import { buildVersion } from '#http/manager/version.ts';
import { openTerminal } from '#http/terminal-access.ts';
import { lockFolder } from '#store/folder-lock.ts';
import { openStore } from '#store/open.ts';
import { managerDeps } from './manager.ts';
import { createParts } from './parts.ts';

const PRUNE_EVERY_MS = 3_600_000;
const DAY_MS = 86_400_000;

export interface ApiRoleOptions {
  readonly config: Config;
  readonly secrets: Secrets;
  readonly keys: Keys;
  readonly events: Events;
  /** Of the checkout or the image: recipes and web files are below it. */
  readonly root: string;
  readonly version: string;
  /** Screens of this process, if it is a gateway, too. */
  readonly screens: ApiContext['gateway'];
  readonly allowedOrigin: (origin: string | undefined, host: string | undefined) => boolean;
}

/** Disposed while the engine is still there, so that terminals can be told why. */
export interface ApiRole extends AsyncDisposable {
  readonly context: ApiContext;
  readonly manager: ManagerDeps;
  readonly terminals: Terminals;
  /** The login that the first start made: told once. */
  readonly administrator: { readonly name: string; readonly password: string } | null;
  /** Where the command line of this machine's root finds the server and what lets it in. */
  tellCommandLine(address: string): Promise<void>;
}

export async function openApi(options: ApiRoleOptions): Promise<ApiRole> {
  const { config, secrets, keys, events, root, version } = options;
  const imagesDir = join(root, 'images');
  await using stack = new AsyncDisposableStack();
  const stopping = new AbortController();
  await mkdir(config.dataDir, { recursive: true, mode: 0o711 });
  stack.use(await lockFolder(config.dataDir));
  const [built, store, engine] = await Promise.all([
    buildVersion(root, version),
    openStore(config.store),
    openEngine(config, { imagesDir, windowManagerReady: waitForWindowManager }),
  ]);
  stack.use(store);
  stack.use(engine);
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
    }),
  );
  const follower = { engine, ...parts, failed: events.failed };
  await adopt(follower);
  follow(follower, stopping.signal).catch((error: unknown) => events.failed('following the engine', error));

  const terminals = createTerminals({
    allowedOrigin: options.allowedOrigin,
    open: (request, wish, signal) => openTerminal(context, request, wish, signal),
  });
  const context: ApiContext = {
    engine,
    store,
    ...parts,
    gateway: {
      closeDesktop: (desktopId) => options.screens.closeDesktop(desktopId),
      closeSession(sessionId) {
        options.screens.closeSession(sessionId);
        terminals.closeSession(sessionId);
      },
    },
    tokens: createUserTokens({ keys, seconds: config.auth.sessionSeconds }),
    tickets: createTickets({ keys, seconds: config.auth.ticketSeconds }),
    revocations: new Revocations(store),
    events,
    localToken: randomBytes(32).toString('base64url'),
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
    version,
    x11Tcp: config.desktop.x11Tcp,
  };
  const prune = setInterval(() => void keepOnly(store, config.launches.keepDays, events), PRUNE_EVERY_MS).unref();
  stack.defer(() => clearInterval(prune));
  stack.defer(() => stopping.abort());
  stack.defer(() => terminals.close());
  const administrator = await ensureAdministrator(store);
  const owned = stack.move();
  return {
    context,
    manager: managerDeps(context, config, secrets, built),
    terminals,
    administrator,
    tellCommandLine: (address) =>
      writeFile(join(config.dataDir, 'cli-token'), `${context.localToken}\n${address}\n`, { mode: 0o600 }),
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

/** Those there is a recipe for; a cluster cannot build them, there the catalogue begins empty. */
function ownApps(imagesDir: string): readonly OwnImage[] {
  return planImages(imagesDir, {}, new Map()).filter(({ labels }) => labels['oc.type'] === 'app');
}

async function keepOnly(store: Store, days: number, events: Events): Promise<void> {
  await store.launches
    .prune(new Date(Date.now() - days * DAY_MS))
    .catch((error: unknown) => events.failed('pruning finished launches', error));
}
