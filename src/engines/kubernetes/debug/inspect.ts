/** The containers inside and beside a desktop, each with its state in the cluster. */
import type { Inspection, InspectedContainer } from '#protocol/inspect.ts';
import { maskSecrets } from '#domain/launches/environment.ts';
import { type Context, findDesktop, type Found } from '../context.ts';
import { MAX_EPHEMERAL_CONTAINERS } from '../pods/ephemeral-containers.ts';
import { isLaunchContainer } from '../pods/describe.ts';
import { isBeside, podsOf, shownName } from '../pods/targets.ts';
import { type Container, containerIdOf, environmentOf, mainOf, type Pod, statusOf } from '../cluster/pod.ts';
import { CONTAINERS } from '../cluster/ports.ts';
import { commandsOf } from './commands.ts';
import { addedBy, isOwnToolbox, readToolboxAnnotation } from '../pods/toolbox-annotations.ts';
import { firstOf, processesOf } from './proc.ts';
import { ignore } from '#protocol/ignore.ts';

/** etcd's default limit for one object (`--max-request-bytes`). */
const MOST_BYTES = 1.5 * 1024 * 1024;

export async function inspect(context: Context, desktopId: string): Promise<Inspection> {
  const { pod, account } = findDesktop(context, desktopId);
  // Without an answer of the desktop, states are still known.
  const lines = await context.nodeQueries
    .answer(desktopId, 'processes')
    .catch(ignore('the desktop does not answer; the cluster knows its states', []));
  const pids = firstOf(processesOf(lines));
  const finished = (pod.status.ephemeralContainerStatuses ?? []).filter(({ state }) => state?.terminated);
  return {
    desktopId,
    userId: account.userId,
    containers: podsOf(context, desktopId).flatMap((found) => containersOf(context, found, pids)),
    entries: { finished: finished.length, most: MAX_EPHEMERAL_CONTAINERS },
    size: { bytes: Buffer.byteLength(JSON.stringify(pod)), most: MOST_BYTES },
  };
}

function containersOf(context: Context, found: Found, pids: ReadonlyMap<string, number>): InspectedContainer[] {
  const { containers, ephemeralContainers } = found.pod.spec;
  return [...containers, ...(ephemeralContainers ?? [])].map((one) => containerOf(context, found, one, pids));
}

function containerOf(
  { namespace, settings }: Context,
  found: Found,
  container: Container,
  pids: ReadonlyMap<string, number>,
): InspectedContainer {
  const { pod } = found;
  const { name } = container;
  const { registry, tag } = settings.config.images;
  const status = statusOf(pod, name);
  const containerId = containerIdOf(status);
  const pid = (containerId !== null && status?.state?.running && pids.get(containerId)) || null;
  const regular = pod.spec.containers.some((one) => one.name === name);
  const main = isBeside(found) ? mainOf(pod) : CONTAINERS.graphical;
  return {
    name: shownName(found, name),
    place: isBeside(found) ? 'beside' : 'inside',
    ...whatItIs(found, name),
    image: container.image ?? '',
    restarts: status?.restartCount ?? 0,
    ...toContainerState(pod, name),
    pid,
    environment: maskSecrets(environmentOf(container.env)),
    commands: commandsOf({
      namespace,
      pod: pod.metadata.name,
      container: name,
      joins: regular ? name : (container.targetContainerName ?? main),
      image: `${registry}/toolbox:${tag}`,
      runs: Boolean(status?.state?.running),
      attachable: container.tty === true,
      containerId,
      pid,
    }),
  };
}

function whatItIs(found: Found, name: string): Pick<InspectedContainer, 'kind' | 'launchId' | 'by' | 'profile'> {
  const { pod } = found;
  const none = { by: null, profile: null };
  if (pod.spec.containers.some((one) => one.name === name)) {
    return isBeside(found)
      ? { kind: 'launch', launchId: pod.metadata.name, ...none }
      : { kind: 'service', launchId: null, ...none };
  }
  if (isLaunchContainer(pod, name)) return { kind: 'launch', launchId: name, ...none };
  const annotation = readToolboxAnnotation(pod, name);
  const beside = isBeside(found) ? pod.metadata.name : null;
  if (!isOwnToolbox(pod, name)) {
    return { kind: 'foreign', launchId: beside, by: addedBy(pod, name)?.manager ?? null, profile: null };
  }
  const { target, by = null, profile = null } = annotation ?? {};
  return { kind: 'toolbox', launchId: target?.launchId ?? beside, by, profile };
}

type State = Pick<InspectedContainer, 'state' | 'exitCode' | 'reason' | 'message' | 'since'>;

function toContainerState(pod: Pod, name: string): State {
  const { running, terminated, waiting } = statusOf(pod, name)?.state ?? {};
  if (running) {
    const since = running.startedAt?.toISOString() ?? null;
    return { state: 'running', exitCode: null, reason: null, message: null, since };
  }
  if (terminated) {
    return {
      state: 'finished',
      exitCode: terminated.exitCode,
      reason: terminated.reason ?? null,
      message: terminated.message ?? null,
      since: terminated.finishedAt?.toISOString() ?? null,
    };
  }
  const reason = waiting?.reason ?? pod.status.reason ?? null;
  return {
    state: 'waiting',
    exitCode: null,
    reason,
    message: waiting?.message ?? pod.status.message ?? null,
    since: pod.metadata.creationTimestamp.toISOString(),
  };
}
