/**
 * The first administrator of an installation on Kubernetes. The password is in a Secret that all replicas read, never in
 * the log. The Secret can be removed after the first login: it is only read while there is no administrator.
 */
import { DeskpodError } from '#domain/errors.ts';
import { type SecretStore, sharedSecret } from '#domain/ports/secret-store.ts';
import type { Store } from '#domain/ports/store.ts';
import { ensureAdministrator, readablePassword } from './local-users.ts';

export const ADMINISTRATOR_SECRET = 'deskpod-admin';

/** The command that prints the password. */
export function passwordCommand(namespace: string): string {
  return `kubectl get secret ${ADMINISTRATOR_SECRET} -n ${namespace} -o jsonpath='{.data.password}' | base64 -d`;
}

/** The name of the new administrator, or null if there was one already. An existing Secret determines the password. */
export async function ensureClusterAdministrator(
  store: Pick<Store, 'users' | 'accounts'>,
  secrets: SecretStore,
  namespace: string,
): Promise<string | null> {
  const choose = async (username: string): Promise<string> => {
    const generate = async () => ({ username, password: readablePassword() });
    const { password = '' } = await sharedSecret(secrets, ADMINISTRATOR_SECRET, generate);
    return password;
  };
  try {
    return (await ensureAdministrator(store, choose))?.name ?? null;
  } catch (cause) {
    if (!(cause instanceof DeskpodError) || cause.code !== 'invalid_request') throw cause;
    throw new DeskpodError('invalid_request', `The Secret ${ADMINISTRATOR_SECRET} can't be used: ${cause.message}`, {
      remedy: `Set its key "password" to a valid password, or delete the Secret to generate a new one: kubectl delete secret ${ADMINISTRATOR_SECRET} -n ${namespace}`,
      cause,
    });
  }
}
