/** Adding to a pod's ephemeral containers: a list that only grows, and to which others may add at the same time. */
import type { V1EphemeralContainer } from '@kubernetes/client-node';
import { hasStatus } from './api.ts';
import type { Context } from './context.ts';

const CONFLICT_ATTEMPTS = 10;

/** Who puts them there, as the cluster notes it with each: from the first moment on ours are told from those of others. */
export type EntryManager = 'deskpod-launch' | 'deskpod-toolbox';

/** `dryRun`: the API server says what it would, and changes nothing. */
export async function addEntry(
  { api, namespace }: Pick<Context, 'api' | 'namespace'>,
  pod: string,
  entry: V1EphemeralContainer,
  { manager, dryRun = false }: { manager: EntryManager; dryRun?: boolean },
): Promise<void> {
  const body = { spec: { ephemeralContainers: [entry] } };
  const asked = { name: pod, namespace, body, fieldManager: manager, ...(dryRun ? { dryRun: 'All' } : {}) };
  for (let attempt = 1; ; attempt += 1) {
    try {
      await api.patch((options) => api.core.patchNamespacedPodEphemeralcontainers(asked, options));
      return;
    } catch (error) {
      if (!hasStatus(error, 409) || attempt === CONFLICT_ATTEMPTS) throw error;
    }
  }
}
