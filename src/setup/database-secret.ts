/** What a pod of the api does before it starts: it sees to it that the database has a password. */
import type { Config } from '#config/config.ts';
import { DeskpodError } from '#domain/errors.ts';

/** Says what it did. Rejects outside a cluster, and when it may not. */
export async function databaseSecret({ engine }: Config): Promise<string> {
  if (engine.kind !== 'kubernetes') {
    throw new DeskpodError('invalid_request', 'Only an installation in a cluster keeps the password in a Secret.', {
      remedy: 'Set DESKPOD_ENGINE=kubernetes, or leave this command out.',
    });
  }
  const { makeDatabaseSecret } = await import('#engines/kubernetes/database-secret.ts');
  try {
    const made = await makeDatabaseSecret(engine.namespace);
    return made ? 'The Secret postgres was made.' : 'The Secret postgres is there.';
  } catch (cause) {
    throw new DeskpodError('engine_unavailable', `The Secret postgres could not be made in ${engine.namespace}.`, {
      remedy: 'The service account needs get and create on secrets (Role pyos-role).',
      cause,
    });
  }
}
