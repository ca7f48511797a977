/** The containers of a desktop for the Inspect page. */
import { maskSecrets } from '#domain/launches/environment.ts';
import { terminationReason } from '#domain/launches/termination-reason.ts';
import type { Inspection, InspectedContainer } from '#protocol/inspect.ts';
import { OWN_IMAGES } from '../specs/container-spec.ts';
import type { Context } from '../context.ts';
import { toLaunchState } from '../pods/present.ts';
import { environmentOf, isRunning, nameOf, wasStarted, type Container } from '../pods/describe.ts';
import { commandsFor } from './commands.ts';
import { hostPidOf, pidOf } from './host-processes.ts';
import { membersOf, type Member } from './members.ts';
import { namespaceOf } from './namespaces.ts';

const TOOLBOX_IMAGE = `${OWN_IMAGES}toolbox:1`;

export async function inspect(context: Context, desktopId: string): Promise<Inspection> {
  const { userId, all } = await membersOf(context, desktopId);
  const [anchor] = all;
  const counting = anchor && (await namespaceOf(await hostPidOf(anchor.container), 'pid'));
  return {
    desktopId,
    userId,
    containers: await Promise.all(all.map((member) => toInspectedContainer(context, member, counting ?? null))),
    // A finished container is its own object here: no list grows.
    entries: { finished: 0, most: null },
    size: null,
  };
}

/** The engine's state in Kubernetes' words, which users know. */
export function stateWords(
  context: Context,
  container: Container,
): Pick<InspectedContainer, 'state' | 'exitCode' | 'reason' | 'message' | 'since'> {
  const status = toLaunchState(context, container);
  switch (status.state) {
    case 'starting':
      return {
        state: 'waiting',
        exitCode: null,
        reason: 'Created',
        message: null,
        since: container.Created.toISOString(),
      };
    case 'running':
      return {
        state: 'running',
        exitCode: null,
        reason: null,
        message: null,
        since: wasStarted(container) ? container.State.StartedAt.toISOString() : null,
      };
    case 'finished':
      return {
        state: 'finished',
        exitCode: status.exitCode,
        reason: terminationReason(status),
        message: status.message,
        since: wasStarted(container) ? status.finishedAt.toISOString() : null,
      };
    default:
      return status satisfies never;
  }
}

/** `counting`: the process namespace of the desktop. */
async function toInspectedContainer(
  context: Context,
  member: Member,
  counting: string | null,
): Promise<InspectedContainer> {
  const { container, user, ...facts } = member;
  const hostPid = await hostPidOf(container);
  const counted = hostPid !== null && counting !== null && (await namespaceOf(hostPid, 'pid')) === counting;
  return {
    ...facts,
    image: container.Config.Image,
    ...stateWords(context, container),
    restarts: container.RestartCount,
    pid: counted ? await pidOf(hostPid) : null,
    environment: maskSecrets(environmentOf(container)),
    commands: commandsFor(context.settings, context.api.socket, TOOLBOX_IMAGE, {
      container: nameOf(container),
      containerId: container.Id,
      user,
      running: isRunning(container),
      terminal: container.Config.Tty,
      hostPid,
    }),
  };
}
