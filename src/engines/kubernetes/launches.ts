/** Launches: entries in a desktop's pod or pods beside it; started, described, stopped, and forgotten. */
import type { Engine, EngineLaunch, LaunchSpec } from '#domain/engine.ts';
import { DeskpodError } from '#domain/errors.ts';
import type { Environment } from '#protocol/app.ts';
import { hasStatus } from './api.ts';
import { begun } from './begun.ts';
import { createPod } from './creation.ts';
import { allOf, type Context, type Found, graphicalOf, MOST_ENTRIES, ofKind } from './context.ts';
import { entriesOf, environmentOf, isFinished, isLaunchEntry, toEntryLaunch, toPodLaunch } from './describe.ts';
import { addEntry } from './entries.ts';
import { forgetting, isForgotten } from './labels.ts';
import { appPod, ephemeralContainer, type LaunchDesktop } from './launch-pod.ts';
import { containerIdOf, mainOf, statusOf } from './pod.ts';
import { removePod } from './removal.ts';
import { foundDesktop, runningDesktop } from './running-desktop.ts';
import { endPod, endProcesses } from './stop.ts';

export const ENDED_TIMEOUT_MS = 15_000;

export async function launch(
  context: Context,
  spec: LaunchSpec,
  report: Parameters<Engine['launch']>[1],
  signal: AbortSignal,
): Promise<EngineLaunch> {
  const desktop = await runningDesktop(context, spec.desktopId);
  signal.throwIfAborted();
  try {
    return spec.runtime === 'ephemeral_container'
      ? await launchInside(context, spec, desktop, report, signal)
      : await launchBeside(context, spec, desktop, report, signal);
  } catch (error) {
    throw explained(context, error, spec, signal);
  }
}

async function launchInside(
  context: Context,
  spec: LaunchSpec,
  desktop: LaunchDesktop,
  report: (waiting: string) => void,
  signal: AbortSignal,
): Promise<EngineLaunch> {
  const { around } = context;
  const entry = ephemeralContainer(spec, desktop, around.config);
  refuseFull(context, spec.desktopId);
  refuseTaken(context, spec);
  await addEntry(context, spec.desktopId, entry, { manager: 'deskpod-launch' });
  await using undo = new AsyncDisposableStack();
  // An entry never goes; one that nobody waits for any more is forgotten, and ended if it comes up after all.
  undo.defer(() => removeLaunch(context, spec.id));
  const started = await begun(context, { pod: spec.desktopId, container: spec.id, what: spec.appName }, report, signal);
  undo.move();
  return toEntryLaunch({ ...foundDesktop(context, spec.desktopId), pod: started }, spec.id);
}

async function launchBeside(
  context: Context,
  spec: LaunchSpec,
  desktop: LaunchDesktop,
  report: (waiting: string) => void,
  signal: AbortSignal,
): Promise<EngineLaunch> {
  const { namespace, around } = context;
  const body = appPod(spec, desktop, namespace, around.config);
  await using undo = new AsyncDisposableStack();
  // Not cut short by the signal: the server would finish it after we had cleaned up.
  const uid = await createPod(context, body);
  undo.defer(() => removePod(context, spec.id, uid));
  const pod = await begun(context, { pod: spec.id, container: spec.id, what: spec.appName }, report, signal);
  undo.move();
  return toPodLaunch({ pod, desktopId: desktop.id, account: desktop.account });
}

export function listLaunches(context: Context, desktopId?: string): EngineLaunch[] {
  const inside = [...allOf(context, 'desktop')]
    .filter(
      ({ pod, desktopId: id }) => !pod.metadata.deletionTimestamp && (desktopId === undefined || id === desktopId),
    )
    .flatMap(entriesOf);
  const beside = [...allOf(context, 'launch')]
    .filter(
      ({ pod, desktopId: id }) => !pod.metadata.deletionTimestamp && (desktopId === undefined || id === desktopId),
    )
    .map(toPodLaunch);
  return [...inside, ...beside];
}

export function launchEnvironment(context: Context, id: string): Environment {
  const container = knownEntry(context, id)?.entry ?? ofKind(context, id, 'launch')?.pod.spec.containers[0];
  if (!container) throw new DeskpodError('not_found', `There is no launch ${id}.`);
  return environmentOf(container.env);
}

export async function stopLaunch(context: Context, id: string, graceMs: number, signal: AbortSignal): Promise<void> {
  const inside = entryOf(context, id);
  if (inside) return stopEntry(context, inside.desktop, id, graceMs, signal);
  const beside = ofKind(context, id, 'launch');
  if (!beside) return;
  const main = mainOf(beside.pod);
  if (isFinished(statusOf(beside.pod, main), beside.pod)) return;
  await endPod(context.api, context.namespace, id, signal);
  await ended(context, id, main, AbortSignal.any([signal, AbortSignal.timeout(graceMs + ENDED_TIMEOUT_MS)]));
}

