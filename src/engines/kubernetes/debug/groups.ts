/** The containers of a desktop by the processes they see of each other, and questions to each group. */
import { type Context, desktopIn, type Found } from '../context.ts';
import { output } from '../exec.ts';
import { execPlace, isBeside, podsOf } from '../places.ts';
import { containerIdOf, mainOf, type Pod, statusOf } from '../pod.ts';
import { CONTAINERS } from '../ports.ts';
import { type Question, SCRIPTS } from './scripts.ts';

const TIMEOUT_MS = 8_000;

export interface Group {
  readonly found: Found;
  /** The others joined its processes. */
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
  desktopIn(context, desktopId);
  return podsOf(context, desktopId).flatMap((found) =>
    leadersOf(found.pod).map((leader) => ({ found, leader, members: membersOf(found.pod, leader) })),
  );
}

/** Regular containers, and those that others added without a target: they are alone. */
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

/** Empty when nobody in the group can tell: an image may have no shell. */
export async function answers(
  context: Context,
  group: Group,
  question: Question,
  signal: AbortSignal = AbortSignal.timeout(TIMEOUT_MS),
): Promise<readonly string[]> {
  if (isGraphical(group)) {
    // One command stays open there.
    return context.looks.answer(group.found.desktopId, question).catch(() => []);
  }
  for (const { name } of group.members) {
    const place = execPlace(context, { found: group.found, container: name });
    const said = await output(place, ['sh', '-c', SCRIPTS[question]], signal).catch(() => null);
    if (said !== null && said.text !== '') return said.text.split('\n');
  }
  return [];
}

export function isGraphical({ found, leader }: Group): boolean {
  return !isBeside(found) && leader === CONTAINERS.graphical;
}
