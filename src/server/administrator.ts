/** The administrator of the first start: shown once on a single machine, in a Secret on Kubernetes. */
import { ensureClusterAdministrator, passwordCommand } from '#auth/cluster-administrator.ts';
import { ensureAdministrator, type FirstAdministrator } from '#auth/local-users.ts';
import type { SecretStore } from '#domain/ports/secret-store.ts';
import type { Store } from '#domain/ports/store.ts';
import type { Events } from '#events';

/** The login to show; null if there is one already, and on Kubernetes. */
export async function firstAdministrator(
  store: Store,
  secretStore: SecretStore | null,
  events: Pick<Events, 'warn'>,
): Promise<FirstAdministrator | null> {
  if (secretStore === null) return await ensureAdministrator(store);
  const name = await ensureClusterAdministrator(store, secretStore, secretStore.namespace);
  if (name !== null) {
    events.warn(
      `added the first administrator, ${name}; print the password with: ${passwordCommand(secretStore.namespace)}`,
    );
  }
  return null;
}
