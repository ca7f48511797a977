/** Starting a copy of a launch beside the desktop. The original is read and never touched. */
import type { V1Pod } from '@kubernetes/client-node';
import type { CopySpec } from '#domain/debug/engine.ts';
import type { EngineLaunch } from '#domain/engine.ts';
import { DeskpodError } from '#domain/errors.ts';
import { hasStatus } from '../api.ts';
import { begun } from '../begun.ts';
import { type Context, desktopIn, type Found } from '../context.ts';
import { createPod } from '../creation.ts';
import { toPodLaunch } from '../describe.ts';
import { COPY_OF } from '../labels.ts';
import { appPod, type LaunchDesktop } from '../launch-pod.ts';
import { isBeside, placeOf } from '../places.ts';
import { removePod } from '../removal.ts';
import { runningDesktop } from '../running-desktop.ts';
import { COPY_PROFILES, copyPod } from './copy-pod.ts';
import { explained, startFault } from './faults.ts';

/** `not_found` when there is no such launch; else fails as a launch does, and with `profile_refused`. */
export async function copy(
  context: Context,
  spec: CopySpec,
  report: (waiting: string) => void,
  signal: AbortSignal,
): Promise<EngineLaunch> {
  const { id: name, desktopId, appName } = spec.launch;
  desktopIn(context, desktopId);
  const { found } = placeOf(context, { desktopId, launchId: spec.of });
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
    const pod = await begun(context, { pod: name, container, what: appName }, report, signal);
    undo.move();
    return toPodLaunch({ pod, desktopId, account: desktop.account });
  } catch (error) {
    if (signal.aborted) throw signal.reason;
    throw startFault(error, `The copy ${name}`);
  }
}

/** A plain one with each of kubectl's profiles, from its default on: the first that is admitted is made. */
async function ofPod(context: Context, spec: CopySpec, found: Found, desktop: LaunchDesktop): Promise<V1Pod[]> {
  const { api, namespace } = context;
  const place = { namespace, account: desktop.account, desktop };
  const name = found.pod.metadata.name;
  try {
    const original = await api.call((options) => api.core.readNamespacedPod({ name, namespace }, options));
    const profiles = spec.plain ? COPY_PROFILES : COPY_PROFILES.slice(0, 1);
    return profiles.map((profile) => copyPod(original, spec, profile, place));
  } catch (cause) {
    if (hasStatus(cause, 404)) throw new DeskpodError('not_found', `There is no launch ${name}.`, { cause });
    throw cause;
  }
}

/** No pod of its own could be copied: it becomes one, over TCP. */
function ofEntry({ namespace, around }: Context, spec: CopySpec, { pod }: Found, desktop: LaunchDesktop): V1Pod {
  const { metadata = {}, spec: made, ...head } = appPod(spec.launch, desktop, namespace, around.config);
  if (made === undefined) throw new TypeError('a pod of ours has a spec');
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
      refused = explained(error, asked);
      if (!(refused instanceof DeskpodError) || refused.code !== 'profile_refused') throw refused;
    }
  }
  throw refused;
}
