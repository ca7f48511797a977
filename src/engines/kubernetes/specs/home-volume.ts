/** The volume of a home: decided when a desktop is made, read from its pod afterwards. */
import type { V1Volume } from '@kubernetes/client-node';
import type { HomesConfig } from '#config/config.ts';
import { type Account, isGuest } from '#domain/ports/engine.ts';
import { loginName } from '#domain/names.ts';
import type { Home } from '#protocol/desktop.ts';
import { claimName } from './home-claim.ts';
import { homeVolume } from '../cluster/names.ts';
import type { Pod } from '../cluster/pod.ts';

/** Guests never log in again, so a claim or folder would stay unused. */
export function homesFor(account: Account, homes: HomesConfig): HomesConfig {
  return isGuest(account) ? { kind: 'none' } : homes;
}

/** `sizeLimit`: of a home that isn't kept. */
export function newHomeVolume(account: Account, configured: HomesConfig, sizeLimit: string): V1Volume {
  const homes = homesFor(account, configured);
  const name = homeVolume(account.userId);
  switch (homes.kind) {
    case 'none':
      return { name, emptyDir: { sizeLimit } };
    case 'hostPath':
      return { name, hostPath: { path: `${homes.root}/${loginName(account.userId)}`, type: 'DirectoryOrCreate' } };
    case 'persistentVolumeClaim':
      return { name, persistentVolumeClaim: { claimName: claimName(homes, account) } };
    default:
      return homes satisfies never;
  }
}

/** The volume of an existing desktop, whatever the current configuration. */
export function homeVolumeIn(pod: Pod, account: Account): V1Volume {
  const name = homeVolume(account.userId);
  const {
    hostPath,
    persistentVolumeClaim: claim,
    emptyDir,
  } = pod.spec.volumes?.find((volume) => volume.name === name) ?? {};
  if (hostPath) return { name, hostPath: { path: hostPath.path, ...(hostPath.type ? { type: hostPath.type } : {}) } };
  if (claim) return { name, persistentVolumeClaim: { claimName: claim.claimName } };
  return { name, emptyDir: emptyDir?.sizeLimit ? { sizeLimit: emptyDir.sizeLimit } : {} };
}

export function homeIn(pod: Pod, account: Account): Home {
  return homeVolumeIn(pod, account).emptyDir === undefined ? 'kept' : 'lost';
}
