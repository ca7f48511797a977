/**
 * What the profiles of `kubectl debug` grant, and the user of a toolbox with each. Pure.
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

/** Added to a container without a security context; undefined: it stays without one. */
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

/** Their capabilities are effective for root only. */
const AS_ROOT: ReadonlySet<DebugProfile> = new Set(['netadmin', 'sysadmin']);

export interface Ids {
  readonly uid: number;
  readonly gid: number;
}

/** The user of a toolbox that starts in its target's files: the target's, unless the profile needs root. */
export function toolboxSecurity(profile: DebugProfile, { uid, gid }: Ids): Security {
  return AS_ROOT.has(profile)
    ? { ...GRANTS[profile], runAsUser: 0, runAsGroup: 0, runAsNonRoot: false }
    : { ...GRANTS[profile], runAsUser: uid, runAsGroup: gid };
}
