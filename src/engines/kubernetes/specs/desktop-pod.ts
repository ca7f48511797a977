/** The pod of a desktop, from its spec. Pure. */
import type { V1Container, V1EnvVar, V1Pod, V1ResourceRequirements } from '@kubernetes/client-node';
import type { KubernetesConfig, UserPodsConfig } from '#config/config.ts';
import { clusterImage } from '#config/own-image.ts';
import type { DesktopSpec, ServiceName } from '#domain/ports/engine.ts';
import type { Environment, Limits } from '#protocol/app.ts';
import { desktopEnvironment, quantities } from '../../shared/environment.ts';
import { paperOf } from '../../shared/paper.ts';
import { homesFor } from './home-volume.ts';
import { desktopAnnotations, desktopLabels } from '../cluster/labels.ts';
import { CONTAINERS, PORTS } from '../cluster/ports.ts';
import { containerSecurity, podSecurity } from './security.ts';
import {
  accountMounts,
  credentialMount,
  desktopVolumes,
  GRAPHICAL_MOUNTS,
  homeFolder,
  homeMount,
  INSIDE,
  serviceMounts,
  SHARED_MOUNTS,
} from './volumes.ts';
import { sharedVolumes } from './shared-folders.ts';
import { localMounts, wiringOf } from './wiring.ts';

const MB = 1024 * 1024;
/** The default limit. With those of the services it limits the pod, and so the launches inside it. */
const GRAPHICAL_MEMORY = 4096 * MB;
/** The services are stock servers that mostly wait. */
const SERVICE_LIMITS: Readonly<Record<ServiceName, Limits>> = {
  files: { memoryBytes: 128 * MB, cpus: 1 },
  sound: { memoryBytes: 128 * MB, cpus: 0.5 },
  printer: { memoryBytes: 256 * MB, cpus: 1 },
  video: { memoryBytes: 512 * MB, cpus: 1 },
};
const SERVICE_REQUESTS: Limits = { memoryBytes: 16 * MB, cpus: 0.01 };
/** Its process 1 ends everything in well under a second. */
const GRACE_SECONDS = 1;

export interface EngineSettings {
  readonly namespace: string;
  readonly config: KubernetesConfig;
  readonly shmBytes: number;
}

/** `zone`: the time zone whose file is in the desktop's Secrets. `queue`: the name of its print queue. */
export function desktopPod(
  spec: DesktopSpec,
  { namespace, config, shmBytes }: EngineSettings,
  now: Date,
  zone: string | null = null,
  queue: string | null = null,
): V1Pod {
  const { account } = spec;
  const shared = sharedVolumes(config, spec.shared, account);
  const home = homeFolder(account);
  const { cupsServer } = wiringOf('ephemeral_container', '', PORTS);
  const env: Environment = {
    ...(config.services.includes('printer') && queue !== null ? { CUPS_SERVER: cupsServer, PRINTER: queue } : {}),
    ...desktopEnvironment(spec, { home, node: '', xauthority: `${INSIDE.secret}/Xauthority` }),
    RFBPORT: String(PORTS.graphical),
    POD_NAMESPACE: namespace,
  };
  const common = {
    imagePullPolicy: config.images.pullPolicy,
    workingDir: home,
    securityContext: containerSecurity(account, true),
  };
  const graphical: V1Container = {
    ...common,
    name: CONTAINERS.graphical,
    image: spec.image,
    env: [...variables(env).filter(({ name }) => name !== 'NODE_NAME'), ...fieldVariables()],
    ports: [
      { name: 'rfb', containerPort: PORTS.graphical },
      ...(spec.x11Tcp ? [{ name: 'x11', containerPort: PORTS.display }] : []),
    ],
    resources: withStorage(
      requirements({ ...spec.limits, memoryBytes: spec.limits.memoryBytes ?? GRAPHICAL_MEMORY }, config.requests),
      config.pods,
    ),
    volumeMounts: [
      homeMount(account),
      ...SHARED_MOUNTS,
      ...localMounts(),
      ...accountMounts(account),
      ...GRAPHICAL_MOUNTS,
      credentialMount('graphical'),
      ...shared.mounts,
    ],
  };
  const services = config.services.map((name): V1Container => ({
    ...common,
    name: CONTAINERS[name],
    image: clusterImage(config.images, name),
    env: variables({
      ...pick(env, ['HOME', 'USER', 'LOGNAME', 'TZ']),
      ...(name === 'printer' ? { PAPER: paperOf(env) } : {}),
    }),
    ports: [{ name, containerPort: PORTS[name] }],
    resources: requirements(SERVICE_LIMITS[name], SERVICE_REQUESTS),
    volumeMounts: [
      // An encoder sees the screen, and no files.
      ...(name === 'video' ? localMounts() : [homeMount(account)]),
      ...serviceMounts(name),
      ...accountMounts(account),
      credentialMount(name),
      ...(name === 'files' ? shared.mounts : []),
    ],
  }));
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name: spec.id,
      namespace,
      labels: { ...desktopLabels(spec, ['graphical', ...config.services]) },
      annotations: { ...desktopAnnotations(spec, now, zone) },
    },
    spec: {
      ...podCommon(spec.id, config),
      securityContext: podSecurity(account, shared.groups),
      shareProcessNamespace: false,
      terminationGracePeriodSeconds: GRACE_SECONDS,
      // Kubernetes restarts a service that ends. A desktop whose graphical container was restarted has ended.
      restartPolicy: 'Always',
      nodeSelector: { ...config.nodeSelector },
      volumes: [...desktopVolumes(account, config, shmBytes), ...shared.volumes],
      ...initOf(spec, config),
      containers: [graphical, ...services],
    },
  };
}

