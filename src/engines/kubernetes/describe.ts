/** Desktops and launches as the port tells of them, from the pods that they are: pure. */
import type { EngineDesktop, EngineLaunch, EngineLaunchState } from '#domain/engine.ts';
import type { Environment } from '#protocol/app.ts';
import { type Found, MOST_ENTRIES } from './context.ts';
import { noteOf } from './debug/notes.ts';
import { isForgotten, regionalOf } from './labels.ts';
import { type ContainerStatus, digestOf, mainOf, type Pod, statusOf, unscheduled, waitingFor } from './pod.ts';
import { CONTAINERS, PORTS } from './ports.ts';
import { explain } from './progress.ts';

/** What tells a launch among the ephemeral containers of a pod from what administrators add with `kubectl debug`. */
const MARK = 'ABCDESKTOP_EXECUTE_RUNTIME';

export function toDesktop({ pod, account }: Found): EngineDesktop {
  const { podIP: ip } = pod.status;
  const node = pod.spec.nodeName ?? 'no node yet';
  const ended = (pod.status.ephemeralContainerStatuses ?? []).filter(
    ({ name, state }) => state?.terminated && isLaunchEntry(pod, name),
  );
  return {
    id: pod.metadata.name,
    userId: account.userId,
    state: desktopState(pod),
    createdAt: pod.metadata.creationTimestamp,
    regional: regionalOf(pod),
    address: ip ?? null,
    place: ip ? `${node} (${ip})` : node,
    screen: ip ? { host: ip, port: PORTS.graphical } : null,
    uid: pod.metadata.uid,
    entries: { finished: ended.length, most: MOST_ENTRIES },
  };
}

/** Whether its graphical container ran at some time and nobody removes it. */
export function isThere({ pod }: Found): boolean {
  const state = statusOf(pod, CONTAINERS.graphical)?.state;
  return !pod.metadata.deletionTimestamp && (Boolean(state?.running ?? state?.terminated) || isOver(pod));
}

/**
 * Ended as soon as its graphical container did, though Kubernetes starts that again: what had joined its namespaces is
 * left in dead ones.
 */
function desktopState(pod: Pod): EngineDesktop['state'] {
  const graphical = statusOf(pod, CONTAINERS.graphical);
  return graphical?.state?.running && (graphical.restartCount ?? 0) === 0 && !isOver(pod) ? 'running' : 'ended';
}

/** The launches among a desktop's ephemeral containers, without those that are forgotten. */
export function entriesOf(desktop: Found): EngineLaunch[] {
  const { pod } = desktop;
  return (pod.spec.ephemeralContainers ?? [])
    .filter(({ name }) => isLaunchEntry(pod, name) && !isForgotten(pod, name))
    .map(({ name }) => toEntryLaunch(desktop, name));
}

export function isLaunchEntry(pod: Pod, name: string): boolean {
  const entry = pod.spec.ephemeralContainers?.find((one) => one.name === name);
  return noteOf(pod, name) === null && (entry?.env?.some((variable) => variable.name === MARK) ?? false);
}

export function toPodLaunch({ pod, desktopId, account }: Found): EngineLaunch {
  const { name } = pod.metadata;
  const status = statusOf(pod, mainOf(pod));
  return {
    id: name,
    desktopId,
    userId: account.userId,
    runtime: 'pod_application',
    status: stateOf(status, pod),
    startedAt: startOf(status) ?? pod.metadata.creationTimestamp,
    image: pod.spec.containers[0]?.image ?? '',
    imageDigest: digestOf(status),
    hostname: pod.spec.hostname ?? name,
  };
}

export function toEntryLaunch({ pod, desktopId, account }: Found, id: string): EngineLaunch {
  const entry = pod.spec.ephemeralContainers?.find(({ name }) => name === id);
  const status = statusOf(pod, id);
  return {
    id,
    desktopId,
    userId: account.userId,
    runtime: 'ephemeral_container',
    status: stateOf(status, null),
    startedAt: startOf(status) ?? pod.metadata.creationTimestamp,
    image: entry?.image ?? '',
    imageDigest: digestOf(status),
    hostname: desktopId,
  };
}

/** `pod`: the launch's own, whose end may be known only from itself. */
export function stateOf(status: ContainerStatus | undefined, pod: Pod | null): EngineLaunchState {
  const ended = status?.state?.terminated;
  if (ended) {
    return {
      state: 'finished',
      exitCode: ended.exitCode,
      outOfMemory: ended.reason === 'OOMKilled',
      finishedAt: ended.finishedAt ?? new Date(),
      message: ended.message ?? null,
    };
  }
  if (pod !== null && isOver(pod)) {
    const message = [pod.status.reason, pod.status.message].filter(Boolean).join(': ');
    return { state: 'finished', exitCode: null, outOfMemory: false, finishedAt: new Date(), message: message || null };
  }
  if (status?.state?.running) return { state: 'running' };
  const waiting = waitingFor(status);
  const detail = waiting ? explain(waiting, status?.image ?? '') : pod && unscheduled(pod);
  return { state: 'starting', waiting: detail };
}

export function isFinished(status: ContainerStatus | undefined, pod: Pod): boolean {
  return Boolean(status?.state?.terminated) || isOver(pod);
}

export function isOver({ status: { phase } }: Pod): boolean {
  return phase === 'Failed' || phase === 'Succeeded';
}

export function startOf(status: ContainerStatus | undefined): Date | undefined {
  return status?.state?.running?.startedAt ?? status?.state?.terminated?.startedAt ?? undefined;
}

export function environmentOf(env: Pod['spec']['containers'][number]['env']): Environment {
  // As it was asked for: `$$` stands for one dollar.
  return Object.fromEntries((env ?? []).map(({ name, value }) => [name, (value ?? '').replaceAll('$$(', '$(')]));
}
