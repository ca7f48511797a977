/** Desktops and launches as the port describes them, from their containers. */
import type { EngineDesktop } from '#domain/ports/engine.ts';
import { SHARED_MEMORY_EXCEEDED } from '#domain/hints/resources.ts';
import type { EngineLaunch, EngineLaunchState } from '#domain/ports/engine-launch.ts';
import type { Context } from '../context.ts';
import {
  addressOf,
  isRunning,
  nameOf,
  wasStarted,
  type Container,
  type OwnedLaunch,
  type OwnedContainer,
} from './describe.ts';
import { homeIn, regionalOf, servicesIn, sharedIn } from './labels.ts';

export function toDesktop(context: Context, { container, account }: OwnedContainer): EngineDesktop {
  const address = addressOf(container);
  return {
    id: nameOf(container),
    userId: account.userId,
    state: isRunning(container) ? 'running' : 'ended',
    createdAt: container.Created,
    regional: regionalOf(container.Config.Labels ?? {}),
    home: homeIn(container.Config.Labels ?? {}),
    shared: sharedIn(container.Config.Labels ?? {}),
    address,
    node: context.settings.node,
    screen: null,
    services: Object.fromEntries(servicesIn(container.Config.Labels ?? {}).map((name) => [name, null])),
    uid: container.Id,
    entries: { finished: 0, most: null },
  };
}

export function toLaunch(context: Context, { container, type, desktopId, account }: OwnedLaunch): EngineLaunch {
  return {
    id: nameOf(container),
    desktopId,
    userId: account.userId,
    runtime: type,
    status: toLaunchState(context, container),
    startedAt: wasStarted(container) ? container.State.StartedAt : container.Created,
    image: container.Config.Image,
    imageDigest: container.Image === '' ? null : digestOf(container.Image),
    hostname: type === 'ephemeral_container' ? desktopId : nameOf(container),
    memoryKill: lostToMemory(context, container) !== null,
  };
}

/** Of a launch or a toolbox. */
export function toLaunchState(context: Context, container: Container): EngineLaunchState {
  const { State } = container;
  if (isRunning(container)) return { state: 'running' };
  if (!wasStarted(container)) return { state: 'starting', waiting: null };
  const lostTo = lostToMemory(context, container);
  return {
    state: 'finished',
    // After a power cut Podman reports a container as never started, with exit code 0.
    exitCode: ['exited', 'stopped', 'dead'].includes(State.Status) ? State.ExitCode : null,
    // A program may lose a child to the limit and still succeed.
    outOfMemory: State.ExitCode !== 0 && lostTo !== null,
    // After a reboot engines do not know the time.
    finishedAt: State.FinishedAt > State.StartedAt ? State.FinishedAt : State.StartedAt,
    message: State.Error !== '' ? State.Error : lostTo === 'shared' ? SHARED_MEMORY_EXCEEDED : null,
  };
}

function lostToMemory({ outOfMemory }: Context, { Id, State }: Container): ReturnType<Context['outOfMemory']['of']> {
  return outOfMemory.of(Id) ?? (State.OOMKilled ? 'own' : null);
}

function digestOf(image: string): string {
  return image.startsWith('sha256:') ? image : `sha256:${image}`;
}
