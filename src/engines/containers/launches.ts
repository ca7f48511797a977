/** Launches: started in or beside their desktop, described as the engine sees them, stopped and forgotten. */
import { z } from 'zod';
import type { EngineLaunch, EngineLaunchState, LaunchSpec } from '#domain/engine.ts';
import { DeskpodError } from '#domain/errors.ts';
import type { Environment } from '#protocol/app.ts';
import { isStatus } from './api.ts';
import { inherited } from '../inside/environment.ts';
import { launchBody, type LaunchDesktop } from './container-spec.ts';
import { findLaunch, isNameTaken, type Context } from './context.ts';
import { launchLabels, lookingInto, ofDesktop } from './labels.ts';
import {
  addressOf,
  environmentOf,
  isLaunch,
  isRunning,
  nameOf,
  wasStarted,
  type Container,
  type OurLaunch,
} from './objects.ts';
import { desktopPaths, homeOf } from './paths.ts';
import { endProcesses, removeContainer, stopProcesses } from './processes.ts';

const EXIT_TIMEOUT_MS = 10_000;
const Created = z.looseObject({ Id: z.string() });

export async function launch(context: Context, spec: LaunchSpec, signal: AbortSignal): Promise<EngineLaunch> {
  const desktop = await runningDesktop(context, spec.desktopId, signal);
  const body = launchBody(spec, launchLabels(context.instance, spec, desktop.account), desktop, context.around);
  await using undo = new AsyncDisposableStack();
  try {
    // Not cut short by the signal: the engine would finish it after we had cleaned up.
    const { Id } = await context.api.json(Created, 'POST', '/containers/create', { query: { name: spec.id }, body });
    undo.defer(() => removeContainer(context, Id));
    signal.throwIfAborted();
    await context.api.text('POST', `/containers/${Id}/start`);
    signal.throwIfAborted();
    const started = await findLaunch(context, spec.id, signal);
    if (started === null) throw new DeskpodError('conflict', `The launch ${spec.id} was removed while it started.`);
    undo.move();
    return toLaunch(context, started);
  } catch (error) {
    throw await explained(context, error, spec, signal);
  }
}

export async function listLaunches(context: Context, desktopId?: string): Promise<EngineLaunch[]> {
  const found = await context.objects.list(desktopId === undefined ? {} : ofDesktop(desktopId));
  return found.filter(isLaunch).map((one) => toLaunch(context, one));
}

export async function launchEnvironment(context: Context, id: string): Promise<Environment> {
  const found = await findLaunch(context, id);
  if (found === null) throw new DeskpodError('not_found', `There is no launch ${id}.`);
  return environmentOf(found.container);
}

export async function stopLaunch(context: Context, id: string, graceMs: number, signal: AbortSignal): Promise<void> {
  const found = await findLaunch(context, id, signal);
  if (found === null || !isRunning(found.container)) return;
  await stopProcesses(found.container.Id, graceMs, signal);
  // The engine notices a moment after the kernel.
  await exited(context, found.container.Id, signal);
}

export async function removeLaunch(context: Context, id: string): Promise<void> {
  const found = await findLaunch(context, id);
  if (found === null) return;
  await endProcesses(found.container.Id);
  // An engine may refuse to remove a container that others have joined.
  const toolboxes = await context.objects.list({ ...ofDesktop(found.desktopId), ...lookingInto(id) });
  await Promise.all(toolboxes.map(({ container }) => removeContainer(context, container.Id)));
  await removeContainer(context, found.container.Id);
}

export function toLaunch(context: Context, { container, type, desktopId, account }: OurLaunch): EngineLaunch {
  return {
    id: nameOf(container),
    desktopId,
    userId: account.userId,
    runtime: type,
    status: stateOf(context, container),
    startedAt: wasStarted(container) ? container.State.StartedAt : container.Created,
    image: container.Config.Image,
    imageDigest: container.Image === '' ? null : digestOf(container.Image),
    hostname: type === 'ephemeral_container' ? desktopId : nameOf(container),
  };
}

/** Of a launch or a toolbox. */
export function stateOf(context: Context, container: Container): EngineLaunchState {
  const { State } = container;
  if (isRunning(container)) return { state: 'running' };
  if (!wasStarted(container)) return { state: 'starting', waiting: null };
  const killed = State.OOMKilled || context.outOfMemory.has(container.Id);
  return {
    state: 'finished',
    // One that a power cut ended looks to Podman as if it had never begun, and its exit code as if all had been well.
    exitCode: ['exited', 'stopped', 'dead'].includes(State.Status) ? State.ExitCode : null,
    // A program may lose a child to the limit and still end well.
    outOfMemory: killed && State.ExitCode !== 0,
    // After a reboot engines do not know when.
    finishedAt: State.FinishedAt > State.StartedAt ? State.FinishedAt : State.StartedAt,
    message: State.Error === '' ? null : State.Error,
  };
}

function digestOf(image: string): string {
  return image.startsWith('sha256:') ? image : `sha256:${image}`;
}

/** What joins a desktop needs of it; `desktop_missing` when it does not run. */
export async function runningDesktop(context: Context, id: string, signal: AbortSignal): Promise<LaunchDesktop> {
  const found = await context.objects.find(id, signal);
  const address = found && addressOf(found.container);
  if (found?.type !== 'x11server' || !isRunning(found.container) || !address) {
    throw new DeskpodError('desktop_missing', `The desktop ${id} does not run.`);
  }
  const { container, account } = found;
  const paths = desktopPaths(context.runDir, id);
  return {
    account,
    paths,
    home: homeOf(context.dataDir, account.userId),
    inherited: inherited(environmentOf(container)),
    place: {
      desktopId: id,
      containerId: container.Id,
      address,
      socketFolder: paths.x11,
      joinsHostname: context.around.flavour === 'podman',
    },
  };
}

/** Resolves when the engine knows that a container ended. */
export async function exited(context: Context, containerId: string, signal: AbortSignal): Promise<void> {
  try {
    // Podman looks only every 250 ms unless told otherwise.
    const query = { condition: 'not-running', interval: '20ms' };
    await context.api.text('POST', `/containers/${containerId}/wait`, { query, signal, timeoutMs: EXIT_TIMEOUT_MS });
  } catch (error) {
    if (!isStatus(error, 404)) throw error;
  }
}

async function explained(context: Context, error: unknown, spec: LaunchSpec, signal: AbortSignal): Promise<unknown> {
  if (signal.aborted) return signal.reason;
  if (error instanceof DeskpodError) return error;
  if (isNameTaken(error) || isStatus(error, 409)) {
    return new DeskpodError('name_taken', `A container named ${spec.id} exists already.`, { cause: error });
  }
  const words = error instanceof Error ? error.message : String(error);
  const desktop = await context.objects.find(spec.desktopId).catch(() => null);
  if (desktop === null || !isRunning(desktop.container)) {
    return new DeskpodError('desktop_missing', `The desktop ${spec.desktopId} ended before ${spec.appName} started.`, {
      cause: error,
    });
  }
  if (isStatus(error, 404) && /no such image|not known|image not/i.test(words)) {
    return new DeskpodError('app_unavailable', `The image ${spec.image} is not there.`, { cause: error });
  }
  return new DeskpodError('app_unavailable', `${spec.appName} could not be started: ${words}`, { cause: error });
}
