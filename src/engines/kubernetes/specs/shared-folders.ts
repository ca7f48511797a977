/** Shared folders in the pods of a desktop: claims that an administrator made. Pure. */
import { createHash } from 'node:crypto';
import type { V1Volume, V1VolumeMount } from '@kubernetes/client-node';
import type { KubernetesConfig } from '#config/config.ts';
import { SHARED_FOLDER } from '#domain/desktops/shared-folders.ts';
import type { Account } from '#domain/ports/engine.ts';
import { homeFolder } from './volumes.ts';

type Configured = Pick<KubernetesConfig, 'shared'>;

export interface SharedVolumes {
  readonly volumes: V1Volume[];
  readonly mounts: V1VolumeMount[];
  /** Of the pod's security context. */
  readonly groups: { readonly supplementalGroups?: number[] };
}

/** Unknown names are left out. */
export function sharedVolumes({ shared }: Configured, names: readonly string[], account: Account): SharedVolumes {
  const folders = shared.filter(({ name }) => names.includes(name));
  const gids = [...new Set(folders.flatMap(({ gid }) => gid ?? []))];
  return {
    volumes: folders.map(({ name, claim: claimName, readOnly }) => ({
      name: volumeName(name),
      // A claim that is read-only for the whole pod keeps its group, too.
      persistentVolumeClaim: { claimName, readOnly },
    })),
    mounts: folders.map(({ name, readOnly }) => ({
      name: volumeName(name),
      mountPath: `${homeFolder(account)}/${SHARED_FOLDER}/${name}`,
      readOnly,
    })),
    groups: gids.length === 0 ? {} : { supplementalGroups: gids },
  };
}

function volumeName(name: string): string {
  return `shared-${createHash('sha256').update(name).digest('hex').slice(0, 10)}`;
}
