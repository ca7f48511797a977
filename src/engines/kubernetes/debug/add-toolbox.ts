/** Adding a toolbox to the pod of its target. */
import type { EngineToolbox, ToolboxSpec } from '#domain/ports/debug-engine.ts';
import { DeskpodError } from '#domain/errors.ts';
import { waitForStart } from '../pods/wait-started.ts';
import type { Context } from '../context.ts';
import { addEphemeralContainer, refuseFull } from '../pods/ephemeral-containers.ts';
import type { Pod } from '../cluster/pod.ts';
import { toEngineError, startFault } from './refusals.ts';
import { forgetToolbox } from './forgotten-toolboxes.ts';
import { readToolboxAnnotation, toolboxAnnotationPatch } from '../pods/toolbox-annotations.ts';
import { refuseEnded, type LocatedToolboxTarget, toolboxTarget } from './toolbox-target.ts';
import { toolboxContainer } from './toolbox-container.ts';
import { toToolbox } from './toolboxes.ts';

export async function addToolbox(
  context: Context,
  spec: ToolboxSpec,
  report: (waiting: string) => void,
  signal: AbortSignal,
): Promise<EngineToolbox> {
  const located = toolboxTarget(context, spec.target);
  const { found } = located.target;
  const { name: podName } = found.pod.metadata;
  refuseTaken(found.pod, spec.name);
  refuseFull(found.pod, 'use a toolbox that is running');
  const container = toolboxContainer(spec, located, context.settings.config);
  signal.throwIfAborted();
  await enter(context, spec, podName, container);
  await using undo = new AsyncDisposableStack();
  // Nothing removes it from the pod: it is forgotten, and ended should it start after all.
  undo.defer(() => forgetToolbox(context, podName, spec.name));
  const started = await start(context, spec, located, report, signal);
  undo.move();
  return toToolbox({ ...found, pod: started }, spec.name);
}

async function enter(
  context: Context,
  spec: ToolboxSpec,
  pod: string,
  container: ReturnType<typeof toolboxContainer>,
): Promise<void> {
  const { by, target, profile, shared } = spec;
  const asked = { what: `the toolbox ${spec.name}`, name: spec.name, pod, profile };
  try {
    await addEphemeralContainer(context, pod, container, { manager: 'deskpod-toolbox' });
    // Second, because a node acts on the first change of a pod at once and on the next one up to a second later.
    await annotation(context, pod, toolboxAnnotationPatch(spec.name, { by, target, profile, special: !shared }));
  } catch (error) {
    throw toEngineError(error, asked);
  }
}

async function start(
  context: Context,
  { name, target }: ToolboxSpec,
  { target: { found, container } }: LocatedToolboxTarget,
  report: (waiting: string) => void,
  signal: AbortSignal,
): Promise<Pod> {
  const what = `The toolbox ${name}`;
  const { name: pod } = found.pod.metadata;
  // The target may end meanwhile; then its pod starts nothing any more.
  const check = (now: Pod): void => {
    if (target.launchId !== undefined) refuseEnded(now, container);
  };
  try {
    return await waitForStart(context, { pod, container: name, what, check }, report, signal);
  } catch (error) {
    if (signal.aborted) throw signal.reason;
    throw startFault(error, what);
  }
}

async function annotation({ api, namespace }: Context, pod: string, body: object): Promise<void> {
  await api.patch((options) => api.core.patchNamespacedPod({ name: pod, namespace, body }, options));
}

function refuseTaken(pod: Pod, name: string): void {
  const { containers, ephemeralContainers } = pod.spec;
  const taken = [...containers, ...(ephemeralContainers ?? [])].some((one) => one.name === name);
  if (!taken && readToolboxAnnotation(pod, name) === null) return;
  throw new DeskpodError('name_taken', `There is a container ${name} in ${pod.metadata.name} already.`);
}
