/** The Kubernetes objects of a launch: a container in the desktop's pod, or its own pod. Pure. */
import type { V1EphemeralContainer, V1NodeAffinity, V1OwnerReference, V1Pod, V1Volume } from '@kubernetes/client-node';
import type { KubernetesConfig } from '#config/config.ts';
import type { Account } from '#domain/ports/engine.ts';
import type { LaunchSpec } from '#domain/ports/engine-launch.ts';
import { DeskpodError } from '#domain/errors.ts';
import type { Environment, Limits, Runtime } from '#protocol/app.ts';
import { launchEnvironment } from '../../shared/environment.ts';
import { podCommon, requirements, variables, withStorage } from './desktop-pod.ts';
import { staysOnNode } from './home-claim.ts';
import { DEFAULT_CONTAINER, launchAnnotations, launchLabels } from '../cluster/labels.ts';
import { CONTAINERS, PORTS } from '../cluster/ports.ts';
import { containerSecurity, podSecurity, seccompFor } from './security.ts';
import {
  ACCESS_MOUNT,
  accountMounts,
  appVolumes,
  homeFolder,
  homeMount,
  INSIDE,
  SHARED_MOUNTS,
  TMP_MOUNT,
  ZONEINFO_MOUNT,
  zoneMount,
} from './volumes.ts';
import { sharedVolumes } from './shared-folders.ts';
import { wiringOf } from './wiring.ts';

/** The desktop as its launches see it. */
export interface LaunchDesktop {
  readonly id: string;
  readonly uid: string;
  readonly address: string;
  readonly node: string;
  readonly account: Account;
  readonly inherited: Environment;
  /** The volume of the home in the desktop's pod. */
  readonly home: V1Volume;
  /** The names of its shared folders. */
  readonly shared: readonly string[];
  /** Whether its pod has a volume with all time zones: not if an earlier version made it. */
  readonly zoneinfo: boolean;
  /** The time zone whose file is in its Secrets. */
  readonly zoneFile: string | null;
  /** Name of its print queue; null without the service. */
  readonly queue: string | null;
}

/** Requests of a pod without an execute class: what most apps need while they are idle. */
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
  const { own, wiring, container } = common('ephemeral_container', spec, desktop, config);
  return {
    ...container,
    // Kubernetes accepts only a regular container. Its processes see each other, so one exec can stop them.
    targetContainerName: CONTAINERS.graphical,
    volumeMounts: [
      homeMount(desktop.account),
      ...SHARED_MOUNTS,
      ...wiring.mounts,
      ...accountMounts(desktop.account),
      ACCESS_MOUNT,
      ...sharedVolumes(config, desktop.shared, desktop.account).mounts,
      ...(desktop.zoneinfo && !own ? [ZONEINFO_MOUNT] : []),
    ],
  };
}

export function appPod(spec: LaunchSpec, desktop: LaunchDesktop, namespace: string, config: KubernetesConfig): V1Pod {
  const { account } = desktop;
  const { pod } = spec;
  const shared = sharedVolumes(config, desktop.shared, account);
  refuseOtherUser(spec, account);
  const { own, container } = common('pod_application', spec, desktop, config);
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name: spec.id,
      namespace,
      labels: { ...launchLabels(spec, account) },
      annotations: { ...launchAnnotations(spec, account), [DEFAULT_CONTAINER]: spec.id },
      ownerReferences: [ownerReference(desktop)],
    },
    spec: {
      ...podCommon(spec.id, config),
      tolerations: [...config.tolerations, ...(pod.tolerations ?? [])].map((toleration) => ({ ...toleration })),
      securityContext: podSecurity(account, shared.groups),
      restartPolicy: 'Never',
      terminationGracePeriodSeconds: GRACE_SECONDS,
      // Then the app is not process 1: TERM has its usual effect, and zombies are reaped.
      shareProcessNamespace: true,
      ...(pod.nodeSelector === undefined ? {} : { nodeSelector: pod.nodeSelector }),
      ...(pod.runtimeClassName === undefined ? {} : { runtimeClassName: pod.runtimeClassName }),
      affinity: { nodeAffinity: beside(desktop.node, staysOnNode(desktop.home, config.homes)) },
      volumes: [...appVolumes(account, desktop.home, config.pods.tmpSize), ...shared.volumes],
      containers: [
        {
          ...container,
          resources: withStorage(requirements(spec.limits, pod.requests ?? REQUESTS), config.pods),
          ports: (pod.ports ?? []).map((containerPort) => ({ containerPort })),
          ...(pod.livenessProbe === undefined ? {} : { livenessProbe: pod.livenessProbe }),
          ...(pod.readinessProbe === undefined ? {} : { readinessProbe: pod.readinessProbe }),
          volumeMounts: [
            homeMount(account),
            TMP_MOUNT,
            ...accountMounts(account),
            ACCESS_MOUNT,
            ...shared.mounts,
            ...(desktop.zoneFile === null || own ? [] : [zoneMount(account, desktop.zoneFile)]),
          ],
        },
      ],
    },
  };
}

/** On the desktop's node: preferred, or required where the home cannot be elsewhere. */
function beside(node: string, must: boolean): V1NodeAffinity {
  const term = { matchExpressions: [{ key: 'kubernetes.io/hostname', operator: 'In', values: [node] }] };
  return must
    ? { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [term] } }
    : { preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 1, preference: term }] };
}

/** Kubernetes deletes objects with the pod that owns them. */
export function ownerReference({ id, uid }: { id: string; uid: string }): V1OwnerReference {
  return { apiVersion: 'v1', kind: 'Pod', name: id, uid };
}

/** What both runtimes have in common. `own`: the image is one of the product's. */
function common(runtime: Runtime, spec: LaunchSpec, desktop: LaunchDesktop, config: KubernetesConfig) {
  const own = isOwnImage(spec, config);
  const wiring = wiringOf(runtime, desktop.address, PORTS);
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
      insideDesktop: wiring.connection === 'local',
      ownImage: own,
      inherited: desktop.inherited,
    }),
  };
  const container = {
    name: spec.id,
    image: spec.image,
    ...(spec.command.length > 0 ? { command: [...spec.command] } : {}),
    env: variables(env),
    workingDir: home,
    imagePullPolicy: config.images.pullPolicy,
    securityContext: containerSecurity(account, own, seccompFor(spec, config.pods.seccompProfiles)),
  };
  return { own, wiring, container };
}

function isOwnImage({ image }: LaunchSpec, { images }: KubernetesConfig): boolean {
  return image.startsWith(`${images.registry}/`);
}

/** Home, display and processes belong to the desktop's user; another user would have access to none of them. */
function refuseOtherUser({ appName, runAs }: LaunchSpec, { uid }: Account): void {
  if (runAs === null || runAs === uid) return;
  throw new DeskpodError(
    'runtime_refused',
    `${appName} asks to run as user ${runAs}; here apps run as their user, ${uid}.`,
    {
      remedy: 'Remove runAsUser from its label oc.securitycontext.',
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
