/** What one desktop owns beside its pod. */
import type { Account } from '#domain/ports/engine.ts';
import type { Context } from '../context.ts';
import { removeSecrets } from './desktop-secrets.ts';
import { removePolicy } from './network-policy.ts';

/** Whatever of it is there. */
export async function removeOwnedObjects(
  scope: Pick<Context, 'api' | 'namespace'>,
  desktopId: string,
  account: Account,
): Promise<void> {
  await Promise.all([removeSecrets(scope, desktopId, account), removePolicy(scope, desktopId)]);
}
