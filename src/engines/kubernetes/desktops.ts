/** Desktops: made as a whole or not at all, listed from the view, and removed however much of them is left. */
import type { DesktopReport, DesktopSpec, EngineDesktop } from '#domain/engine.ts';
import { DeskpodError } from '#domain/errors.ts';
import { overdue, refuseRoot } from '../desktop-errors.ts';
import { hasStatus } from './api.ts';
import { type Access, makePolicy, makeSecrets, removeBelongings, removePolicy, removeSecretsOf } from './belongings.ts';
import { connectTo, screenAnswers } from './connect.ts';
import { allOf, type Context, desktopIn, graphicalOf, ofKind } from './context.ts';
import { isThere, toDesktop } from './describe.ts';
import { createPod } from './creation.ts';
import { desktopPod } from './desktop-pod.ts';
import { openDisplayByExec } from './display.ts';
import { ensureHome } from './homes.ts';
import { listensOnTcp } from './labels.ts';
import { reportLate } from './late.ts';
import { type Pod, statusOf } from './pod.ts';
import { CONTAINERS, PORTS } from './ports.ts';
import { progressOf } from './progress.ts';
import { removePod } from './removal.ts';

const READY_TIMEOUT_MS = 300_000;

export async function makeDesktop(
  context: Context,
  spec: DesktopSpec,
  report: DesktopReport,
  outer: AbortSignal,
): Promise<EngineDesktop> {
  refuseRoot(spec);
  const { api, namespace, around } = context;
  const signal = AbortSignal.any([outer, AbortSignal.timeout(READY_TIMEOUT_MS)]);
  await using undo = new AsyncDisposableStack();
  try {
    report('home');
    outer.throwIfAborted();
    await refuseTaken(context, spec.id, signal);
    await ensureHome(api, namespace, around.config.homes, spec.account, signal);
    undo.defer(() => removeBelongings(context, spec.id, spec.account));
    const access = await makeSecrets(context, spec, signal);
    signal.throwIfAborted();
    report('create');
    outer.throwIfAborted();
    const body = desktopPod(spec, around, new Date());
    // Not cut short by the signal: the server would finish it after we had cleaned up.
    const uid = await createPod(context, body);
    undo.defer(() => removePod(context, spec.id, uid));
    await makePolicy(context, { id: spec.id, uid }, signal);
    const pod = await running(context, spec, report, signal);
    context.accesses.set(uid, access);
    report('display');
    outer.throwIfAborted();
    const up = usable(context, { pod, access, report }, signal);
    await Promise.race([up, endsEarly(context, spec.id, signal)]);
    const found = desktopIn(context, spec.id);
    signal.throwIfAborted();
    undo.move();
    return toDesktop(found);
  } catch (error) {
    throw explained(error, spec, signal, outer);
  }
}

/** Those that are being made or removed are not told of. */
export function listDesktops(context: Context): EngineDesktop[] {
  return [...allOf(context, 'desktop')].filter(isThere).map(toDesktop);
}

/** Its app pods go with it, since it owns them; nothing here counts on that alone. */
export async function removeDesktop(context: Context, id: string, signal: AbortSignal): Promise<void> {
  const found = ofKind(context, id, 'desktop');
  context.looks.forget(id);
  const launches = [...allOf(context, 'launch')].filter(({ desktopId }) => desktopId === id);
  await Promise.all(launches.map(({ pod }) => removePod(context, pod.metadata.name, pod.metadata.uid)));
  if (found) {
    await removePod(context, id, found.pod.metadata.uid);
    context.accesses.delete(found.pod.metadata.uid);
    await removeBelongings(context, id, found.account);
  } else {
    await Promise.all([removeSecretsOf(context, id), removePolicyOf(context, id)]);
  }
  signal.throwIfAborted();
}

/** The policy is named as the desktop, so its pod must have been ours. */
async function removePolicyOf(context: Context, id: string): Promise<void> {
  if (context.view.pod(id) === null) await removePolicy(context, id).catch(() => {});
}

