/** The claim of a home that outlives desktops: one per user, from a template or from size and class. Pure. */
import type {
  V1PersistentVolume,
  V1PersistentVolumeClaim,
  V1PersistentVolumeClaimSpec,
  V1Volume,
} from '@kubernetes/client-node';
import type { HomesConfig, ObjectTemplate } from '#config/config.ts';
import type { Account } from '#domain/ports/engine.ts';
import { DeskpodError } from '#domain/errors.ts';
import { labelValue, loginName, normalize } from '#domain/names.ts';
import { MANAGED_BY } from '../cluster/labels.ts';
import { homeVolume } from '../cluster/names.ts';

type Claims = Extract<HomesConfig, { kind: 'persistentVolumeClaim' }>;

/** Values of placeholders such as `{{ userid }}`. */
export function placeholders(account: Account): Readonly<Record<string, string>> {
  return {
    userid: normalize(account.userId),
    provider: normalize(account.provider),
    username: labelValue(account.displayName),
    login: loginName(account.userId),
    uidNumber: String(account.uid),
    gidNumber: String(account.gid),
    // The compatible system's is random and found by label; this one is constant and found by name.
    uuid: homeVolume(account.userId).slice('home-'.length),
  };
}

/** Replaces the placeholders in every text of an object. Throws for an unknown one. */
export function fill(template: unknown, values: Readonly<Record<string, string>>): unknown {
  if (typeof template === 'string') {
    return template.replace(/\{\{\s*(\w+)\s*\}\}/g, (_, name: string) => {
      const value = values[name];
      if (value !== undefined) return value;
      throw new DeskpodError('invalid_request', `The template of homes has an unknown placeholder {{ ${name} }}.`, {
        remedy: `Use one of: ${Object.keys(values).join(', ')}.`,
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

/** The claim to create when there is none with its name. */
export function claimOf(homes: Claims, account: Account): V1PersistentVolumeClaim {
  const { claim } = homes;
  const filled = typeof claim === 'object' && claim !== null ? objectOf(fill(claim, placeholders(account))) : null;
  const labels = {
    ...MANAGED_BY,
    access_userid: labelValue(account.userId),
    access_provider: labelValue(account.provider),
  };
  // A template may be a whole claim or only its `spec`, as in the compatible system's configuration.
  const whole = filled !== null && 'spec' in filled;
  const metadata = whole ? objectOf(filled['metadata']) : {};
  return {
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: { ...metadata, labels: { ...textsOf(metadata['labels']), ...labels }, name: claimName(homes, account) },
    spec: filled === null ? plainSpec(homes) : whole ? objectOf(filled['spec']) : filled,
  };
}

/** Null without a template: then the cluster provisions volumes. */
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

/** Whether all pods that mount a home must be on one node: unless many nodes may write to it. */
export function staysOnNode(home: V1Volume, homes: HomesConfig): boolean {
  if (home.hostPath) return true;
  if (!home.persistentVolumeClaim) return false;
  // Claims of an earlier configuration may be for one node.
  if (homes.kind !== 'persistentVolumeClaim' || homes.claim === null) return true;
  // A claim by name is shared by all users, so it must be for many nodes.
  if (typeof homes.claim === 'string') return false;
  const spec = 'spec' in homes.claim ? objectOf(homes.claim['spec']) : homes.claim;
  return !JSON.stringify(spec['accessModes'] ?? []).includes('ReadWriteMany');
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
