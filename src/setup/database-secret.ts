/** Runs before a pod of the API starts: ensures that the Secret with the database password exists. */
import type { Config } from '#config/config.ts';
import { clusterConfig } from '#config/engine.ts';
import { DeskpodError } from '#domain/errors.ts';

/** Returns what it did. Rejects outside a cluster, or without permission. */
export async function databaseSecret(config: Config): Promise<string> {
  const cluster = clusterConfig(config);
  if (cluster === null) {
    throw new DeskpodError(
      'invalid_request',
      'Only an installation on Kubernetes has its database password in a Secret.',
      {
        remedy: 'Set DESKPOD_ENGINE=kubernetes, or skip this command.',
      },
    );
  }
  const { makeDatabaseSecret } = await import('#engines/kubernetes/cluster/database-secret.ts');
  try {
    const created = await makeDatabaseSecret(cluster.namespace);
    return created ? 'Created the Secret postgres.' : 'The Secret postgres exists.';
  } catch (cause) {
    throw new DeskpodError('engine_unavailable', `The Secret postgres couldn't be created in ${cluster.namespace}.`, {
      remedy: 'The service account needs get and create on secrets (Role pyos-role-server).',
      cause,
    });
  }
}
