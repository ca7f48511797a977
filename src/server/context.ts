/** What the routes of the api role work with. */
import { randomBytes } from 'node:crypto';
import { createAnonymous } from '#auth/anonymous.ts';
import { createAttempts } from '#auth/attempts.ts';
import { createDirectory } from '#auth/directory.ts';
import { gatewayToken } from '#auth/gateway-token.ts';
import { ldapPeople } from '#auth/ldap.ts';
import type { Keys } from '#auth/keys.ts';
import { addUser, listUsers, removeUser, setUserPassword } from '#auth/local-users.ts';
import { createTickets } from '#auth/tickets.ts';
import { createUserTokens } from '#auth/user-tokens.ts';
import type { Config, Secrets } from '#config/config.ts';
import { Closings } from '#domain/closings.ts';
import { Compactions } from '#domain/compaction/compactions.ts';
import type { Engine } from '#domain/engine.ts';
import { networkMatcher, nodeMatcher } from '#domain/networks.ts';
import { Revocations } from '#domain/revocations.ts';
import type { Store } from '#domain/store.ts';
import type { Events } from '#events';
import type { ApiContext } from '#http/context.ts';
import { endDesktop } from '#http/end-desktop.ts';
import type { SystemWarning } from '#protocol/system.ts';
import type { Parts } from './parts.ts';

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
  /** Screens and terminals of this process. */
  readonly viewers: ApiContext['gateway'];
  readonly stopping: AbortSignal;
  readonly podNetworks: readonly string[];
}

export function createContext(deps: ContextDeps): ApiContext {
  const { config, secrets, keys, events, version, warnings, store, engine, parts, viewers, stopping, podNetworks } =
    deps;
  const { auth } = config;
  const closings = new Closings();
  const isProtected = networkMatcher(auth.lockout.protectedNetworks);
  const isNode = nodeMatcher(podNetworks);
  const gateway: ApiContext['gateway'] = {
    closeDesktop(desktopId) {
      viewers.closeDesktop(desktopId);
      closings.add({ type: 'desktop', desktopId });
    },
    closeSession(sessionId) {
      viewers.closeSession(sessionId);
      closings.add({ type: 'session', sessionId });
    },
  };
  const revocations = new Revocations(store, parts.replicas);
  revocations.onRevokedElsewhere(({ sessionId, userId }) => {
    gateway.closeSession(sessionId);
    parts.hub.publish(userId, { type: 'session_ended', sessionId });
  });
  const compactions = new Compactions({
    ...parts,
    store,
    idleSeconds: config.desktop.compactAfterSeconds,
    endDesktop: (desktopId) => endDesktop({ ...parts, engine, gateway }, desktopId),
    failed: events.failed,
  });
  return {
    engine,
    store,
    ...parts,
    compactions,
    gateway,
    closings,
    closingsToken: gatewayToken(keys, 'closings'),
    tokens: createUserTokens({ keys, seconds: auth.sessionSeconds }),
    tickets: createTickets({ keys, seconds: auth.ticketSeconds }),
    revocations,
    stopping,
    events,
    warnings: () => warnings,
    localToken: randomBytes(32).toString('base64url'),
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
    users: {
      list: () => listUsers(store),
      add: (user) => addUser(store, user),
      setPassword: (id, password) => setUserPassword(store, id, password),
      remove: (id) => removeUser(store, id),
    },
    attempts: createAttempts({
      failures: auth.lockout.failures,
      longestSeconds: auth.lockout.seconds,
      // Behind a node's own address there are many people.
      isProtected: (address) => isProtected(address) || isNode(address),
    }),
    version,
    server: { name: config.name, roles: config.roles, path: config.listen.path },
    x11Tcp: config.desktop.x11Tcp,
  };
}
