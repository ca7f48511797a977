/** What the parts of the engine share, and how its objects are found in the view. */
import type { Account, Entries } from '#domain/engine.ts';
import { DeskpodError } from '#domain/errors.ts';
import type { WindowManagerReady } from '../open.ts';
import type { ClusterApi } from './api.ts';
import type { Access } from './belongings.ts';
import type { Surroundings } from './desktop-pod.ts';
import type { ExecPlace } from './exec.ts';
import { readPod } from './labels.ts';
import type { Looks } from './look.ts';
import type { Pod } from './pod.ts';
import { CONTAINERS } from './ports.ts';
import type { View } from './view.ts';

export interface Context {
  readonly api: ClusterApi;
  readonly namespace: string;
  readonly around: Surroundings;
  readonly view: View;
  readonly looks: Looks;
  /** Of desktops by the uid of their pod: they never change. */
  readonly accesses: Map<string, Access>;
  readonly windowManagerReady: WindowManagerReady;
}

/** A pod of ours with what its labels say. */
export interface Found {
  readonly pod: Pod;
  readonly desktopId: string;
  readonly account: Account;
}

/** Past this many the object grows so large that every change of it is felt; the store of a cluster takes 1.5 MB. */
export const MOST_ENTRIES: NonNullable<Entries['most']> = 100;

export function desktopIn(context: Context, id: string): Found {
  const found = ofKind(context, id, 'desktop');
  if (found === null) throw new DeskpodError('not_found', `There is no desktop ${id}.`);
  return found;
}

export function ofKind(context: Context, name: string, kind: 'desktop' | 'launch'): Found | null {
  const pod = context.view.pod(name);
  const ours = pod && readPod(pod);
  return pod && ours && ours.kind !== 'pull' && ours.kind === kind
    ? { pod, desktopId: ours.desktopId, account: ours.account }
    : null;
}

export function* allOf(context: Context, kind: 'desktop' | 'launch'): Generator<Found> {
  for (const { metadata } of context.view.pods) {
    const found = ofKind(context, metadata.name, kind);
    if (found) yield found;
  }
}

export function graphicalOf({ api, namespace }: Pick<Context, 'api' | 'namespace'>, desktopId: string): ExecPlace {
  return { api, namespace, pod: desktopId, container: CONTAINERS.graphical };
}
