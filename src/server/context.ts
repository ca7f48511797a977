/** What the routes of the api role work with. */
import { randomBytes } from 'node:crypto';
import { createAnonymous } from '#auth/anonymous.ts';
import { createAttempts } from '#auth/login-attempts.ts';
import { createDirectory } from '#auth/directory.ts';
import { gatewayToken } from '#auth/gateway-token.ts';
import { ldapPeople } from '#auth/ldap.ts';
import type { Keys } from '#auth/keys.ts';
import { createTickets } from '#auth/tickets.ts';
import { createUserTokens, sessionCookie } from '#auth/user-tokens.ts';
import type { Config, Secrets } from '#config/config.ts';
import type { Attendance } from '#domain/desktops/attendance.ts';
import { Rebuilds } from '#domain/desktops/rebuilds.ts';
import { HomeArchives } from '#domain/desktops/home-files.ts';
import { AccessTokens } from '#domain/server/access-tokens.ts';
import { HomeSizes } from '#domain/desktops/home-sizes.ts';
import type { Engine } from '#domain/ports/engine.ts';
import { Guests } from '#domain/server/guests.ts';
import { isLoopback, networkMatcher, nodeMatcher } from '#domain/server/networks.ts';
import type { SessionEnds } from '#domain/server/session-ends.ts';
import type { Store } from '#domain/ports/store.ts';
import type { Events } from '#events';
import type { ApiContext } from '#http/context.ts';
import { endDesktop } from '#http/end-desktop.ts';
import type { SystemWarning } from '#protocol/system.ts';
import type { Parts } from './parts.ts';
import { localUsers } from './users.ts';

export interface ContextDeps {
  readonly config: Config;
  readonly secrets: Secrets;
  readonly keys: Keys;
  readonly events: Events;
  readonly version: string;
  readonly warnings: readonly SystemWarning[];
  readonly store: Store;
  readonly engine: Engine;
  readonly parts: Omit<Parts, typeof Symbol.asyncDispose>;
  readonly sessionEnds: SessionEnds;
  readonly attendance: Attendance;
  readonly links: ApiContext['links'];
  readonly stopping: AbortSignal;
  readonly podNetworks: readonly string[];
}

export function createContext(deps: ContextDeps): ApiContext {
  const {
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
    stopping,
    podNetworks,
  } = deps;
  const { auth } = config;
  const isProtected = networkMatcher(auth.lockout.protectedNetworks);
  const isNode = nodeMatcher(podNetworks);
  // Behind a node's own address there are many people.
  const isShared = (address: string): boolean => isProtected(address) || isNode(address);
  const gateway = sessionEnds.viewers;
  const end = (desktopId: string): Promise<void> => endDesktop({ ...parts, engine, gateway }, desktopId);
  const rebuilds = new Rebuilds({
    ...parts,
    engine,
    store,
    attendance,
    idleSeconds: config.desktop.rebuildAfterSeconds,
    endDesktop: end,
    failed: events.failed,
  });
  const guests = new Guests({
    limits: config.limits,
    isShared: (address) => isShared(address) || isLoopback(address),
    store,
    engine,
    endDesktop: end,
    failed: events.failed,
  });
  const users = localUsers(store, sessionEnds);
  return {
    engine,
    store,
    ...parts,
    rebuilds,
    guests,
    archives: new HomeArchives(engine),
    homeSizes: new HomeSizes({
      engine,
      limitBytes: config.limits.home,
      notify: (...notice) => rebuilds.notify(...notice),
      failed: events.failed,
    }),
    files: config.files,
    sharedFolders: config.files.shared,
    gateway,
    closings: sessionEnds.closings,
    closingsToken: gatewayToken(keys, 'closings'),
    tokens: createUserTokens({ keys, seconds: auth.sessionSeconds, longestSeconds: auth.sessionLongestSeconds }),
    sessions: sessionEnds.sessions,
    sessionEnds,
    cookieName: sessionCookie(keys),
    tickets: createTickets({ keys, seconds: auth.ticketSeconds }),
    revocations: sessionEnds.revocations,
    stopping,
    events,
    warnings: () => [...warnings, ...engine.warnings()],
    localToken: randomBytes(32).toString('base64url'),
    links: deps.links,
    authenticators: [
      createDirectory(store, {
        demo: auth.demoDirectory,
        sources: auth.ldap.map((source) =>
          ldapPeople(source, {
            password: secrets.ldapPasswords[source.name],
            accounts: store.accounts,
            warn: events.warn,
          }),
        ),
        warn: events.warn,
      }),
      ...(auth.anonymous ? [createAnonymous(store)] : []),
    ],
    users,
    accessTokens: new AccessTokens({ store, users, sessionEnds }),
    attendance,
    attempts: createAttempts({
      failures: auth.lockout.failures,
      longestSeconds: auth.lockout.seconds,
      isProtected: isShared,
    }),
    version,
    server: { name: config.name, roles: config.roles, path: config.listen.path },
    x11Tcp: config.desktop.x11Tcp,
    sound: config.sound,
    video: config.video,
    dock: config.dock,
  };
}