/** Whoever has the name, ours or not. */
async function refuseTaken({ api, namespace }: Context, name: string, signal: AbortSignal): Promise<void> {
  try {
    await api.call((options) => api.core.readNamespacedPod({ name, namespace }, options), signal);
  } catch (error) {
    if (hasStatus(error, 404)) return;
    throw error;
  }
  throw new DeskpodError('conflict', `A pod named ${name} exists already.`);
}

/** The pod once all its containers run; told on the way is what it waits for. */
async function running(context: Context, spec: DesktopSpec, report: DesktopReport, signal: AbortSignal): Promise<Pod> {
  const names = ['graphical' as const, ...context.around.config.services];
  let told: string | null = null;
  const stop = reportLate(
    context.view,
    spec.id,
    () => told !== null,
    (detail) => report('create', detail),
  );
  const up = context.view.until(
    spec.id,
    (pod) => {
      if (pod === null) return null;
      const all = names.map((name) =>
        progressOf(pod, CONTAINERS[name], name === 'graphical' ? 'The desktop' : `Its ${name} service`),
      );
      for (const progress of all) if (progress.state === 'failed') throw progress.error;
      const detail = all.find((one) => one.state === 'waiting' && one.detail !== null);
      if (detail?.state === 'waiting' && detail.detail !== null && detail.detail !== told)
        report('create', (told = detail.detail));
      return pod.status.podIP && all.every(({ state }) => state === 'started') ? pod : null;
    },
    signal,
  );
  return up.finally(stop);
}

interface Making {
  readonly pod: Pod;
  readonly access: Access;
  readonly report: DesktopReport;
}

async function usable(context: Context, { pod, access, report }: Making, signal: AbortSignal): Promise<void> {
  const host = pod.status.podIP ?? '';
  await screenAnswers({ host, port: PORTS.graphical }, signal);
  report('window_manager');
  signal.throwIfAborted();
  await context.windowManagerReady(() => connectDisplay(context, pod, signal), access.xCookie, signal);
  signal.throwIfAborted();
}

/** The display over TCP where it listens, else through a command inside. */
export async function connectDisplay(context: Context, pod: Pod, signal: AbortSignal) {
  const host = pod.status.podIP ?? '';
  return listensOnTcp(pod)
    ? await connectTo({ host, port: PORTS.display }, signal)
    : await openDisplayByExec(graphicalOf(context, pod.metadata.name), signal);
}

/** Rejects when the desktop ends before it was ready. */
async function endsEarly({ view }: Context, id: string, signal: AbortSignal): Promise<never> {
  return view.until<never>(
    id,
    (pod) => {
      const state = pod && statusOf(pod, CONTAINERS.graphical);
      if (pod === null) throw new DeskpodError('engine_unavailable', 'The desktop was removed while it started.');
      if (!state?.state?.terminated && (state?.restartCount ?? 0) === 0) return null;
      throw new DeskpodError(
        'engine_unavailable',
        `The desktop ended while it started. Its log: kubectl logs ${id} -c ${CONTAINERS.graphical}`,
      );
    },
    signal,
  );
}

function explained(error: unknown, spec: DesktopSpec, signal: AbortSignal, outer: AbortSignal): unknown {
  if (outer.aborted) return outer.reason;
  if (signal.aborted) return overdue(spec, READY_TIMEOUT_MS, error);
  if (error instanceof DeskpodError) return error;
  const words = error instanceof Error ? error.message : String(error);
  if (hasStatus(error, 409)) return new DeskpodError('conflict', `The name ${spec.id} is taken.`, { cause: error });
  if (hasStatus(error, 403) && /PodSecurity/.test(words)) {
    const folder = /hostPath/.test(words)
      ? ' Homes in folders of the node (hostPath) need a namespace that admits them.'
      : '';
    return new DeskpodError('engine_unavailable', `The namespace does not admit the desktop: ${words}`, {
      remedy: `Change the namespace's label pod-security.kubernetes.io/enforce, or the configuration.${folder}`,
      cause: error,
    });
  }
  return new DeskpodError('engine_unavailable', `The desktop ${spec.id} could not be made: ${words}`, { cause: error });
}
