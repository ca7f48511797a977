/** Homes that outlive desktops: one claim per user, made from a template or from size and class, and never removed here. */
import type { V1PersistentVolume, V1PersistentVolumeClaim, V1PersistentVolumeClaimSpec } from '@kubernetes/client-node';
import type { HomesConfig, ObjectTemplate } from '#config/config.ts';
import type { Account } from '#domain/engine.ts';
import { DeskpodError } from '#domain/errors.ts';
import { labelValue, loginName, normalize } from '#domain/names.ts';
import type { ClusterApi } from './api.ts';
import { hasStatus } from './api.ts';
import { MANAGED_BY } from './labels.ts';
import { homeVolume } from './names.ts';

type Claims = Extract<HomesConfig, { kind: 'persistentVolumeClaim' }>;

/** What placeholders such as `{{ userid }}` stand for. */
export function placeholders(account: Account): Readonly<Record<string, string>> {
  return {
    userid: normalize(account.userId),
    provider: normalize(account.provider),
    username: labelValue(account.displayName),
    login: loginName(account.userId),
    uidNumber: String(account.uid),
    gidNumber: String(account.gid),
    // Theirs is random and found again by label; the same for ever is found by name.
    uuid: homeVolume(account.userId).slice('home-'.length),
  };
}

/** Fills in every text of an object; an unknown placeholder is an error that names it. */
export function fill(template: unknown, values: Readonly<Record<string, string>>): unknown {
  if (typeof template === 'string') {
    return template.replace(/\{\{\s*(\w+)\s*\}\}/g, (_, name: string) => {
      const value = values[name];
      if (value !== undefined) return value;
      throw new DeskpodError('invalid_request', `The template of homes names {{ ${name} }}, which is not known.`, {
        remedy: `Known are: ${Object.keys(values).join(', ')}.`,
      });
    });
  }
  if (Array.isArray(template)) return template.map((part) => fill(part, values));
  if (typeof template !== 'object' || template === null) return template;
  return Object.fromEntries(Object.entries(template).map(([key, value]) => [key, fill(value, values)]));
}

export function claimName({ claim }: Claims, account: Account): string {
  if (typeof claim === 'string') return claim;
  return nameIn(claim, account) ?? homeVolume(account.userId);
}

/** Pure: the claim that is made when there is none of its name. */
export function claimOf(homes: Claims, account: Account): V1PersistentVolumeClaim {
  const { claim } = homes;
  const filled = typeof claim === 'object' && claim !== null ? objectOf(fill(claim, placeholders(account))) : null;
  const labels = {
    ...MANAGED_BY,
    access_userid: labelValue(account.userId),
    access_provider: labelValue(account.provider),
  };
  // A template may be a whole claim, or what belongs under `spec`, as the compatible system's configuration has it.
  const whole = filled !== null && 'spec' in filled;
  const metadata = whole ? objectOf(filled['metadata']) : {};
  return {
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: { ...metadata, labels: { ...textsOf(metadata['labels']), ...labels }, name: claimName(homes, account) },
    spec: filled === null ? plainSpec(homes) : whole ? objectOf(filled['spec']) : filled,
  };
}

/** Null unless volumes are templated: then clusters have nobody who makes them. */
export function volumeOf(homes: Claims, account: Account): V1PersistentVolume | null {
  if (homes.volume === null) return null;
  const filled = objectOf(fill(homes.volume, placeholders(account)));
  const whole = 'spec' in filled;
  const metadata = whole ? objectOf(filled['metadata']) : {};
  const name = typeof metadata['name'] === 'string' ? metadata['name'] : homeVolume(account.userId);
  return {
    apiVersion: 'v1',
    kind: 'PersistentVolume',
    metadata: { ...metadata, name, labels: { ...textsOf(metadata['labels']), ...MANAGED_BY } },
    spec: whole ? objectOf(filled['spec']) : filled,
  };
}

/** Whether whoever mounts a home has to be on the node where somebody else has it: all but what many may write at once. */
export function staysOnNode(homes: HomesConfig): boolean {
  switch (homes.kind) {
    case 'none':
      return false;
    case 'hostPath':
      return true;
    case 'persistentVolumeClaim': {
      if (homes.claim === null) return true;
      // Of a claim by name nothing is known here; one that all users share is made for many.
      if (typeof homes.claim === 'string') return false;
      const spec = 'spec' in homes.claim ? objectOf(homes.claim['spec']) : homes.claim;
      return !JSON.stringify(spec['accessModes'] ?? []).includes('ReadWriteMany');
    }
    default:
      return homes satisfies never;
  }
}

/** Makes what is missing; what is there stays as it is. */
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
  const why = error instanceof Error ? error.message : String(error);
  return new DeskpodError('engine_unavailable', `The home cannot be made: ${why}`, {
    remedy: 'Check kubernetes.homes in the configuration and what the role pyos-role allows for volumes.',
    cause: error,
  });
}

function plainSpec({ size, storageClass }: Claims): V1PersistentVolumeClaimSpec {
  return {
    accessModes: ['ReadWriteOnce'],
    resources: { requests: { storage: size } },
    ...(storageClass === null ? {} : { storageClassName: storageClass }),
  };
}

function nameIn(claim: ObjectTemplate | null, account: Account): string | null {
  const name = claim === null ? undefined : objectOf(claim['metadata'])['name'];
  return typeof name === 'string' ? String(fill(name, placeholders(account))) : null;
}

function textsOf(value: unknown): Record<string, string> {
  return Object.fromEntries(Object.entries(objectOf(value)).map(([key, text]) => [key, String(text)]));
}

function objectOf(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {};
}
