/** Launches: started inside or beside their desktop, listed, stopped and removed. */
import { z } from 'zod';
import type { EngineLaunch, LaunchSpec } from '#domain/ports/engine-launch.ts';
import { DeskpodError, messageOf } from '#domain/errors.ts';
import { ignore } from '#protocol/ignore.ts';
import type { Environment } from '#protocol/app.ts';
import { isStatus } from '#containers-client/api.ts';
import { inherited } from '../../shared/inherited.ts';
import { type Home, isOwnImage, launchBody, type LaunchDesktop } from '../specs/container-spec.ts';
import { findLaunch, isNameTaken, type Context } from '../context.ts';
import { readCredentials } from '../desktops/folders.ts';
import { homeIn, launchLabels, ofDesktop, servicesIn, sharedIn, targetLabels } from '../pods/labels.ts';
import { addressOf, environmentOf, isLaunch, isRunning, nameOf, type OwnedContainer } from '../pods/describe.ts';
import { toLaunch } from '../pods/present.ts';
import { desktopPaths, homeOf } from '../specs/paths.ts';
import { endProcesses, removeContainer, stopProcesses } from '../host/processes.ts';
import { zoneinfoFolder } from '../specs/zone-file.ts';
import { waitForEnd } from '../pods/wait-for-end.ts';

const EXIT_TIMEOUT_MS = 10_000;
const EXIT_POLL_MS = 20;
const Created = z.looseObject({ Id: z.string() });

export async function launch(context: Context, spec: LaunchSpec, signal: AbortSignal): Promise<EngineLaunch> {
  const desktop = await runningDesktop(context, spec.desktopId, signal);
  const zoneinfo = isOwnImage(spec.image) ? null : await zoneinfoOf(context, desktop, signal);
  const labels = launchLabels(context.instance, spec, desktop.account);
  const body = launchBody(spec, labels, desktop, context.settings, zoneinfo);
  await using undo = new AsyncDisposableStack();
  try {
    // The signal does not cut this short: the engine would finish it after the clean-up.
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
    throw await toLaunchError(context, error, spec, signal);
  }
}

export async function listLaunches(context: Context, desktopId?: string): Promise<EngineLaunch[]> {
  const found = await context.objects.list(desktopId === undefined ? {} : ofDesktop(desktopId));
  return found.filter(isLaunch).map((one) => toLaunch(context, one));
}

export async function readLaunch(context: Context, id: string): Promise<EngineLaunch | null> {
  const found = await findLaunch(context, id);
  return found && toLaunch(context, found);
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
  const toolboxes = await context.objects.list({ ...ofDesktop(found.desktopId), ...targetLabels(id) });
  await Promise.all(toolboxes.map(({ container }) => removeContainer(context, container.Id)));
  await removeContainer(context, found.container.Id);
}

/** The desktop as its launches need it; `desktop_missing` when it does not run. */
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
    home: homeOfDesktop(context, found),
    inherited: inherited(environmentOf(container)),
    image: container.Image,
    services: servicesIn(container.Config.Labels ?? {}),
    shared: sharedIn(container.Config.Labels ?? {}),
    printQueue: (await readCredentials(paths, id)).printQueue,
    cgroup: await context.desktopCgroups.parentOf(id),
    display: {
      desktopId: id,
      containerId: container.Id,
      address,
      socketFolder: paths.x11,
      joinsHostname: context.settings.flavour === 'podman',
    },
  };
}

export function homeOfDesktop({ dataDir }: Context, { container, account }: OwnedContainer): Home {
  const lost = homeIn(container.Config.Labels ?? {}) === 'lost';
  return homeOf(dataDir, account.userId, lost ? nameOf(container) : null);
}

async function zoneinfoOf(
  context: Context,
  { inherited: { TZ }, image, display: { containerId } }: LaunchDesktop,
  signal: AbortSignal,
): Promise<string | null> {
  return TZ === undefined ? null : await zoneinfoFolder(context, { containerId, image }, signal);
}

/** Resolves when the engine knows that a container, whose processes have ended, has ended or is gone. */
export async function exited(context: Context, containerId: string, signal: AbortSignal): Promise<void> {
  const limit = AbortSignal.timeout(EXIT_TIMEOUT_MS);
  try {
    await waitForEnd(context, containerId, AbortSignal.any([signal, limit]), { pollMs: EXIT_POLL_MS });
  } catch (error) {
    if (isStatus(error, 404)) return;
    if (!limit.aborted || signal.aborted) throw error;
    throw new DeskpodError('timeout', `The container engine still reports container ${containerId} as running.`, {
      cause: error,
    });
  }
}

async function toLaunchError(
  context: Context,
  error: unknown,
  spec: LaunchSpec,
  signal: AbortSignal,
): Promise<unknown> {
  if (signal.aborted) return signal.reason;
  if (error instanceof DeskpodError) return error;
  if (isNameTaken(error) || isStatus(error, 409)) {
    return new DeskpodError('name_taken', `A container named ${spec.id} exists already.`, { cause: error });
  }
  const words = messageOf(error);
  const desktop = await context.objects.find(spec.desktopId).catch(ignore('the first error says more', null));
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
