/** The keys of the API: on Kubernetes from the three documented Secrets, otherwise generated in a local folder. */
import { loadClusterKeys } from '#auth/cluster-keys.ts';
import { gatewayToken } from '#auth/gateway-token.ts';
import { type Keys, type LoadedKeys, loadKeys } from '#auth/keys.ts';
import { clusterStoreKey, localStoreKey } from '#auth/store-key.ts';
import type { Config } from '#config/config.ts';
import type { SecretStore } from '#domain/ports/secret-store.ts';

export async function keysOf({ keysDir: dir }: Config, secretStore: SecretStore | null): Promise<LoadedKeys> {
  return secretStore === null
    ? await loadKeys(dir)
    : await loadClusterKeys({ dir, secretStore, namespace: secretStore.namespace });
}

export async function storeKeyOf({ keysDir }: Config, secretStore: SecretStore | null): Promise<Buffer> {
  return secretStore === null ? await localStoreKey(keysDir) : await clusterStoreKey(secretStore);
}

/** Enough to identify a set of keys. */
const STATE_LENGTH = 16;

/** Gateways in other processes read the keys from files: this updates the files within seconds. */
export async function refreshGateways({ roles }: Config, keys: Keys, secretStore: SecretStore | null): Promise<void> {
  if (roles.includes('gateway')) return;
  await secretStore?.refreshGateways(gatewayToken(keys, 'state').slice(0, STATE_LENGTH));
}
