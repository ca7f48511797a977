/** The keys of the api role: from the three documented Secrets in a cluster, else made in a folder of this machine. */
import { loadClusterKeys } from '#auth/cluster-keys.ts';
import { type LoadedKeys, loadKeys } from '#auth/keys.ts';
import type { Config } from '#config/config.ts';
import type { SecretShelf } from '#domain/secret-shelf.ts';

export async function keysOf({ engine, keysDir: dir }: Config, shelf: SecretShelf | null): Promise<LoadedKeys> {
  return engine.kind === 'kubernetes' && shelf !== null
    ? await loadClusterKeys({ dir, shelf, namespace: engine.namespace })
    : await loadKeys(dir);
}
