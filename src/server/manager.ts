/** Connects the compatible API to the same parts; who may use it depends on the engine. */
import type { SessionClaims } from '#domain/ports/auth.ts';
import type { Config, Secrets } from '#config/config.ts';
import { bearerToken } from '#protocol/bearer.ts';
import { isLoopbackNetwork, podMatcher } from '#domain/server/networks.ts';
import { type SecretStore, sharedSecret } from '#domain/ports/secret-store.ts';
import type { ApiContext } from '#http/context.ts';
import { endDesktop } from '#http/end-desktop.ts';
import type { ManagerAccess } from '#http/manager/access.ts';
import type { ManagerDeps } from '#http/manager/routes.ts';
import type { BuildVersion } from '#http/manager/version.ts';
import { claimsOf } from '#http/session.ts';
import { randomBytes } from 'node:crypto';
import { stat } from 'node:fs/promises';

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
      const token = bearerToken(headers.authorization);
      return token !== null && ((await claims(token))?.user.roles.includes('admin') ?? false);
    },
    userOf: claims,
    planDesktop: async (identity) => desktops.plan(identity),
    version,
    warn: events.warn,
    failed: events.failed,
  };
}

/** On Kubernetes, where loopback means nothing, an installation without keys and permitted networks gets a key. */
export async function managerAccess(
  config: Config,
  { managerApiKeys: keys }: Secrets,
  secretStore: SecretStore | null,
  podNetworks: () => Promise<readonly string[]>,
  root: string,
): Promise<ManagerAccess> {
  const { manager } = config;
  const isPod = podTest(podNetworks);
  const owners = manager.ownersOnly ? await ownersOf(root, config.dataDir) : null;
  const shared = { ...manager, owners, isPod };
  if (secretStore === null) return { ...shared, keys, keyCommand: null };
  const { namespace } = secretStore;
  if (keys.length > 0 || permitsOthers(config)) {
    const configured = `kubectl get configmap abcdesktop-config -n ${namespace} -o yaml | grep apikey`;
    return { ...shared, keys, keyCommand: keys.length > 0 ? configured : null };
  }
  const generate = async (): Promise<Record<string, string>> => ({ key: randomBytes(KEY_BYTES).toString('base64url') });
  const { key } = await sharedSecret(secretStore, MANAGER_KEY_SECRET, generate);
  const keyCommand = `kubectl get secret ${MANAGER_KEY_SECRET} -n ${namespace} -o jsonpath='{.data.key}' | base64 -d`;
  return { ...shared, keys: key === undefined ? [] : [key], keyCommand };
}

/** Root, the user that the server runs as, and those who own its program or its data: they can do everything anyway. */
async function ownersOf(...folders: readonly string[]): Promise<number[]> {
  const found = await Promise.all(folders.map((folder) => stat(folder)));
  return [...new Set([0, process.getuid?.() ?? 0, ...found.map(({ uid }) => uid)])];
}

/** Whether other machines need no key. */
export function permitsOthers({ manager }: Config): boolean {
  return manager.enabled && manager.permitNetworks.some((network) => !isLoopbackNetwork(network));
}

function podTest(podNetworks: () => Promise<readonly string[]>): ManagerAccess['isPod'] {
  let known: { readonly test: (address: string | null) => boolean; readonly until: number } | null = null;
  return async (address) => {
    if (known === null || performance.now() > known.until) {
      known = { test: podMatcher(await podNetworks()), until: performance.now() + POD_NETWORKS_FRESH_MS };
    }
    return known.test(address);
  };
}
