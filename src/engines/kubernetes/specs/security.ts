/**
 * Security contexts of containers: as Pod Security *restricted* requires.
 * https://kubernetes.io/docs/concepts/security/pod-security-standards/#restricted
 */
import type { V1PodSecurityContext, V1SecurityContext } from '@kubernetes/client-node';

interface Ids {
  readonly uid: number;
  readonly gid: number;
}

/** Volumes get the user's group, so that no owner must be changed as root. */
export function podSecurity({ uid, gid }: Ids, moreGroups: readonly number[]): V1PodSecurityContext {
  return {
    runAsNonRoot: true,
    runAsUser: uid,
    runAsGroup: gid,
    ...(moreGroups.length === 0 ? {} : { supplementalGroups: [...moreGroups] }),
    fsGroup: gid,
    fsGroupChangePolicy: 'OnRootMismatch',
    seccompProfile: { type: 'RuntimeDefault' },
  };
}

/** `readOnly`: foreign images may need to write to their files. The user is set again because images may name root. */
export function containerSecurity({ uid, gid }: Ids, readOnly: boolean): V1SecurityContext {
  return {
    runAsNonRoot: true,
    runAsUser: uid,
    runAsGroup: gid,
    allowPrivilegeEscalation: false,
    capabilities: { drop: ['ALL'] },
    readOnlyRootFilesystem: readOnly,
    seccompProfile: { type: 'RuntimeDefault' },
  };
}
