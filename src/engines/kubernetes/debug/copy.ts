/** Starting a copy of a launch beside the desktop. The original is read and never touched. */
import type { V1Pod } from '@kubernetes/client-node';
import type { CopySpec } from '#domain/ports/debug-engine.ts';
import type { EngineLaunch } from '#domain/ports/engine-launch.ts';
import { DeskpodError } from '#domain/errors.ts';
import { hasStatus } from '../cluster/api-fault.ts';
import { waitForStart } from '../pods/wait-started.ts';
import { type Context, findDesktop, type Found } from '../context.ts';
import { createPod } from '../pods/creation.ts';
import { toPodLaunch } from '../pods/describe.ts';
import { COPY_OF } from '../cluster/labels.ts';
import { appPod, type LaunchDesktop } from '../specs/launch-pod.ts';
import { isBeside, findTarget } from '../pods/targets.ts';
import { removePod } from '../pods/removal.ts';
import { runningDesktop } from '../desktops/running-desktop.ts';
import { COPY_PROFILES, copyPod } from './copy-pod.ts';
import { toEngineError, startFault } from './refusals.ts';

/** `not_found` when there is no such launch; else fails as a launch does, and with `profile_refused`. */
export async function copy(
  context: Context,
  spec: CopySpec,
  report: (waiting: string) => void,
  signal: AbortSignal,
): Promise<EngineLaunch> {
  const { id: name, desktopId, appName } = spec.launch;
  findDesktop(context, desktopId);
  const { found } = findTarget(context, { desktopId, launchId: spec.of });
  const desktop = await runningDesktop(context, desktopId);
  const bodies = isBeside(found)
    ? await ofPod(context, spec, found, desktop)
    : [ofEntry(context, spec, found, desktop)];
  signal.throwIfAborted();
  await using undo = new AsyncDisposableStack();
  const uid = await createFirst(context, spec, bodies);
  undo.defer(() => removePod(context, name, uid));
  try {
    // A copy keeps the name of the original's container.
    const container = bodies[0]?.spec?.containers[0]?.name ?? name;
    const pod = await waitForStart(context, { pod: name, container, what: appName }, report, signal);
    undo.move();
    return toPodLaunch({ pod, desktopId, account: desktop.account });
  } catch (error) {
    if (signal.aborted) throw signal.reason;
    throw startFault(error, `The copy ${name}`);
  }
}

/** A plain copy with each of kubectl's profiles, its default first: the first that is admitted is created. */
async function ofPod(context: Context, spec: CopySpec, found: Found, desktop: LaunchDesktop): Promise<V1Pod[]> {
  const { api, namespace } = context;
  const scope = { namespace, account: desktop.account, desktop };
  const name = found.pod.metadata.name;
  try {
    const original = await api.call((options) => api.core.readNamespacedPod({ name, namespace }, options));
    const profiles = spec.plain ? COPY_PROFILES : COPY_PROFILES.slice(0, 1);
    return profiles.map((profile) => copyPod(original, spec, profile, scope));
  } catch (cause) {
    if (hasStatus(cause, 404)) throw new DeskpodError('not_found', `There is no launch ${name}.`, { cause });
    throw cause;
  }
}

/** An ephemeral launch has no pod to copy: the copy becomes a pod application, with its display over TCP. */
function ofEntry({ namespace, settings }: Context, spec: CopySpec, { pod }: Found, desktop: LaunchDesktop): V1Pod {
  const { metadata = {}, spec: made, ...head } = appPod(spec.launch, desktop, namespace, settings.config);
  if (made === undefined) throw new TypeError('an app pod has a spec');
  const { annotations, ...named } = metadata;
  const { shareProcessNamespace: _usual, ...kept } = made;
  const node = spec.sameNode && pod.spec.nodeName ? { nodeName: pod.spec.nodeName } : {};
  return {
    ...head,
    metadata: { ...named, annotations: { ...annotations, [COPY_OF]: spec.of } },
    spec: { ...kept, shareProcessNamespace: spec.shareProcesses, ...node },
  };
}

async function createFirst(context: Context, spec: CopySpec, bodies: readonly V1Pod[]): Promise<string> {
  const name = spec.launch.id;
  const asked = { what: `the copy ${name}`, name, pod: spec.of, profile: null };
  let refused: unknown = null;
  for (const body of bodies) {
    try {
      return await createPod(context, body);
    } catch (error) {
      refused = toEngineError(error, asked);
      if (!(refused instanceof DeskpodError) || refused.code !== 'profile_refused') throw refused;
    }
  }
  throw refused;
}
