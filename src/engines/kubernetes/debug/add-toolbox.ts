/** Putting a toolbox beside what it looks into. */
import type { EngineToolbox, ToolboxSpec } from '#domain/debug/engine.ts';
import { DeskpodError } from '#domain/errors.ts';
import { begun } from '../begun.ts';
import { type Context, MOST_ENTRIES } from '../context.ts';
import { addEntry } from '../entries.ts';
import type { Pod } from '../pod.ts';
import { explained, startFault } from './faults.ts';
import { giveUp } from './give-up.ts';
import { noteOf, noting } from './notes.ts';
import { refuseEnded, type Seen, sightOf } from './sight.ts';
import { toolboxContainer } from './toolbox-container.ts';
import { toToolbox } from './toolboxes.ts';

export async function addToolbox(
  context: Context,
  spec: ToolboxSpec,
  report: (waiting: string) => void,
  signal: AbortSignal,
): Promise<EngineToolbox> {
  const sight = sightOf(context, spec.target);
  const { found } = sight.place;
  const { name: podName } = found.pod.metadata;
  refuseTaken(found.pod, spec.name);
  refuseFull(found.pod);
  const entry = toolboxContainer(spec, sight, context.around.config);
  signal.throwIfAborted();
  await enter(context, spec, podName, entry);
  await using undo = new AsyncDisposableStack();
  // An entry never goes; one that nobody waits for any more is ended if it comes up after all.
  undo.defer(() => giveUp(context, podName, spec.name));
  const started = await start(context, spec, sight, report, signal);
  undo.move();
  return toToolbox({ ...found, pod: started }, spec.name);
}

async function enter(
  context: Context,
  spec: ToolboxSpec,
  pod: string,
  entry: ReturnType<typeof toolboxContainer>,
): Promise<void> {
  const { by, target, profile, plain, command, env, custom } = spec;
  const special = plain || command.length > 0 || Object.keys(env).length > 0 || custom !== null;
  const asked = { what: `the toolbox ${spec.name}`, name: spec.name, pod, profile };
  try {
    await addEntry(context, pod, entry, { manager: 'deskpod-toolbox' });
    // Not before: a node acts on the first change of a pod at once, and on the next one up to a second later.
    await note(context, pod, noting(spec.name, { by, target, profile, special }));
  } catch (error) {
    throw explained(error, asked);
  }
}

async function start(
  context: Context,
  { name, target }: ToolboxSpec,
  { place: { found, container } }: Seen,
  report: (waiting: string) => void,
  signal: AbortSignal,
): Promise<Pod> {
  const what = `The toolbox ${name}`;
  const { name: pod } = found.pod.metadata;
  // What it looks into may end in between; then a pod of its own starts nothing any more.
  const look = (now: Pod): void => {
    if (target.launchId !== undefined) refuseEnded(now, container);
  };
  try {
    return await begun(context, { pod, container: name, what, look }, report, signal);
  } catch (error) {
    if (signal.aborted) throw signal.reason;
    throw startFault(error, what);
  }
}

async function note({ api, namespace }: Context, pod: string, body: object): Promise<void> {
  await api.patch((options) => api.core.patchNamespacedPod({ name: pod, namespace, body }, options));
}

function refuseTaken(pod: Pod, name: string): void {
  const { containers, ephemeralContainers } = pod.spec;
  const taken = [...containers, ...(ephemeralContainers ?? [])].some((one) => one.name === name);
  if (!taken && noteOf(pod, name) === null) return;
  throw new DeskpodError('name_taken', `There is a container ${name} in ${pod.metadata.name} already.`);
}

function refuseFull({ spec, metadata }: Pod): void {
  if ((spec.ephemeralContainers?.length ?? 0) < MOST_ENTRIES) return;
  throw new DeskpodError(
    'limit_reached',
    `${metadata.name} has had ${MOST_ENTRIES} containers added to it, and a cluster keeps every one of them in its pod.`,
    { remedy: 'Compact the desktop, or use a toolbox that runs.' },
  );
}
