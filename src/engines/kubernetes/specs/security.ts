/**
 * Security contexts of containers: as Pod Security *restricted* requires.
 * https://kubernetes.io/docs/concepts/security/pod-security-standards/#restricted
 */
import type { V1PodSecurityContext, V1SeccompProfile, V1SecurityContext } from '@kubernetes/client-node';
import type { SeccompProfile } from '#protocol/app.ts';
import { DeskpodError } from '#domain/errors.ts';
import { profileFile } from '../../shared/seccomp.ts';

interface Ids {
  readonly uid: number;
  readonly gid: number;
}

const DEFAULT_PROFILE: V1SeccompProfile = { type: 'RuntimeDefault' };

/** Volumes get the user's group, so that no owner must be changed as root. */
export function podSecurity({ uid, gid }: Ids, moreGroups: readonly number[]): V1PodSecurityContext {
  return {
    runAsNonRoot: true,
    runAsUser: uid,
    runAsGroup: gid,
    ...(moreGroups.length === 0 ? {} : { supplementalGroups: [...moreGroups] }),
    fsGroup: gid,
    fsGroupChangePolicy: 'OnRootMismatch',
    seccompProfile: DEFAULT_PROFILE,
  };
}

/** `readOnly`: foreign images may need to write to their files. The user is set again because images may name root. */
export function containerSecurity(
  { uid, gid }: Ids,
  readOnly: boolean,
  seccompProfile: V1SeccompProfile = DEFAULT_PROFILE,
): V1SecurityContext {
  return {
    runAsNonRoot: true,
    runAsUser: uid,
    runAsGroup: gid,
    allowPrivilegeEscalation: false,
    capabilities: { drop: ['ALL'] },
    readOnlyRootFilesystem: readOnly,
    seccompProfile,
  };
}

/**
 * `folder`: of the profiles, in the kubelet's own; null if the nodes have none.
 * @throws DeskpodError `app_unavailable` if this app needs one that they don't have.
 */
export function seccompFor(
  { appName, seccomp }: { readonly appName: string; readonly seccomp: SeccompProfile | null },
  folder: string | null,
): V1SeccompProfile {
  if (seccomp === null) return DEFAULT_PROFILE;
  if (folder !== null) return { type: 'Localhost', localhostProfile: `${folder}/${profileFile(seccomp)}` };
  throw new DeskpodError(
    'app_unavailable',
    `${appName} needs the seccomp profile ${seccomp}, which the nodes of this cluster don't have.`,
    { remedy: `Copy it to them and set kubernetes.pods.seccompProfiles (docs/install-kubernetes.md, “Chromium”).` },
  );
}
