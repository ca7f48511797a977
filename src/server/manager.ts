/** The compatible API reaches the same parts by other words; who may use it depends on where it runs. */
import type { SessionClaims } from '#domain/auth.ts';
import type { Config, Secrets } from '#config/config.ts';
import { networkMatcher, podMatcher } from '#domain/networks.ts';
import { type SecretShelf, sharedSecret } from '#domain/secret-shelf.ts';
import type { ApiContext } from '#http/context.ts';
import { endDesktop } from '#http/end-desktop.ts';
import type { ManagerAccess } from '#http/manager/access.ts';
import type { ManagerDeps } from '#http/manager/routes.ts';
import type { BuildVersion } from '#http/manager/version.ts';
import { claimsOf } from '#http/session.ts';
import { randomBytes } from 'node:crypto';

export const MANAGER_KEY_SECRET = 'deskpod-manager-key';
const KEY_BYTES = 24;
/** Nodes come and go. */
const POD_NETWORKS_FRESH_MS = 60_000;

export function managerDeps(context: ApiContext, access: ManagerAccess, version: BuildVersion): ManagerDeps {
  const { engine, desktops, launches, catalogue, events } = context;
  const claims = (token: string): Promise<SessionClaims | null> => claimsOf(context, token);
  return {
    catalogue,
    images: engine,
    access,
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

/** On Kubernetes, where nobody is on the loopback, an installation without keys and permitted networks gets a key. */
export async function managerAccess(
  config: Config,
  { managerApiKeys: keys }: Secrets,
  shelf: SecretShelf | null,
  podNetworks: () => Promise<readonly string[]>,
): Promise<ManagerAccess> {
  const { manager, engine } = config;
  const isPod = podTest(podNetworks);
  if (engine.kind !== 'kubernetes') return { ...manager, keys, isPod, keyCommand: null };
  const { namespace } = engine;
  if (keys.length > 0 || permitsOthers(config) || shelf === null) {
    const configured = `kubectl get configmap abcdesktop-config -n ${namespace} -o yaml | grep apikey`;
    return { ...manager, keys, isPod, keyCommand: keys.length > 0 ? configured : null };
  }
  const made = async (): Promise<Record<string, string>> => ({ key: randomBytes(KEY_BYTES).toString('base64url') });
  const { key } = await sharedSecret(shelf, MANAGER_KEY_SECRET, made);
  const keyCommand = `kubectl get secret ${MANAGER_KEY_SECRET} -n ${namespace} -o jsonpath='{.data.key}' | base64 -d`;
  return { ...manager, keys: key === undefined ? [] : [key], isPod, keyCommand };
}

/** Whether others than this machine need no key. */
export function permitsOthers({ manager }: Config): boolean {
  return manager.enabled && manager.permitNetworks.some((network) => !isLoopback(network.replace(/\/.*$/, '')));
}

const isLoopback = networkMatcher(['127.0.0.0/8', '::1']);

function podTest(podNetworks: () => Promise<readonly string[]>): ManagerAccess['isPod'] {
  let known: { readonly test: (address: string | null) => boolean; readonly until: number } | null = null;
  return async (address) => {
    if (known === null || performance.now() > known.until) {
      known = { test: podMatcher(await podNetworks()), until: performance.now() + POD_NETWORKS_FRESH_MS };
    }
    return known.test(address);
  };
}
