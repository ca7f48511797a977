/** Adding to a pod's ephemeral containers: a list that only grows, and that others may change at the same time. */
import type { V1EphemeralContainer } from '@kubernetes/client-node';
import { DeskpodError } from '#domain/errors.ts';
import type { EphemeralCount } from '#domain/ports/engine.ts';
import { hasStatus } from '../cluster/api-fault.ts';
import type { Pod } from '../cluster/pod.ts';
import type { Context } from '../context.ts';

const CONFLICT_ATTEMPTS = 10;

/** Past this many every change of the pod becomes slow; etcd takes objects of up to 1.5 MB. */
export const MAX_EPHEMERAL_CONTAINERS: NonNullable<EphemeralCount['most']> = 100;

/** The cluster keeps it with each container, which distinguishes own from foreign ones from the start. */
export type FieldManager = 'deskpod-launch' | 'deskpod-toolbox';

/** `alternative`: what else can be done, as a clause. */
export function refuseFull({ spec, metadata }: Pod, alternative: string): void {
  if ((spec.ephemeralContainers?.length ?? 0) < MAX_EPHEMERAL_CONTAINERS) return;
  throw new DeskpodError(
    'limit_reached',
    `${metadata.name} has had ${MAX_EPHEMERAL_CONTAINERS} containers added to it. Kubernetes never removes one from a pod.`,
    { remedy: `Rebuild the desktop, or ${alternative}.` },
  );
}

/** With `dryRun` the API server validates the request and changes nothing. */
export async function addEphemeralContainer(
  { api, namespace }: Pick<Context, 'api' | 'namespace'>,
  pod: string,
  container: V1EphemeralContainer,
  { manager, dryRun = false }: { manager: FieldManager; dryRun?: boolean },
): Promise<void> {
  const body = { spec: { ephemeralContainers: [container] } };
  const request = { name: pod, namespace, body, fieldManager: manager, ...(dryRun ? { dryRun: 'All' } : {}) };
  for (let attempt = 1; ; attempt += 1) {
    try {
      await api.patch((options) => api.core.patchNamespacedPodEphemeralcontainers(request, options));
      return;
    } catch (error) {
      if (!hasStatus(error, 409) || attempt === CONFLICT_ATTEMPTS) throw error;
    }
  }
}
