/** Groups of containers that share a process namespace, and queries to each group. */
import { type Context, findDesktop, type Found } from '../context.ts';
import { output } from '../exec/exec.ts';
import { containerRef, isBeside, podsOf } from '../pods/targets.ts';
import { containerIdOf, mainOf, type Pod, statusOf } from '../cluster/pod.ts';
import { CONTAINERS } from '../cluster/ports.ts';
import { type Question, SCRIPTS } from '../exec/query-scripts.ts';
import { ignore } from '#protocol/ignore.ts';

const TIMEOUT_MS = 8_000;

export interface Group {
  readonly found: Found;
  /** The others joined its process namespace. */
  readonly leader: string;
  /** Running ones, the leader first when it runs. */
  readonly members: readonly Member[];
}

export interface Member {
  readonly name: string;
  readonly containerId: string;
}

/** `not_found` when the desktop is gone. */
export function groupsOf(context: Context, desktopId: string): Group[] {
  findDesktop(context, desktopId);
  return podsOf(context, desktopId).flatMap((found) =>
    leadersOf(found.pod).map((leader) => ({ found, leader, members: membersOf(found.pod, leader) })),
  );
}

/** Regular containers, and foreign ones without a target: each has its own process namespace. */
function leadersOf(pod: Pod): string[] {
  const alone = sharesAll(pod)
    ? []
    : (pod.spec.ephemeralContainers ?? []).filter(({ targetContainerName }) => !targetContainerName);
  return [...pod.spec.containers, ...alone].map(({ name }) => name);
}

function membersOf(pod: Pod, leader: string): Member[] {
  const joined = (pod.spec.ephemeralContainers ?? []).filter(
    ({ targetContainerName }) =>
      targetContainerName === leader || (!targetContainerName && sharesAll(pod) && leader === mainOf(pod)),
  );
  return [leader, ...joined.map(({ name }) => name)].flatMap((name) => {
    const status = statusOf(pod, name);
    const containerId = containerIdOf(status);
    return status?.state?.running && containerId !== null ? [{ name, containerId }] : [];
  });
}

function sharesAll({ spec }: Pod): boolean {
  return spec['shareProcessNamespace'] === true;
}

/** Empty when no container of the group can answer: an image may have no shell. */
export async function answers(
  context: Context,
  group: Group,
  question: Question,
  signal: AbortSignal = AbortSignal.timeout(TIMEOUT_MS),
): Promise<readonly string[]> {
  if (isGraphical(group)) {
    // There a query command stays open.
    return context.nodeQueries.answer(group.found.desktopId, question).catch(ignore('the desktop does not answer', []));
  }
  for (const { name } of group.members) {
    const ref = containerRef(context, { found: group.found, container: name });
    const said = await output(ref, ['sh', '-c', SCRIPTS[question]], signal).catch(
      ignore('the container has no shell, or does not run', null),
    );
    if (said !== null && said.text !== '') return said.text.split('\n');
  }
  return [];
}

export function isGraphical({ found, leader }: Group): boolean {
  return !isBeside(found) && leader === CONTAINERS.graphical;
}