async function stopEntry(
  context: Context,
  { pod }: Found,
  id: string,
  graceMs: number,
  signal: AbortSignal,
): Promise<void> {
  const status = statusOf(pod, id);
  const containerId = containerIdOf(status);
  if (!status?.state?.running || containerId === null) return;
  await endProcesses(graphicalOf(context, pod.metadata.name), containerId, graceMs, signal);
  // The cluster notices a moment after the kernel.
  await ended(context, pod.metadata.name, id, AbortSignal.any([signal, AbortSignal.timeout(ENDED_TIMEOUT_MS)]));
}

export async function ended({ view }: Context, pod: string, container: string, signal: AbortSignal): Promise<void> {
  await view.until(
    pod,
    (now) =>
      now === null || now.metadata.deletionTimestamp || isFinished(statusOf(now, container), now) ? true : null,
    signal,
  );
}

export async function removeLaunch(context: Context, id: string): Promise<void> {
  const beside = ofKind(context, id, 'launch');
  if (beside) return removePod(context, id, beside.pod.metadata.uid);
  const inside = entryOf(context, id);
  if (!inside) return;
  const { api, namespace, view } = context;
  const name = inside.desktop.pod.metadata.name;
  try {
    const body = forgetting(id, new Date());
    await api.patch((options) => api.core.patchNamespacedPod({ name, namespace, body }, options));
  } catch (error) {
    if (hasStatus(error, 404)) return;
    throw error;
  }
  await view.until(name, (pod) => pod === null || isForgotten(pod, id) || null, AbortSignal.timeout(ENDED_TIMEOUT_MS));
  await endForgotten(context, id);
}

/** One that is forgotten may still run, or come up when its image is there at last. */
export async function endForgotten(context: Context, id: string): Promise<void> {
  const inside = entryOf(context, id);
  if (inside && isForgotten(inside.desktop.pod, id)) {
    await stopEntry(context, inside.desktop, id, 0, AbortSignal.timeout(ENDED_TIMEOUT_MS)).catch(() => {});
  }
}

/** Ids of forgotten launches that run. */
export function* forgottenThatRun({ pod }: Found): Generator<string> {
  for (const { name, state } of pod.status.ephemeralContainerStatuses ?? []) {
    if (state?.running && isForgotten(pod, name) && isLaunchEntry(pod, name)) yield name;
  }
}

/** An ephemeral launch by its id, wherever it is. */
function entryOf(context: Context, id: string) {
  for (const desktop of allOf(context, 'desktop')) {
    const entry = desktop.pod.spec.ephemeralContainers?.find(({ name }) => name === id);
    if (entry && isLaunchEntry(desktop.pod, id)) return { desktop, entry };
  }
  return null;
}

/** As {@link entryOf}, but one that is forgotten is not there. */
export function knownEntry(context: Context, id: string) {
  const found = entryOf(context, id);
  return found && !isForgotten(found.desktop.pod, id) ? found : null;
}

function refuseFull(context: Context, desktopId: string): void {
  const { pod } = foundDesktop(context, desktopId);
  if ((pod.spec.ephemeralContainers?.length ?? 0) < MOST_ENTRIES) return;
  throw new DeskpodError(
    'limit_reached',
    `This desktop has had ${MOST_ENTRIES} launches inside it, and a cluster keeps every one of them in its pod.`,
    {
      remedy: 'Rebuild the desktop, or run this one as a pod.',
    },
  );
}

/** Also by what is no launch: a toolbox, or something that others added. */
function refuseTaken(context: Context, { id, desktopId }: LaunchSpec): void {
  const { ephemeralContainers } = foundDesktop(context, desktopId).pod.spec;
  if (!entryOf(context, id) && !ephemeralContainers?.some(({ name }) => name === id)) return;
  throw new DeskpodError('name_taken', `The desktop has a launch or toolbox ${id} already.`);
}

function explained(context: Context, error: unknown, spec: LaunchSpec, signal: AbortSignal): unknown {
  if (signal.aborted) return signal.reason;
  if (error instanceof DeskpodError) return error;
  const words = error instanceof Error ? error.message : String(error);
  if (hasStatus(error, 409))
    return new DeskpodError('name_taken', `A pod named ${spec.id} exists already.`, { cause: error });
  if (hasStatus(error, 404) || ofKind(context, spec.desktopId, 'desktop') === null) {
    return new DeskpodError('desktop_missing', `The desktop ${spec.desktopId} ended before ${spec.appName} started.`, {
      cause: error,
    });
  }
  return new DeskpodError('app_unavailable', `${spec.appName} could not be started: ${words}`, { cause: error });
}
