/** A toolbox as Kubernetes is asked for it: pure. */
import type { V1EphemeralContainer } from '@kubernetes/client-node';
import type { KubernetesConfig } from '#config/config.ts';
import type { ToolboxSpec } from '#domain/debug/engine.ts';
import type { Account } from '#domain/engine.ts';
import { loginName } from '#domain/names.ts';
import { variables } from '../desktop-pod.ts';
import type { Container } from '../pod.ts';
import { homeFolder } from '../volumes.ts';
import { customized } from './custom.ts';
import { GRANTS, type Ids, toolboxSecurity } from './profiles.ts';

/** What a toolbox is to look into. */
export interface Sight extends Ids {
  readonly account: Account;
  /** As its pod lists it. */
  readonly container: Container;
  /** The regular container whose processes it shares: only such a one can be named. */
  readonly joins: string;
  /** By which the runtime knows what it looks into; null before that runs. */
  readonly containerId: string | null;
  /** What people call it. */
  readonly name: string;
}

export function toolboxContainer(spec: ToolboxSpec, sight: Sight, config: KubernetesConfig): V1EphemeralContainer {
  return customized(spec.plain ? plain(spec, sight) : standing(spec, sight, config), spec.custom);
}

/** As `kubectl debug -it --target=… --profile=…` asks for it. */
function plain({ name, image, command, env, profile }: ToolboxSpec, { joins }: Sight) {
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

/** As its target's user, with the target's mounts; our image goes to the target's files and says so. */
function standing(spec: ToolboxSpec, sight: Sight, config: KubernetesConfig) {
  const { registry, pullPolicy } = config.images;
  const home = homeFolder(sight.account);
  const login = loginName(sight.account.userId);
  const mounts = mountsOf(sight.container);
  // Others' images know no `toolbox`.
  const command = spec.image.startsWith(`${registry}/toolbox`) ? ['toolbox', ...spec.command] : [...spec.command];
  return {
    ...plain(spec, sight),
    ...(command.length > 0 ? { command } : {}),
    env: variables({
      LANG: 'C.UTF-8',
      HOME: home,
      USER: login,
      LOGNAME: login,
      ...spec.env,
      TOOLBOX_TARGET: sight.containerId ?? '',
      TOOLBOX_NAME: sight.name,
    }),
    imagePullPolicy: pullPolicy,
    workingDir: mounts.some(({ mountPath }) => mountPath === home) ? home : '/',
    volumeMounts: mounts,
    securityContext: toolboxSecurity(spec.profile, sight),
  };
}

/** An ephemeral container can mount no single file or folder of a volume (`subPath`). */
function mountsOf({ volumeMounts }: Container) {
  return (volumeMounts ?? [])
    .filter(({ subPath }) => !subPath)
    .map(({ name, mountPath, readOnly }) => ({ name, mountPath, ...(readOnly ? { readOnly } : {}) }));
}