/** Common fields of desktop and app pods. The headless service `desktop` gives both a name in the cluster's DNS. */
export function podCommon(name: string, { images, tolerations, pods }: KubernetesConfig) {
  return {
    ...(pods.userNamespaces ? { hostUsers: false } : {}),
    ...(pods.runtimeClassName === null ? {} : { runtimeClassName: pods.runtimeClassName }),
    hostname: name,
    subdomain: 'desktop',
    dnsPolicy: 'ClusterFirst',
    enableServiceLinks: false,
    automountServiceAccountToken: false,
    imagePullSecrets: images.pullSecrets.map((secret) => ({ name: secret })),
    tolerations: tolerations.map((toleration) => ({ ...toleration })),
  };
}

export function variables(env: Environment): V1EnvVar[] {
  return Object.entries(env).map(([name, value]) => ({ name, value: escaped(value) }));
}

/** Kubernetes expands `$(NAME)` in values; a doubled dollar is a dollar. */
function escaped(value: string): string {
  return value.replaceAll('$(', '$$$$(');
}

export function requirements(limits: Limits, requests: Limits): V1ResourceRequirements {
  return { limits: quantities(limits), requests: quantities(atMost(requests, limits)) };
}

/** Of the container that others join: its limit is that of the pod. */
export function withStorage(
  { limits, requests }: V1ResourceRequirements,
  { storageLimit, storageRequest }: UserPodsConfig,
): V1ResourceRequirements {
  return {
    limits: { ...limits, 'ephemeral-storage': storageLimit },
    requests: { ...requests, 'ephemeral-storage': storageRequest },
  };
}

/** Requests must not exceed limits. */
function atMost(requests: Limits, limits: Limits): Limits {
  const { memoryBytes, cpus } = requests;
  return {
    ...(memoryBytes === undefined ? {} : { memoryBytes: Math.min(memoryBytes, limits.memoryBytes ?? Infinity) }),
    ...(cpus === undefined ? {} : { cpus: Math.min(cpus, limits.cpus ?? Infinity) }),
  };
}

/** Known only once the pod is scheduled. */
function fieldVariables(): V1EnvVar[] {
  return [
    { name: 'NODE_NAME', valueFrom: { fieldRef: { fieldPath: 'spec.nodeName' } } },
    { name: 'POD_IP', valueFrom: { fieldRef: { fieldPath: 'status.podIP' } } },
  ];
}

function pick(env: Environment, names: readonly string[]): Environment {
  return Object.fromEntries(Object.entries(env).filter(([name]) => names.includes(name)));
}

/**
 * Folders of a node belong to root. A namespace that admits them also admits the init container that changes the
 * owner.
 */
function initOf({ account }: DesktopSpec, { homes, images }: KubernetesConfig): { initContainers?: V1Container[] } {
  if (homesFor(account, homes).kind !== 'hostPath') return {};
  const home = homeFolder(account);
  return {
    initContainers: [
      {
        name: 'i-init',
        image: clusterImage(images, 'toolbox'),
        imagePullPolicy: images.pullPolicy,
        command: ['sh', '-c', `chown ${account.uid}:${account.gid} ${home} && chmod 700 ${home}`],
        securityContext: {
          runAsUser: 0,
          runAsNonRoot: false,
          allowPrivilegeEscalation: false,
          capabilities: { drop: ['ALL'], add: ['CHOWN', 'FOWNER'] },
        },
        resources: requirements({ memoryBytes: 64 * MB, cpus: 0.5 }, SERVICE_REQUESTS),
        volumeMounts: [homeMount(account)],
      },
    ],
  };
}
