/** What all parts of the engine share, and lookups of managed pods in the view. */
import type { Account, DesktopCredentials, EngineEvents } from '#domain/ports/engine.ts';
import { DeskpodError } from '#domain/errors.ts';
import type { WindowManagerReady } from '#domain/ports/display.ts';
import type { ClusterApi } from './cluster/api.ts';
import type { EngineSettings } from './specs/desktop-pod.ts';
import type { ContainerRef } from './exec/exec.ts';
import { readPod } from './cluster/labels.ts';
import type { NodeQueries } from './exec/node-queries.ts';
import type { Pod } from './cluster/pod.ts';
import { CONTAINERS } from './cluster/ports.ts';
import type { View } from './cluster/view.ts';

export interface Context {
  readonly api: ClusterApi;
  readonly namespace: string;
  readonly settings: EngineSettings;
  readonly view: View;
  readonly nodeQueries: NodeQueries;
  /** By the uid of the desktop's pod. They never change. */
  readonly credentials: Map<string, DesktopCredentials>;
  readonly windowManagerReady: WindowManagerReady;
  readonly events: EngineEvents;
}

/** A managed pod with what its labels say. */
export interface Found {
  readonly pod: Pod;
  readonly desktopId: string;
  readonly account: Account;
}

export function findDesktop(context: Context, id: string): Found {
  const found = findPod(context, id, 'desktop');
  if (found === null) throw new DeskpodError('not_found', `There is no desktop ${id}.`);
  return found;
}

export function findPod(context: Context, name: string, kind: 'desktop' | 'launch'): Found | null {
  const pod = context.view.pod(name);
  const owned = pod && readPod(pod);
  return pod && owned && owned.kind !== 'pull' && owned.kind === kind
    ? { pod, desktopId: owned.desktopId, account: owned.account }
    : null;
}

export function* listPods(context: Context, kind: 'desktop' | 'launch'): Generator<Found> {
  for (const { metadata } of context.view.pods) {
    const found = findPod(context, metadata.name, kind);
    if (found) yield found;
  }
}

export function graphicalContainer(
  { api, namespace }: Pick<Context, 'api' | 'namespace'>,
  desktopId: string,
): ContainerRef {
  return { api, namespace, pod: desktopId, container: CONTAINERS.graphical };
}

/** `desktop_missing` when it is gone. */
export function requireDesktop(context: Context, desktopId: string): Found {
  const desktop = findPod(context, desktopId, 'desktop');
  if (!desktop) throw new DeskpodError('desktop_missing', `The desktop ${desktopId} is gone.`);
  return desktop;
}
