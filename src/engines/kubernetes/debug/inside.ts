/** What is inside and beside a desktop: each container with its state, as the cluster tells it. */
import type { Inside, InsideContainer } from '#protocol/inside.ts';
import { maskSecrets } from '#domain/environment.ts';
import { type Context, desktopIn, type Found, MOST_ENTRIES } from '../context.ts';
import { environmentOf, isLaunchEntry } from '../describe.ts';
import { isBeside, podsOf, shownName } from '../places.ts';
import { type Container, containerIdOf, mainOf, type Pod, statusOf } from '../pod.ts';
import { CONTAINERS } from '../ports.ts';
import { commandsOf } from './commands.ts';
import { addedBy, isOurs, noteOf } from './notes.ts';
import { firstOf, processesOf } from './proc.ts';

/** What etcd takes of one object by default (`--max-request-bytes`). */
const MOST_BYTES = 1.5 * 1024 * 1024;

export async function inside(context: Context, desktopId: string): Promise<Inside> {
  const { pod, account } = desktopIn(context, desktopId);
  // A desktop that does not answer has its states all the same.
  const lines = await context.looks.answer(desktopId, 'processes').catch(() => []);
  const pids = firstOf(processesOf(lines));
  const finished = (pod.status.ephemeralContainerStatuses ?? []).filter(({ state }) => state?.terminated);
  return {
    desktopId,
    userId: account.userId,
    containers: podsOf(context, desktopId).flatMap((found) => containersOf(context, found, pids)),
    entries: { finished: finished.length, most: MOST_ENTRIES },
    size: { bytes: Buffer.byteLength(JSON.stringify(pod)), most: MOST_BYTES },
  };
}

function containersOf(context: Context, found: Found, pids: ReadonlyMap<string, number>): InsideContainer[] {
  const { containers, ephemeralContainers } = found.pod.spec;
  return [...containers, ...(ephemeralContainers ?? [])].map((one) => containerOf(context, found, one, pids));
}

function containerOf(
  { namespace, around }: Context,
  found: Found,
  container: Container,
  pids: ReadonlyMap<string, number>,
): InsideContainer {
  const { pod } = found;
  const { name } = container;
  const { registry, tag } = around.config.images;
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
    ...stateOf(pod, name),
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

function whatItIs(found: Found, name: string): Pick<InsideContainer, 'kind' | 'launchId' | 'by' | 'profile'> {
  const { pod } = found;
  const nobody = { by: null, profile: null };
  if (pod.spec.containers.some((one) => one.name === name)) {
    return isBeside(found)
      ? { kind: 'launch', launchId: pod.metadata.name, ...nobody }
      : { kind: 'service', launchId: null, ...nobody };
  }
  if (isLaunchEntry(pod, name)) return { kind: 'launch', launchId: name, ...nobody };
  const note = noteOf(pod, name);
  const beside = isBeside(found) ? pod.metadata.name : null;
  if (!isOurs(pod, name)) {
    return { kind: 'foreign', launchId: beside, by: addedBy(pod, name)?.manager ?? null, profile: null };
  }
  const { target, by = null, profile = null } = note ?? {};
  return { kind: 'toolbox', launchId: target?.launchId ?? beside, by, profile };
}

type State = Pick<InsideContainer, 'state' | 'exitCode' | 'reason' | 'message' | 'since'>;

function stateOf(pod: Pod, name: string): State {
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
