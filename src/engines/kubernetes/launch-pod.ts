/** A launch as Kubernetes is asked for it: an entry in the desktop's pod, or a pod of its own. Pure. */
import type { V1EphemeralContainer, V1NodeAffinity, V1OwnerReference, V1Pod } from '@kubernetes/client-node';
import type { KubernetesConfig } from '#config/config.ts';
import type { Account, LaunchSpec } from '#domain/engine.ts';
import { DeskpodError } from '#domain/errors.ts';
import type { Environment, Limits } from '#protocol/app.ts';
import { launchEnvironment } from '../inside/environment.ts';
import { podCommon, requirements, variables } from './desktop-pod.ts';
import { staysOnNode } from './homes.ts';
import { launchAnnotations, launchLabels } from './labels.ts';
import { CONTAINERS, PORTS } from './ports.ts';
import { containerSecurity, podSecurity } from './security.ts';
import {
  ACCESS_MOUNT,
  accountMounts,
  appVolumes,
  homeFolder,
  homeMount,
  INSIDE,
  SHARED_MOUNTS,
  TMP_MOUNT,
} from './volumes.ts';
import { type Wiring, wiringOf } from './wiring.ts';

/** The desktop as its launches see it. */
export interface LaunchDesktop {
  readonly id: string;
  readonly uid: string;
  readonly address: string;
  readonly node: string;
  readonly account: Account;
  readonly inherited: Environment;
  /** Of its print queue; null without the service. */
  readonly queue: string | null;
}

/** Set aside for a pod when its class says nothing: what most apps need while they wait for their user. */
const REQUESTS: Limits = { memoryBytes: 64 * 1024 ** 2, cpus: 0.05 };
/** Between TERM and KILL when a pod is stopped. */
const GRACE_SECONDS = 5;

/** `runtime_refused` for what Kubernetes forbids in an ephemeral container. */
export function ephemeralContainer(
  spec: LaunchSpec,
  desktop: LaunchDesktop,
  config: KubernetesConfig,
): V1EphemeralContainer {
  refuseForbidden(spec);
  refuseOtherUser(spec, desktop.account);
  const wiring = wiringOf('ephemeral_container', desktop.address, PORTS);
  return {
    ...container(spec, desktop, config, wiring),
    // Only a regular container can be a target: its processes see each other, and one exec stops them.
    targetContainerName: CONTAINERS.graphical,
    volumeMounts: [
      homeMount(desktop.account),
      ...SHARED_MOUNTS,
      ...wiring.mounts,
      ...accountMounts(desktop.account),
      ACCESS_MOUNT,
    ],
  };
}

export function appPod(spec: LaunchSpec, desktop: LaunchDesktop, namespace: string, config: KubernetesConfig): V1Pod {
  const { account } = desktop;
  const { pod } = spec;
  refuseOtherUser(spec, account);
  const wiring = wiringOf('pod_application', desktop.address, PORTS);
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name: spec.id,
      namespace,
      labels: { ...launchLabels(spec, account) },
      annotations: { ...launchAnnotations(spec, account) },
      ownerReferences: [ownerOf(desktop)],
    },
    spec: {
      ...podCommon(spec.id, config),
      tolerations: [...config.tolerations, ...(pod.tolerations ?? [])].map((toleration) => ({ ...toleration })),
      securityContext: podSecurity(account),
      restartPolicy: 'Never',
      terminationGracePeriodSeconds: GRACE_SECONDS,
      // Then the app is not process 1: TERM has its usual effect, and somebody reaps.
      shareProcessNamespace: true,
      ...(pod.nodeSelector === undefined ? {} : { nodeSelector: pod.nodeSelector }),
      ...(pod.runtimeClassName === undefined ? {} : { runtimeClassName: pod.runtimeClassName }),
      affinity: { nodeAffinity: beside(desktop.node, staysOnNode(config.homes)) },
      volumes: appVolumes(account, config.homes),
      containers: [
        {
          ...container(spec, desktop, config, wiring),
          resources: requirements(spec.limits, pod.requests ?? REQUESTS),
          ports: (pod.ports ?? []).map((containerPort) => ({ containerPort })),
          ...(pod.livenessProbe === undefined ? {} : { livenessProbe: pod.livenessProbe }),
          ...(pod.readinessProbe === undefined ? {} : { readinessProbe: pod.readinessProbe }),
          volumeMounts: [homeMount(account), TMP_MOUNT, ...accountMounts(account), ACCESS_MOUNT],
        },
      ],
    },
  };
}

/** On the desktop's node: a wish, or a must where the home can be nowhere else. */
function beside(node: string, must: boolean): V1NodeAffinity {
  const term = { matchExpressions: [{ key: 'kubernetes.io/hostname', operator: 'In', values: [node] }] };
  return must
    ? { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [term] } }
    : { preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 1, preference: term }] };
}

/** What belongs to a desktop is taken along when its pod goes. */
export function ownerOf({ id, uid }: { id: string; uid: string }): V1OwnerReference {
  return { apiVersion: 'v1', kind: 'Pod', name: id, uid };
}

function container(spec: LaunchSpec, desktop: LaunchDesktop, config: KubernetesConfig, wiring: Wiring) {
  const { account, queue } = desktop;
  const home = homeFolder(account);
  const services = new Set(config.services);
  const env: Environment = {
    ...(services.has('sound')
      ? { PULSE_SERVER: wiring.pulseServer, PULSE_COOKIE: `${INSIDE.access}/pulse-cookie` }
      : {}),
    ...(services.has('printer') ? { CUPS_SERVER: wiring.cupsServer } : {}),
    ...(queue === null ? {} : { PRINTER: queue }),
    ...launchEnvironment(spec, {
      account,
      home,
      node: desktop.node,
      xauthority: `${INSIDE.access}/Xauthority`,
      display: wiring.display,
      address: desktop.address,
      inside: wiring.connection === 'local',
      inherited: desktop.inherited,
    }),
  };
  return {
    name: spec.id,
    image: spec.image,
    ...(spec.command.length > 0 ? { command: [...spec.command] } : {}),
    env: variables(env),
    workingDir: home,
    imagePullPolicy: config.images.pullPolicy,
    securityContext: containerSecurity(account, spec.image.startsWith(`${config.images.registry}/`)),
  };
}

/** Home, display and processes belong to the desktop's user: whoever else an app ran as would reach none of them. */
function refuseOtherUser({ appName, runAs }: LaunchSpec, { uid }: Account): void {
  if (runAs === null || runAs === uid) return;
  throw new DeskpodError(
    'runtime_refused',
    `${appName} asks to run as user ${runAs}; here apps run as their user, ${uid}.`,
    {
      remedy: 'Take runAsUser out of its label oc.securitycontext.',
    },
  );
}

/** https://kubernetes.io/docs/concepts/workloads/pods/ephemeral-containers/#what-is-an-ephemeral-container */
function refuseForbidden({ appName, limits, pod }: LaunchSpec): void {
  const asked = [
    ...(Object.keys(limits).length > 0 ? ['limits of its own'] : []),
    ...(pod.requests === undefined ? [] : ['resources that are set aside']),
    ...(pod.ports === undefined ? [] : ['ports']),
    ...(pod.livenessProbe === undefined && pod.readinessProbe === undefined ? [] : ['probes']),
    ...(pod.nodeSelector === undefined ? [] : ['a choice of nodes']),
  ];
  if (asked.length === 0) return;
  throw new DeskpodError(
    'runtime_refused',
    `${appName} asks for ${asked.join(', ')}, which Kubernetes allows no ephemeral container.`,
    { field: 'runtime', remedy: 'Start it as pod_application.' },
  );
}
