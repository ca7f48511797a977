/** The containers of a desktop as its picture and its table show them. */
import { maskSecrets } from '#domain/environment.ts';
import type { Inside, InsideContainer } from '#protocol/inside.ts';
import { OUR_IMAGES } from '../container-spec.ts';
import type { Context } from '../context.ts';
import { stateOf } from '../launches.ts';
import { environmentOf, isRunning, nameOf, wasStarted, type Container } from '../objects.ts';
import { commandsFor } from './commands.ts';
import { hostPidOf, pidOf } from './host-processes.ts';
import { membersOf, type Member } from './members.ts';
import { namespaceOf } from './namespaces.ts';

const TOOLBOX_IMAGE = `${OUR_IMAGES}toolbox:1`;

export async function insideOf(context: Context, desktopId: string): Promise<Inside> {
  const { userId, all } = await membersOf(context, desktopId);
  const [anchor] = all;
  const counting = anchor && (await namespaceOf(await hostPidOf(anchor.container), 'pid'));
  return {
    desktopId,
    userId,
    containers: await Promise.all(all.map((member) => toInside(context, member, counting ?? null))),
    // Here a container that is over is an object of its own: no list grows.
    entries: { finished: 0, most: null },
    size: null,
  };
}

/** The engine's state in the words of Kubernetes, which people know. */
export function stateWords(
  context: Context,
  container: Container,
): Pick<InsideContainer, 'state' | 'exitCode' | 'reason' | 'message' | 'since'> {
  const status = stateOf(context, container);
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
        reason: status.outOfMemory ? 'OOMKilled' : status.exitCode === 0 ? 'Completed' : 'Error',
        message: status.message,
        since: wasStarted(container) ? status.finishedAt.toISOString() : null,
      };
    default:
      return status satisfies never;
  }
}

/** `counting`: the process namespace of the desktop. */
async function toInside(context: Context, member: Member, counting: string | null): Promise<InsideContainer> {
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
    commands: commandsFor(context.around, context.api.socket, TOOLBOX_IMAGE, {
      container: nameOf(container),
      containerId: container.Id,
      user,
      running: isRunning(container),
      terminal: container.Config.Tty,
      hostPid,
    }),
  };
}
