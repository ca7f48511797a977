/**
 * The volumes of a pod as `kubectl describe pod` prints them. Pure. Kinds that managed pods don't have: by name only.
 */
import type { V1Volume, V1VolumeProjection } from '@kubernetes/client-node';
import type { Row } from './layout.ts';

const INNER = '    ';

export function volumes(all: readonly V1Volume[]): Row[] {
  if (all.length === 0) return [['Volumes:', '<none>']];
  return [['Volumes:'], ...all.flatMap((one) => [[`  ${one.name}:`], ...volume(one)])];
}

function volume(one: V1Volume): Row[] {
  const { emptyDir, secret, configMap, hostPath, persistentVolumeClaim, projected } = one;
  if (emptyDir) {
    return [
      field('Type', "EmptyDir (a temporary directory that shares a pod's lifetime)"),
      field('Medium', emptyDir.medium ?? ''),
      field('SizeLimit', emptyDir.sizeLimit ?? '<unset>'),
    ];
  }
  if (secret) {
    return [
      field('Type', 'Secret (a volume populated by a Secret)'),
      field('SecretName', secret.secretName ?? ''),
      field('Optional', String(secret.optional ?? false)),
    ];
  }
  if (configMap) {
    return [
      field('Type', 'ConfigMap (a volume populated by a ConfigMap)'),
      field('Name', configMap.name ?? ''),
      field('Optional', String(configMap.optional ?? false)),
    ];
  }
  if (hostPath) {
    return [
      field('Type', 'HostPath (bare host directory volume)'),
      field('Path', hostPath.path),
      field('HostPathType', hostPath.type ?? '<none>'),
    ];
  }
  if (persistentVolumeClaim) {
    return [
      field('Type', 'PersistentVolumeClaim (a reference to a PersistentVolumeClaim in the same namespace)'),
      field('ClaimName', persistentVolumeClaim.claimName),
      field('ReadOnly', String(persistentVolumeClaim.readOnly ?? false)),
    ];
  }
  if (projected) {
    const title = 'Projected (a volume that contains injected data from multiple sources)';
    return [field('Type', title), ...(projected.sources ?? []).flatMap(source)];
  }
  const kind = Object.keys(one).find((name) => name !== 'name') ?? '<unknown>';
  return [field('Type', kind)];
}

function source({ secret, configMap, downwardAPI, serviceAccountToken }: V1VolumeProjection): Row[] {
  if (secret) return [field('SecretName', secret.name ?? ''), field('Optional', String(secret.optional ?? false))];
  if (configMap)
    return [field('ConfigMapName', configMap.name ?? ''), field('Optional', String(configMap.optional ?? false))];
  if (downwardAPI) return [field('DownwardAPI', 'true')];
  if (serviceAccountToken)
    return [field('TokenExpirationSeconds', String(serviceAccountToken.expirationSeconds ?? ''))];
  return [];
}

function field(name: string, value: string): Row {
  return [`${INNER}${name}:`, value];
}
