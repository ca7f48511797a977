/** Desktops and launches in the field names of the compatible API, without passwords and cookies. */
import type { DesktopSpec, EngineDesktop } from '#domain/ports/engine.ts';
import { terminationReason } from '#domain/launches/termination-reason.ts';
import type { EngineLaunch } from '#domain/ports/engine-launch.ts';

/** A row of `GET desktop`. Fields without a counterpart are null; `vncPassword` is omitted on purpose. */
export function presentDesktop({ id, state, address, node, createdAt }: EngineDesktop) {
  return {
    id,
    ipAddr: address,
    status: phaseOf(state),
    container_id: id,
    creation_timestamp: createdAt.toISOString(),
    nodehostname: node,
    hostname: id,
    container_name: id,
    name: id,
    fqdn: null,
    desktop_interfaces: null,
    websocketroute: null,
    websocketrouting: 'http_origin',
  };
}

/** `GET desktop/{id}`: in the shape of a pod, so that `jq .status.ephemeralContainerStatuses` works on any engine. */
export function presentPod(desktop: EngineDesktop, launches: readonly EngineLaunch[]) {
  const ephemeral = launches.filter(({ runtime }) => runtime === 'ephemeral_container');
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name: desktop.id,
      creationTimestamp: desktop.createdAt.toISOString(),
      labels: { type: 'x11server', access_userid: desktop.userId },
    },
    spec: {
      nodeName: desktop.node,
      ephemeralContainers: ephemeral.map(({ id, image }) => ({ name: id, image })),
    },
    status: {
      phase: phaseOf(desktop.state),
      podIP: desktop.address,
      ephemeralContainerStatuses: ephemeral.map((launch) => ({
        name: launch.id,
        image: launch.image,
        imageID: launch.imageDigest ?? '',
        ready: launch.status.state === 'running',
        restartCount: 0,
        state: stateOf(launch),
      })),
    },
  };
}

/** A row of `GET desktop/{id}/container`. */
export function presentContainer({ id, desktopId, runtime, image, imageDigest, status, startedAt }: EngineLaunch) {
  const isEphemeral = runtime === 'ephemeral_container';
  const words = { starting: 'Waiting', running: 'Running', finished: 'Terminated' } as const;
  return {
    podname: isEphemeral ? desktopId : id,
    id,
    short_id: id,
    status: words[status.state],
    image,
    image_digest: imageDigest,
    runtime: 'kubernetes',
    type: isEphemeral ? 'ephemeralcontainer' : 'pod_application',
    creation_timestamp: startedAt.toISOString(),
    exit_code: status.state === 'finished' ? status.exitCode : null,
  };
}

/** `dry_run_desktop`: the desktop that would be started, as a pod. */
export function presentPlan({ id, account, image, env, labels, limits, geometry }: DesktopSpec) {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name: id,
      labels: { ...labels, type: 'x11server', access_userid: account.userId, access_provider: account.provider },
    },
    spec: {
      automountServiceAccountToken: false,
      securityContext: { runAsUser: account.uid, runAsGroup: account.gid, runAsNonRoot: true },
      containers: [
        {
          name: 'x-graphical',
          image,
          env: Object.entries({ ...env, GEOMETRY: `${geometry.width}x${geometry.height}` }).map(([name, value]) => ({
            name,
            value,
          })),
          resources: {
            limits: {
              ...(limits.memoryBytes === undefined ? {} : { memory: String(limits.memoryBytes) }),
              ...(limits.cpus === undefined ? {} : { cpu: String(limits.cpus) }),
            },
          },
        },
      ],
    },
  };
}

function phaseOf(state: EngineDesktop['state']): string {
  return state === 'running' ? 'Running' : 'Succeeded';
}

function stateOf({ status, startedAt }: EngineLaunch) {
  switch (status.state) {
    case 'starting':
      return { waiting: { reason: status.waiting ?? 'ContainerCreating' } };
    case 'running':
      return { running: { startedAt: startedAt.toISOString() } };
    case 'finished':
      return {
        terminated: {
          exitCode: status.exitCode,
          reason: terminationReason(status),
          startedAt: startedAt.toISOString(),
          finishedAt: status.finishedAt.toISOString(),
        },
      };
    default:
      return status satisfies never;
  }
}
