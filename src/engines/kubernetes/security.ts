/**
 * What containers may do: what Pod Security *restricted* admits and no more.
 * https://kubernetes.io/docs/concepts/security/pod-security-standards/#restricted
 */
import type { V1PodSecurityContext, V1SecurityContext } from '@kubernetes/client-node';

interface Ids {
  readonly uid: number;
  readonly gid: number;
}

/** Volumes get the group of the user, so that nobody has to change owners as root. */
export function podSecurity({ uid, gid }: Ids): V1PodSecurityContext {
  return {
    runAsNonRoot: true,
    runAsUser: uid,
    runAsGroup: gid,
    fsGroup: gid,
    fsGroupChangePolicy: 'OnRootMismatch',
    seccompProfile: { type: 'RuntimeDefault' },
  };
}

/** `readOnly`: images of others may count on writing to their own files. The user is said again: images ask for root. */
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
