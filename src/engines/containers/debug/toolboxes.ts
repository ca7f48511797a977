/** Toolboxes: started beside their target, listed with foreign ones, and stopped with all their processes. */
import { z } from 'zod';
import type { EngineToolbox, ToolboxSpec } from '#domain/ports/debug-engine.ts';
import { DeskpodError, messageOf } from '#domain/errors.ts';
import { ignore } from '#protocol/ignore.ts';
import { isStatus } from '#containers-client/api.ts';
import { isNameTaken, type Context } from '../context.ts';
import { namesNoProgram } from '../exec/exec-start.ts';
import { ofDesktop, readToolbox, toolboxLabels } from '../pods/labels.ts';
import { exited, runningDesktop } from '../launches/launches.ts';
import { toLaunchState } from '../pods/present.ts';
import { isRunning, nameOf, wasStarted, type Container, type OwnedContainer } from '../pods/describe.ts';
import { removeContainer, stopProcesses } from '../host/processes.ts';
import { foreignOf, type Foreign } from './foreign.ts';
import { ANCHOR, findTarget, findToolbox, toolboxObject } from './targets.ts';
import { startsAsToolbox, toolboxBody, type Beside, type ToolboxImage } from './toolbox-spec.ts';

/** A shell may still write its history after a hang-up. */
const HANGUP_GRACE_MS = 500;
const Created = z.looseObject({ Id: z.string() });
const Image = z.looseObject({
  Config: z.looseObject({ User: z.string().default(''), Labels: z.record(z.string(), z.string()).nullish() }),
});

export async function addToolbox(context: Context, spec: ToolboxSpec, signal: AbortSignal): Promise<EngineToolbox> {
  await using undo = new AsyncDisposableStack();
  try {
    const { desktopId } = spec.target;
    const desktop = await runningDesktop(context, desktopId, signal);
    const [target, image, namesake] = await Promise.all([
      findTarget(context, spec.target),
      inspectImage(context, spec.image),
      context.objects.find(spec.name, signal),
    ]);
    if (spec.name === ANCHOR || namesake?.desktopId === desktopId) throw taken(spec);
    if (!isRunning(target.container)) throw ended(spec, target.container);
    const labels = toolboxLabels(context.instance, spec, desktop.account);
    const body = toolboxBody(spec, labels, image, await besideOf(context, target), desktop, context.settings);
    // The signal does not cut this short: the engine would finish it after the clean-up.
    const { Id } = await context.api.json(Created, 'POST', '/containers/create', {
      query: { name: toolboxObject(desktopId, spec.name) },
      body,
    });
    undo.defer(() => removeContainer(context, Id));
    signal.throwIfAborted();
    await context.api.text('POST', `/containers/${Id}/start`);
    signal.throwIfAborted();
    const started = await findToolbox(context, desktopId, spec.name);
    const toolbox = started && toToolbox(context, started);
    if (!toolbox) throw new DeskpodError('conflict', `The toolbox ${spec.name} was removed while it started.`);
    undo.move();
    return toolbox;
  } catch (error) {
    throw await toToolboxError(context, error, spec, signal);
  }
}

export async function listToolboxes(context: Context, desktopId?: string): Promise<EngineToolbox[]> {
  const owned = await context.objects.list(desktopId === undefined ? {} : ofDesktop(desktopId));
  const foreign = await foreignOf(context, desktopId, owned);
  return [
    ...owned.map((one) => toToolbox(context, one)).filter((one) => one !== null),
    ...foreign.map((one) => toForeign(context, one)),
  ];
}

export async function toolboxNamed(context: Context, desktopId: string, name: string): Promise<EngineToolbox | null> {
  const found = await findToolbox(context, desktopId, name);
  const owned = found && toToolbox(context, found);
  if (owned) return owned;
  const foreign = (await foreignOf(context, desktopId)).find(({ container }) => nameOf(container) === name);
  return foreign ? toForeign(context, foreign) : null;
}

export async function stopToolbox(
  context: Context,
  desktopId: string,
  name: string,
  signal: AbortSignal,
): Promise<void> {
  const found = await findToolbox(context, desktopId, name);
  if (found === null) {
    const foreign = await foreignOf(context, desktopId);
    if (!foreign.some(({ container }) => nameOf(container) === name))
      throw new DeskpodError('not_found', `There is no toolbox ${name} in the desktop ${desktopId}.`);
    throw new DeskpodError('forbidden', `${name} was not started by this server, which leaves it alone.`, {
      remedy: `Stop it where it was started: \`stop ${name}\` of the container engine.`,
    });
  }
  if (!isRunning(found.container)) return;
  // Shells ignore TERM.
  await stopProcesses(found.container.Id, HANGUP_GRACE_MS, signal, 'SIGHUP');
  await exited(context, found.container.Id, signal);
}

