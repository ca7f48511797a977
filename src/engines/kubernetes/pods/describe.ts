/** Desktops and launches as the port describes them, from their pods. Pure. */
import { DeskpodError } from '#domain/errors.ts';
import type { EngineDesktop, ServiceName, Services } from '#domain/ports/engine.ts';
import type { EngineLaunch, EngineLaunchState } from '#domain/ports/engine-launch.ts';
import type { Found } from '../context.ts';
import { MAX_EPHEMERAL_CONTAINERS } from './ephemeral-containers.ts';
import { readToolboxAnnotation } from './toolbox-annotations.ts';
import { homeIn } from '../specs/home-volume.ts';
import { isForgotten, regionalOf, sharedOf } from '../cluster/labels.ts';
import {
  type ContainerStatus,
  digestOf,
  hasEnded,
  mainOf,
  type Pod,
  statusOf,
  unscheduled,
  waitingFor,
} from '../cluster/pod.ts';
import { CONTAINERS, PORTS } from '../cluster/ports.ts';
import { explain } from './progress.ts';

const SERVICES: readonly ServiceName[] = ['files', 'sound', 'printer', 'video'];
/** Distinguishes launches from containers that administrators add with `kubectl debug`. */
const MARK = 'ABCDESKTOP_EXECUTE_RUNTIME';

export function toDesktop({ pod, account }: Found): EngineDesktop {
  const { podIP: ip } = pod.status;
  const ended = (pod.status.ephemeralContainerStatuses ?? []).filter(
    ({ name, state }) => state?.terminated && isLaunchContainer(pod, name),
  );
  return {
    id: pod.metadata.name,
    userId: account.userId,
    state: desktopState(pod),
    createdAt: pod.metadata.creationTimestamp,
    regional: regionalOf(pod),
    address: ip ?? null,
    node: pod.spec.nodeName ?? null,
    screen: ip ? { host: ip, port: PORTS.graphical } : null,
    services: servicesOf(pod),
    uid: pod.metadata.uid,
    entries: { finished: ended.length, most: MAX_EPHEMERAL_CONTAINERS },
    home: homeIn(pod, account),
    shared: sharedOf(pod),
  };
}

/** Of its containers, at its address; none before it has one. */
export function servicesOf(pod: Pod): Services {
  const { podIP: host } = pod.status;
  const names = SERVICES.filter((name) => host && pod.spec.containers.some((one) => one.name === CONTAINERS[name]));
  return Object.fromEntries(names.map((name) => [name, { host: host ?? '', port: PORTS[name] }]));
}

/** The port of a service. `service_unavailable` if the desktop doesn't have it. */
export function portOf(pod: Pod, service: ServiceName): number {
  const endpoint = servicesOf(pod)[service];
  if (endpoint) return endpoint.port;
  throw new DeskpodError('service_unavailable', `This desktop doesn't have the service “${service}”.`, {
    remedy: `An administrator can add ${service} to kubernetes.services; new desktops have it.`,
  });
}

/** Whether its graphical container has run and the pod is not being removed. */
export function isThere({ pod }: Found): boolean {
  const state = statusOf(pod, CONTAINERS.graphical)?.state;
  return !pod.metadata.deletionTimestamp && (Boolean(state?.running ?? state?.terminated) || hasEnded(pod));
}

/** Whether it runs and is not being removed. */
export function isUsable({ pod }: Found): boolean {
  return !pod.metadata.deletionTimestamp && desktopState(pod) === 'running';
}

/**
 * Ended as soon as its graphical container ended, though Kubernetes restarts it: containers that joined its namespaces
 * are left in dead ones.
 */
function desktopState(pod: Pod): EngineDesktop['state'] {
  const graphical = statusOf(pod, CONTAINERS.graphical);
  return graphical?.state?.running && (graphical.restartCount ?? 0) === 0 && !hasEnded(pod) ? 'running' : 'ended';
}

/** The launches among a desktop's ephemeral containers, without those that are forgotten. */
export function ephemeralLaunches(desktop: Found): EngineLaunch[] {
  const { pod } = desktop;
  return (pod.spec.ephemeralContainers ?? [])
    .filter(({ name }) => isLaunchContainer(pod, name) && !isForgotten(pod, name))
    .map(({ name }) => toEphemeralLaunch(desktop, name));
}

export function isLaunchContainer(pod: Pod, name: string): boolean {
  const container = pod.spec.ephemeralContainers?.find((one) => one.name === name);
  return (
    readToolboxAnnotation(pod, name) === null && (container?.env?.some((variable) => variable.name === MARK) ?? false)
  );
}

export function toPodLaunch({ pod, desktopId, account }: Found): EngineLaunch {
  const { name } = pod.metadata;
  const status = statusOf(pod, mainOf(pod));
  return {
    id: name,
    desktopId,
    userId: account.userId,
    runtime: 'pod_application',
    status: toLaunchState(status, pod),
    startedAt: startOf(status) ?? pod.metadata.creationTimestamp,
    image: pod.spec.containers[0]?.image ?? '',
    imageDigest: digestOf(status),
    hostname: pod.spec.hostname ?? name,
    memoryKill: lostToMemory(status),
  };
}

export function toEphemeralLaunch({ pod, desktopId, account }: Found, id: string): EngineLaunch {
  const container = pod.spec.ephemeralContainers?.find(({ name }) => name === id);
  const status = statusOf(pod, id);
  return {
    id,
    desktopId,
    userId: account.userId,
    runtime: 'ephemeral_container',
    status: toLaunchState(status, null),
    startedAt: startOf(status) ?? pod.metadata.creationTimestamp,
    image: container?.image ?? '',
    imageDigest: digestOf(status),
    hostname: desktopId,
    memoryKill: lostToMemory(status),
  };
}

/** `pod`: the launch's own pod, which may be the only one to report its end. */
export function toLaunchState(status: ContainerStatus | undefined, pod: Pod | null): EngineLaunchState {
  const ended = status?.state?.terminated;
  if (ended) {
    return {
      state: 'finished',
      exitCode: ended.exitCode,
      // A program may lose a child to the limit and still succeed.
      outOfMemory: lostToMemory(status) && ended.exitCode !== 0,
      finishedAt: ended.finishedAt ?? new Date(),
      message: ended.message ?? null,
    };
  }
  if (pod !== null && hasEnded(pod)) {
    const message = [pod.status.reason, pod.status.message].filter(Boolean).join(': ');
    return { state: 'finished', exitCode: null, outOfMemory: false, finishedAt: new Date(), message: message || null };
  }
  if (status?.state?.running) return { state: 'running' };
  const waiting = waitingFor(status);
  const detail = waiting ? explain(waiting, status?.image ?? '') : pod && unscheduled(pod);
  return { state: 'starting', waiting: detail };
}

/** As the runtime reports it for a container that has ended, whatever its exit code. */
function lostToMemory(status: ContainerStatus | undefined): boolean {
  return status?.state?.terminated?.reason === 'OOMKilled';
}

export function isFinished(status: ContainerStatus | undefined, pod: Pod): boolean {
  return Boolean(status?.state?.terminated) || hasEnded(pod);
}

export function startOf(status: ContainerStatus | undefined): Date | undefined {
  return status?.state?.running?.startedAt ?? status?.state?.terminated?.startedAt ?? undefined;
}
