/** The ephemeral container of a toolbox. Pure. */
import type { V1EphemeralContainer } from '@kubernetes/client-node';
import type { KubernetesConfig } from '#config/config.ts';
import type { ToolboxSpec } from '#domain/ports/debug-engine.ts';
import type { Account } from '#domain/ports/engine.ts';
import { loginName } from '#domain/names.ts';
import { variables } from '../specs/desktop-pod.ts';
import type { Container } from '../cluster/pod.ts';
import { homeFolder } from '../specs/volumes.ts';
import { customized } from './custom.ts';
import { GRANTS, type Ids, toolboxSecurity } from './profiles.ts';

/** The container that a toolbox debugs. */
export interface ToolboxTarget extends Ids {
  readonly account: Account;
  /** From the pod's spec. */
  readonly container: Container;
  /** The regular container whose process namespace it joins; Kubernetes accepts no other. */
  readonly joins: string;
  /** The runtime's id of the target; null before that runs. */
  readonly containerId: string | null;
  /** For display. */
  readonly name: string;
}

export function toolboxContainer(
  spec: ToolboxSpec,
  located: ToolboxTarget,
  config: KubernetesConfig,
): V1EphemeralContainer {
  return customized(spec.plain ? plain(spec, located) : standing(spec, located, config), spec.custom);
}

/** As `kubectl debug -it --target=… --profile=…` makes it. */
function plain({ name, image, command, env, profile }: ToolboxSpec, { joins }: ToolboxTarget) {
  const grants = GRANTS[profile];
  return {
    name,
    image,
    ...(command.length > 0 ? { command: [...command] } : {}),
    ...(Object.keys(env).length > 0
      ? { env: Object.entries(env).map(([variable, value]) => ({ name: variable, value })) }
      : {}),
    stdin: true,
    tty: true,
    terminationMessagePolicy: 'File',
    targetContainerName: joins,
    ...(grants === undefined ? {} : { securityContext: grants }),
  };
}

/** As its target's user, with the target's mounts. The product's image starts in the target's files and says so. */
function standing(spec: ToolboxSpec, located: ToolboxTarget, config: KubernetesConfig) {
  const { registry, pullPolicy } = config.images;
  const home = homeFolder(located.account);
  const login = loginName(located.account.userId);
  const mounts = mountsOf(located.container);
  // Other images have no `toolbox` script.
  const command = spec.image.startsWith(`${registry}/toolbox`) ? ['toolbox', ...spec.command] : [...spec.command];
  return {
    ...plain(spec, located),
    ...(command.length > 0 ? { command } : {}),
    env: variables({
      LANG: 'C.UTF-8',
      HOME: home,
      USER: login,
      LOGNAME: login,
      ...spec.env,
      TOOLBOX_TARGET: located.containerId ?? '',
      TOOLBOX_NAME: located.name,
    }),
    imagePullPolicy: pullPolicy,
    workingDir: mounts.some(({ mountPath }) => mountPath === home) ? home : '/',
    volumeMounts: mounts,
    securityContext: toolboxSecurity(spec.profile, located),
  };
}

/** An ephemeral container can mount no single file or folder of a volume (`subPath`). */
function mountsOf({ volumeMounts }: Container) {
  return (volumeMounts ?? [])
    .filter(({ subPath }) => !subPath)
    .map(({ name, mountPath, readOnly }) => ({ name, mountPath, ...(readOnly ? { readOnly } : {}) }));
}
