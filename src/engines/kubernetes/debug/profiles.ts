/**
 * What the profiles of `kubectl debug` grant, and the user that a toolbox of ours has with each: pure.
 * https://kubernetes.io/docs/reference/kubectl/generated/kubectl_debug/
 */
import type { V1SecurityContext } from '@kubernetes/client-node';
import type { DebugProfile } from '#protocol/debug.ts';

export type Security = Pick<
  V1SecurityContext,
  | 'allowPrivilegeEscalation'
  | 'capabilities'
  | 'privileged'
  | 'runAsGroup'
  | 'runAsNonRoot'
  | 'runAsUser'
  | 'seccompProfile'
>;

/** On top of a container that says nothing; undefined: it goes on saying nothing. */
export const GRANTS: Readonly<Record<DebugProfile, Security | undefined>> = {
  restricted: {
    runAsNonRoot: true,
    allowPrivilegeEscalation: false,
    capabilities: { drop: ['ALL'] },
    seccompProfile: { type: 'RuntimeDefault' },
  },
  baseline: undefined,
  general: { capabilities: { add: ['SYS_PTRACE'] } },
  netadmin: { capabilities: { add: ['NET_ADMIN', 'NET_RAW'] } },
  sysadmin: { privileged: true },
};

/** Their capabilities reach nobody but root. */
const AS_ROOT: ReadonlySet<DebugProfile> = new Set(['netadmin', 'sysadmin']);

export interface Ids {
  readonly uid: number;
  readonly gid: number;
}

/** Of a toolbox that stands in its target's files: as its user, where the profile does not need root. */
export function toolboxSecurity(profile: DebugProfile, { uid, gid }: Ids): Security {
  return AS_ROOT.has(profile)
    ? { ...GRANTS[profile], runAsUser: 0, runAsGroup: 0, runAsNonRoot: false }
    : { ...GRANTS[profile], runAsUser: uid, runAsGroup: gid };
}
