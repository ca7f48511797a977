/**
 * A copy of a launch's pod, as `kubectl debug --copy-to` makes it, and what a launch needs beyond that. Pure.
 * https://kubernetes.io/docs/tasks/debug/debug-application/debug-running-pod/#debugging-using-a-copy-of-the-pod
 */
import type { V1Container, V1Pod, V1PodSpec } from '@kubernetes/client-node';
import type { CopySpec } from '#domain/ports/debug-engine.ts';
import type { Account } from '#domain/ports/engine.ts';
import type { Environment } from '#protocol/app.ts';
import { variables } from '../specs/desktop-pod.ts';
import { COPY_OF, launchAnnotations, launchLabels } from '../cluster/labels.ts';
import { ownerReference } from '../specs/launch-pod.ts';
import type { Security } from './profiles.ts';

/** kubectl's profiles, in the order in which a plain copy tries them: its default first. */
export const COPY_PROFILES = ['general', 'baseline', 'restricted'] as const;
export type CopyProfile = (typeof COPY_PROFILES)[number];

export interface CopyTarget {
  readonly namespace: string;
  readonly account: Account;
  readonly desktop: { readonly id: string; readonly uid: string };
}

/** The copy's pod; with `plain` its spec is kubectl's. */
export function copyPod(original: V1Pod, spec: CopySpec, profile: CopyProfile, scope: CopyTarget): V1Pod {
  const { launch } = spec;
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name: launch.id,
      namespace: scope.namespace,
      labels: { ...launchLabels(launch, scope.account) },
      annotations: { ...launchAnnotations(launch, scope.account), [COPY_OF]: spec.of },
      ownerReferences: [ownerReference(scope.desktop)],
    },
    spec: spec.plain ? plainSpec(specOf(original), spec, profile) : standingSpec(specOf(original), spec),
  };
}

function specOf({ spec }: V1Pod): V1PodSpec {
  if (spec === undefined) throw new TypeError('a pod from the API server has a spec');
  return spec;
}

/** Fields that only the running original has. Its deadline is set to stop a launch, so it has passed already. */
function without(original: V1PodSpec, { sameNode, shareProcesses }: CopySpec) {
  const { ephemeralContainers: _added, activeDeadlineSeconds: _stopped, nodeName, ...kept } = original;
  return {
    ...kept,
    shareProcessNamespace: shareProcesses,
    ...(sameNode && nodeName !== undefined ? { nodeName } : {}),
  };
}

/** `--set-image` alone changes nothing but images. Every other change applies a profile, which removes the probes. */
function plainSpec(original: V1PodSpec, spec: CopySpec, profile: CopyProfile): V1PodSpec {
  const { image, command, env } = spec.changed;
  const kept = without(original, spec);
  const renewed = kept.containers.map(({ image: before, ...one }) => ({ ...one, ...withImage(image ?? before) }));
  if (command.length === 0 && Object.keys(env).length === 0) return { ...kept, containers: renewed };
  const [main, ...others] = renewed;
  const containers = main === undefined ? [] : [profiled(changedMain(main, command, env), profile), ...others];
  return { ...kept, containers: containers.map(withoutProbes) };
}

function changedMain(main: V1Container, command: readonly string[], env: Environment): V1Container {
  const { args, stdin: _in, tty: _terminal, ...kept } = main;
  return {
    ...kept,
    ...(command.length > 0 ? { command: [...command] } : args === undefined ? {} : { args }),
    ...(Object.keys(env).length > 0 ? { env: Object.entries(env).map(([name, value]) => ({ name, value })) } : {}),
  };
}

function withImage(image: string | undefined): { image?: string } {
  return image === undefined ? {} : { image };
}

function profiled(container: V1Container, profile: CopyProfile): V1Container {
  const { securityContext, ...bare } = container;
  switch (profile) {
    case 'general': {
      const { capabilities, ...kept } = securityContext ?? {};
      const drop = capabilities?.drop === undefined ? {} : { drop: capabilities.drop };
      const add = [...(capabilities?.add ?? []), 'SYS_PTRACE'];
      return { ...bare, securityContext: { ...kept, capabilities: { ...drop, add } } };
    }
    case 'baseline':
      return bare;
    case 'restricted':
      return { ...bare, securityContext: RESTRICTED };
    default:
      return profile satisfies never;
  }
}

const RESTRICTED: Security = {
  runAsNonRoot: true,
  capabilities: { drop: ['ALL'] },
  allowPrivilegeEscalation: false,
  seccompProfile: { type: 'RuntimeDefault' },
};

function withoutProbes(container: V1Container): V1Container {
  const { livenessProbe: _live, readinessProbe: _ready, startupProbe: _start, ...kept } = container;
  return kept;
}

/** Its own host name, which identifies its windows, and the rights of the original. */
function standingSpec(original: V1PodSpec, spec: CopySpec): V1PodSpec {
  const { launch, changed } = spec;
  const kept = without(original, spec);
  const [main, ...others] = kept.containers.map(withoutProbes);
  if (main === undefined) return kept;
  const { args, ...bare } = main;
  const command = changed.command.length > 0 ? { command: [...changed.command] } : args === undefined ? {} : { args };
  const own = {
    ...bare,
    ...command,
    ...withImage(changed.image ?? main.image),
    env: overlaid(main.env ?? [], { ...changed.env, POD_NAME: launch.id }),
  };
  return { ...kept, hostname: launch.id, containers: [own, ...others] };
}

function overlaid(before: NonNullable<V1Container['env']>, changed: Environment): NonNullable<V1Container['env']> {
  return [...before.filter(({ name }) => changed[name] === undefined), ...variables(changed)];
}
