/** Makes homes that outlive desktops. Nothing here removes one. */
import type { HomesConfig } from '#config/config.ts';
import type { Account } from '#domain/ports/engine.ts';
import { DeskpodError, messageOf } from '#domain/errors.ts';
import type { ClusterApi } from '../cluster/api.ts';
import { hasStatus } from '../cluster/api-fault.ts';
import { claimOf, volumeOf } from '../specs/home-claim.ts';

/** Creates what is missing and changes nothing that exists. */
export async function ensureHome(
  api: ClusterApi,
  namespace: string,
  homes: HomesConfig,
  account: Account,
  signal: AbortSignal,
): Promise<void> {
  if (homes.kind !== 'persistentVolumeClaim' || typeof homes.claim === 'string') return;
  const body = claimOf(homes, account);
  const name = body.metadata?.name ?? '';
  const there = await existing(() =>
    api.call((options) => api.core.readNamespacedPersistentVolumeClaim({ name, namespace }, options), signal),
  );
  if (there) return;
  const volume = volumeOf(homes, account);
  if (volume !== null) await made(() => api.call((o) => api.core.createPersistentVolume({ body: volume }, o), signal));
  await made(() => api.call((o) => api.core.createNamespacedPersistentVolumeClaim({ namespace, body }, o), signal));
}

async function existing(read: () => Promise<unknown>): Promise<boolean> {
  try {
    await read();
    return true;
  } catch (error) {
    if (hasStatus(error, 404)) return false;
    throw refused(error);
  }
}

async function made(create: () => Promise<unknown>): Promise<void> {
  try {
    await create();
  } catch (error) {
    if (!hasStatus(error, 409)) throw refused(error);
  }
}

function refused(error: unknown): unknown {
  if (!hasStatus(error, 403, 422)) return error;
  const why = messageOf(error);
  return new DeskpodError('engine_unavailable', `The home cannot be made: ${why}`, {
    remedy: 'Check kubernetes.homes in the configuration and what the role pyos-role allows for volumes.',
    cause: error,
  });
}
