/** Starting a launch: as an ephemeral container of the desktop's pod, or as a pod beside it. */
import type { EngineLaunch, LaunchSpec } from '#domain/ports/engine-launch.ts';
import { DeskpodError, messageOf } from '#domain/errors.ts';
import { hasStatus } from '../cluster/api-fault.ts';
import { type Context, requireDesktop, findPod } from '../context.ts';
import { runningDesktop } from '../desktops/running-desktop.ts';
import { createPod } from '../pods/creation.ts';
import { toEphemeralLaunch, toPodLaunch } from '../pods/describe.ts';
import { addEphemeralContainer, refuseFull } from '../pods/ephemeral-containers.ts';
import { removePod } from '../pods/removal.ts';
import { findDesktopForLaunch } from '../pods/targets.ts';
import { waitForStart } from '../pods/wait-started.ts';
import { appPod, ephemeralContainer } from '../specs/launch-pod.ts';
import { removeLaunch } from './remove.ts';

type Report = (waiting: string) => void;

export async function launch(
  context: Context,
  spec: LaunchSpec,
  report: Report,
  signal: AbortSignal,
): Promise<EngineLaunch> {
  const start = spec.runtime === 'ephemeral_container' ? launchInside : launchBeside;
  try {
    return await start(context, spec, report, signal);
  } catch (error) {
    throw toLaunchError(context, error, spec, signal);
  }
}

async function launchInside(
  context: Context,
  spec: LaunchSpec,
  report: Report,
  signal: AbortSignal,
): Promise<EngineLaunch> {
  const desktop = await runningDesktop(context, spec.desktopId);
  signal.throwIfAborted();
  const container = ephemeralContainer(spec, desktop, context.settings.config);
  const { pod } = findDesktopForLaunch(context, spec);
  refuseFull(pod, 'run this app as a pod');
  await addEphemeralContainer(context, spec.desktopId, container, { manager: 'deskpod-launch' });
  await using undo = new AsyncDisposableStack();
  // Nothing removes it from the pod: it is forgotten, and ended should it start after all.
  undo.defer(() => removeLaunch(context, spec.id));
  const target = { pod: spec.desktopId, container: spec.id, what: spec.appName };
  const started = await waitForStart(context, target, report, signal);
  undo.move();
  return toEphemeralLaunch({ ...requireDesktop(context, spec.desktopId), pod: started }, spec.id);
}

async function launchBeside(
  context: Context,
  spec: LaunchSpec,
  report: Report,
  signal: AbortSignal,
): Promise<EngineLaunch> {
  const desktop = await runningDesktop(context, spec.desktopId);
  signal.throwIfAborted();
  const { namespace, settings } = context;
  const body = appPod(spec, desktop, namespace, settings.config);
  await using undo = new AsyncDisposableStack();
  // The signal does not cut this short: the API server would finish it after the clean-up.
  const uid = await createPod(context, body);
  undo.defer(() => removePod(context, spec.id, uid));
  const pod = await waitForStart(context, { pod: spec.id, container: spec.id, what: spec.appName }, report, signal);
  undo.move();
  return toPodLaunch({ pod, desktopId: desktop.id, account: desktop.account });
}

function toLaunchError(context: Context, error: unknown, spec: LaunchSpec, signal: AbortSignal): unknown {
  if (signal.aborted) return signal.reason;
  if (error instanceof DeskpodError) return error;
  const cause = { cause: error };
  if (hasStatus(error, 409)) return new DeskpodError('name_taken', `A pod named ${spec.id} exists already.`, cause);
  if (hasStatus(error, 404) || findPod(context, spec.desktopId, 'desktop') === null) {
    const message = `The desktop ${spec.desktopId} ended before ${spec.appName} started.`;
    return new DeskpodError('desktop_missing', message, cause);
  }
  return new DeskpodError('app_unavailable', `${spec.appName} could not be started: ${messageOf(error)}`, cause);
}