/** Null for a container that is no toolbox. */
export function toToolbox(
  context: Context,
  { container, type, desktopId, account }: OwnedContainer,
): EngineToolbox | null {
  const facts = type === 'toolbox' ? readToolbox(container.Config.Labels ?? {}, desktopId) : null;
  if (facts === null) return null;
  return {
    ...facts,
    desktopId,
    userId: account.userId,
    image: container.Config.Image,
    foreign: false,
    status: toLaunchState(context, container),
    startedAt: startOf(container),
  };
}

function toForeign(context: Context, { container, joined, by }: Foreign): EngineToolbox {
  return {
    name: nameOf(container),
    desktopId: joined.desktopId,
    userId: joined.account.userId,
    target: null,
    profile: null,
    image: container.Config.Image,
    by,
    foreign: true,
    shared: false,
    status: toLaunchState(context, container),
    startedAt: startOf(container),
  };
}

function startOf(container: Container): Date {
  return wasStarted(container) ? container.State.StartedAt : container.Created;
}

/** A toolbox as target: its namespaces are those of its own target. */
async function besideOf(context: Context, target: OwnedContainer): Promise<Beside> {
  const { container, type, desktopId } = target;
  const name = type === 'x11server' ? `the desktop ${desktopId}` : nameOf(container);
  if (type === 'service')
    throw new DeskpodError('invalid_request', `A service can't be debugged with a toolbox: ${name}.`);
  if (type !== 'toolbox') {
    const runtime = type === 'x11server' ? 'ephemeral_container' : type;
    return { runtime, containerId: container.Id, joinId: container.Id, name };
  }
  const facts = readToolbox(container.Config.Labels ?? {}, desktopId);
  const below = facts && (await besideOf(context, await findTarget(context, facts.target)));
  if (below === null) throw new DeskpodError('not_found', `The labels of the toolbox ${name} are damaged.`);
  return { ...below, containerId: container.Id, name: facts?.name ?? name };
}

async function inspectImage(context: Context, reference: string): Promise<ToolboxImage> {
  try {
    const { Config } = await context.api.json(Image, 'GET', `/images/${encodeURIComponent(reference)}/json`);
    return { user: Config.User, toolbox: startsAsToolbox(reference, Config.Labels ?? {}) };
  } catch (error) {
    if (!isStatus(error, 404)) throw error;
    throw new DeskpodError('app_unavailable', `The image ${reference} is not there.`, { cause: error });
  }
}

async function toToolboxError(
  context: Context,
  error: unknown,
  spec: ToolboxSpec,
  signal: AbortSignal,
): Promise<unknown> {
  if (signal.aborted) return signal.reason;
  if (error instanceof DeskpodError) return error;
  if (isNameTaken(error)) return taken(spec, error);
  const words = messageOf(error);
  const desktop = await context.objects.find(spec.target.desktopId).catch(ignore('the first error says more', null));
  if (desktop === null || !isRunning(desktop.container)) {
    const { desktopId } = spec.target;
    return new DeskpodError('desktop_missing', `The desktop ${desktopId} ended before the toolbox started.`, {
      cause: error,
    });
  }
  const target = await findTarget(context, spec.target).catch(ignore('the first error says more', null));
  if (target === null || !isRunning(target.container)) return ended(spec, target?.container ?? null, error);
  if (/apply caps|operation not permitted/i.test(words)) {
    return new DeskpodError('profile_refused', `The profile ${spec.profile} is not available here: ${words}`, {
      remedy: 'Choose a narrower profile.',
      cause: error,
    });
  }
  if (/non-shareable ipc/i.test(words)) {
    return new DeskpodError('conflict', `${nameOf(target.container)} was started before toolboxes could join it.`, {
      remedy: 'Restart it.',
      cause: error,
    });
  }
  if (namesNoProgram(words)) {
    return new DeskpodError('no_such_program', `There is no program ${spec.command[0] ?? ''} in ${spec.image}.`, {
      cause: error,
    });
  }
  return new DeskpodError('app_unavailable', `The toolbox could not be started: ${words}`, { cause: error });
}

function taken({ name }: ToolboxSpec, cause?: unknown): DeskpodError {
  return new DeskpodError('name_taken', `A container named ${name} exists already.`, {
    remedy: 'Choose another name, or none.',
    cause,
  });
}

function ended({ target }: ToolboxSpec, container: Container | null, cause?: unknown): DeskpodError {
  const what = target.container ?? target.launchId ?? target.desktopId;
  const how = container === null ? '' : ` with exit code ${container.State.ExitCode}`;
  return new DeskpodError('conflict', `${what} has ended${how}, so no toolbox can join it.`, {
    remedy: 'Read its log, or start a copy of it with another command.',
    cause,
  });
}
