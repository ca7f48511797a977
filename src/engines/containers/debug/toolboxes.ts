/** Toolboxes: put beside what runs, listed with those of others, and ended whole. */
import { z } from 'zod';
import type { EngineToolbox, ToolboxSpec } from '#domain/debug/engine.ts';
import { DeskpodError } from '#domain/errors.ts';
import { isStatus } from '../api.ts';
import { isNameTaken, type Context } from '../context.ts';
import { namesNoProgram } from '../exec.ts';
import { ofDesktop, readToolbox, toolboxLabels } from '../labels.ts';
import { exited, runningDesktop, stateOf } from '../launches.ts';
import { isRunning, nameOf, wasStarted, type Container, type Ours } from '../objects.ts';
import { removeContainer, stopProcesses } from '../processes.ts';
import { foreignOf, type Foreign } from './foreign.ts';
import { ANCHOR, findTarget, findToolbox, toolboxObject } from './targets.ts';
import { startsAsToolbox, toolboxBody, type Beside, type ToolboxImage } from './toolbox-spec.ts';

/** A shell that is hung up may still write its history. */
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
    const labels = toolboxLabels(context.instance, spec, isSpecial(spec), desktop.account);
    const body = toolboxBody(spec, labels, image, await besideOf(context, target), desktop, context.around);
    // Not cut short by the signal: the engine would finish it after we had cleaned up.
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
    throw await explained(context, error, spec, signal);
  }
}

export async function listToolboxes(context: Context, desktopId?: string): Promise<EngineToolbox[]> {
  const ours = await context.objects.list(desktopId === undefined ? {} : ofDesktop(desktopId));
  const foreign = await foreignOf(context, desktopId, ours);
  return [
    ...ours.map((one) => toToolbox(context, one)).filter((one) => one !== null),
    ...foreign.map((one) => toForeign(context, one)),
  ];
}

export async function toolboxNamed(context: Context, desktopId: string, name: string): Promise<EngineToolbox | null> {
  const found = await findToolbox(context, desktopId, name);
  const ours = found && toToolbox(context, found);
  if (ours) return ours;
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
    if (!foreign.some(({ container }) => nameOf(container) === name)) return;
    throw new DeskpodError('forbidden', `${name} was put there by somebody else and is left alone.`, {
      remedy: `Stop it where it was started: \`stop ${name}\` of the container engine.`,
    });
  }
  if (!isRunning(found.container)) return;
  // Shells take no notice of TERM.
  await stopProcesses(found.container.Id, HANGUP_GRACE_MS, signal, 'SIGHUP');
  await exited(context, found.container.Id, signal);
}

/** Null for what is no toolbox of ours. */
export function toToolbox(context: Context, { container, type, desktopId, account }: Ours): EngineToolbox | null {
  const facts = type === 'toolbox' ? readToolbox(container.Config.Labels ?? {}, desktopId) : null;
  if (facts === null) return null;
  return {
    ...facts,
    desktopId,
    userId: account.userId,
    image: container.Config.Image,
    foreign: false,
    status: stateOf(context, container),
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
    special: true,
    status: stateOf(context, container),
    startedAt: startOf(container),
  };
}

/** Nobody else would find in it what they expect. */
function isSpecial({ plain, command, env, custom }: ToolboxSpec): boolean {
  return plain || command.length > 0 || Object.keys(env).length > 0 || custom !== null;
}

function startOf(container: Container): Date {
  return wasStarted(container) ? container.State.StartedAt : container.Created;
}

/** A toolbox is looked into where it has its namespaces: with the launch or desktop that it looks into itself. */
async function besideOf(context: Context, target: Ours): Promise<Beside> {
  const { container, type, desktopId } = target;
  const name = type === 'x11server' ? `the desktop ${desktopId}` : nameOf(container);
  if (type !== 'toolbox') {
    const runtime = type === 'x11server' ? 'ephemeral_container' : type;
    return { runtime, containerId: container.Id, joinId: container.Id, name };
  }
  const facts = readToolbox(container.Config.Labels ?? {}, desktopId);
  const below = facts && (await besideOf(context, await findTarget(context, facts.target)));
  if (below === null) throw new DeskpodError('not_found', `Nothing is known of the toolbox ${name}.`);
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

async function explained(context: Context, error: unknown, spec: ToolboxSpec, signal: AbortSignal): Promise<unknown> {
  if (signal.aborted) return signal.reason;
  if (error instanceof DeskpodError) return error;
  if (isNameTaken(error)) return taken(spec, error);
  const words = error instanceof Error ? error.message : String(error);
  const desktop = await context.objects.find(spec.target.desktopId).catch(() => null);
  if (desktop === null || !isRunning(desktop.container)) {
    const { desktopId } = spec.target;
    return new DeskpodError('desktop_missing', `The desktop ${desktopId} ended before the toolbox started.`, {
      cause: error,
    });
  }
  const target = await findTarget(context, spec.target).catch(() => null);
  if (target === null || !isRunning(target.container)) return ended(spec, target?.container ?? null, error);
  if (/apply caps|operation not permitted/i.test(words)) {
    return new DeskpodError('profile_refused', `The profile ${spec.profile} cannot be had here: ${words}`, {
      remedy: 'Choose a narrower profile.',
      cause: error,
    });
  }
  if (/non-shareable ipc/i.test(words)) {
    return new DeskpodError('conflict', `${nameOf(target.container)} was started before toolboxes could join it.`, {
      remedy: 'Start it again.',
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
  return new DeskpodError('conflict', `${what} has ended${how}: nothing can be put beside it.`, {
    remedy: 'Read its log, or start a copy of it with another command.',
    cause,
  });
}
