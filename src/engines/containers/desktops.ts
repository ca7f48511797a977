/** Desktops: made as a whole or not at all, listed, and removed however much of them is left. */
import { once } from 'node:events';
import { z } from 'zod';
import type { DesktopReport, DesktopSpec, EngineDesktop } from '#domain/engine.ts';
import { DeskpodError } from '#domain/errors.ts';
import { overdue, refuseRoot } from '../desktop-errors.ts';
import { isStatus } from './api.ts';
import { desktopBody } from './container-spec.ts';
import { findDesktop, isNameTaken, type Context } from './context.ts';
import { connectSocket, screenAnswers } from './desktop-ready.ts';
import { ensureHome, makeFolders, removeFolders } from './folders.ts';
import { desktopLabels, ofDesktop, regionalOf } from './labels.ts';
import { lastWords } from './logs.ts';
import { makeNetwork, removeNetwork } from './network.ts';
import { addressOf, isRunning, nameOf, type Ours } from './objects.ts';
import { desktopPaths, homeOf, type DesktopPaths } from './paths.ts';
import { endProcesses, removeContainer } from './processes.ts';

const READY_TIMEOUT_MS = 60_000;
const Created = z.looseObject({ Id: z.string() });

export async function makeDesktop(
  context: Context,
  spec: DesktopSpec,
  report: DesktopReport,
  outer: AbortSignal,
): Promise<EngineDesktop> {
  const signal = AbortSignal.any([outer, AbortSignal.timeout(READY_TIMEOUT_MS)]);
  const paths = desktopPaths(context.runDir, spec.id);
  const home = homeOf(context.dataDir, spec.account.userId);
  refuseRoot(spec);
  await using undo = new AsyncDisposableStack();
  try {
    report('home');
    await claim(context, spec.id, signal);
    undo.defer(() => removeFolders(paths));
    undo.defer(() => removeNetwork(context, spec.id));
    const [credentials] = await settled([
      makeFolders(paths, spec.account, home),
      ensureHome(home, spec.account),
      makeNetwork(context, spec.id),
    ]);
    signal.throwIfAborted();
    report('create');
    const body = desktopBody(spec, desktopLabels(context.instance, spec), paths, home, context.around);
    // Neither is cut short by the signal: the engine would finish them after we had cleaned up.
    const { Id } = await context.api.json(Created, 'POST', '/containers/create', { query: { name: spec.id }, body });
    undo.defer(() => removeContainer(context, Id));
    signal.throwIfAborted();
    await context.api.text('POST', `/containers/${Id}/start`);
    await ready(context, Id, paths, credentials.xCookie, report, signal);
    const made = await findDesktop(context, spec.id, signal);
    undo.move();
    return toDesktop(context, made);
  } catch (error) {
    throw explained(error, spec, signal, outer);
  }
}

export function toDesktop(context: Context, { container, account }: Ours): EngineDesktop {
  const address = addressOf(container);
  return {
    id: nameOf(container),
    userId: account.userId,
    state: isRunning(container) ? 'running' : 'ended',
    createdAt: container.Created,
    regional: regionalOf(container.Config.Labels ?? {}),
    address,
    place: address === null ? context.around.node : `${context.around.node} (${address})`,
    screen: null,
    uid: container.Id,
    entries: { finished: 0, most: null },
  };
}

export async function listDesktops(context: Context): Promise<EngineDesktop[]> {
  const found = await context.objects.list({ type: 'x11server' });
  return found.map((one) => toDesktop(context, one));
}

/** An engine may refuse to remove a container that others have joined: those first. */
export async function removeDesktop(context: Context, id: string, signal: AbortSignal): Promise<void> {
  const all = await context.objects.list(ofDesktop(id));
  signal.throwIfAborted();
  const anchors = all.filter(({ type }) => type === 'x11server');
  const joined = all.filter(({ type }) => type === 'ephemeral_container' || type === 'toolbox');
  const beside = all.filter(({ type }) => type === 'pod_application');
  // What shares the desktop's process namespace ends with its process 1.
  await Promise.all(anchors.map(({ container }) => endProcesses(container.Id)));
  for (const group of [joined, beside, anchors]) {
    await Promise.all(group.map(({ container }) => removeContainer(context, container.Id)));
  }
  await removeNetwork(context, id);
  await removeFolders(desktopPaths(context.runDir, id));
}

/** The name must be free, whoever has it; folders and networks without a container are left-overs of a crash. */
async function claim(context: Context, id: string, signal: AbortSignal): Promise<void> {
  const taken = await nameExists(context, id, signal);
  if (taken) throw new DeskpodError('conflict', `A container named ${id} exists already.`);
  await Promise.all([removeNetwork(context, id), removeFolders(desktopPaths(context.runDir, id))]);
}

async function nameExists(context: Context, name: string, signal: AbortSignal): Promise<boolean> {
  try {
    await context.api.text('GET', `/containers/${encodeURIComponent(name)}/json`, { signal });
    return true;
  } catch (error) {
    if (isStatus(error, 404)) return false;
    throw error;
  }
}

async function ready(
  context: Context,
  containerId: string,
  paths: DesktopPaths,
  xCookie: string,
  report: DesktopReport,
  outer: AbortSignal,
): Promise<void> {
  const over = new AbortController();
  const signal = AbortSignal.any([outer, over.signal]);
  const ended = endsEarly(context, containerId, signal);
  ended.catch(() => undefined);
  const usable = async (): Promise<void> => {
    report('display');
    await screenAnswers(paths.rfb, paths.rfbSocket, signal);
    report('window_manager');
    await context.windowManagerReady(() => connectSocket(paths.xSocket, signal), xCookie, signal);
  };
  const up = usable();
  up.catch(() => undefined);
  try {
    await Promise.race([up, ended]);
  } finally {
    over.abort();
  }
}

/** Rejects when the desktop's container ends before it was ready. */
async function endsEarly(context: Context, containerId: string, signal: AbortSignal): Promise<never> {
  const reply = await context.api.stream('POST', `/containers/${containerId}/wait`, {
    query: { condition: 'not-running' },
    signal,
  });
  // Engines that answer at once send the body when it has ended.
  await once(reply.resume(), 'end', { signal });
  const words = await lastWords(context, containerId);
  throw new DeskpodError('engine_unavailable', `The desktop ended while it started: ${words || 'it said nothing.'}`);
}

/** Like `Promise.all`, but nothing goes on in the background when it rejects: what was begun can be undone. */
async function settled<T extends readonly Promise<unknown>[]>(
  work: readonly [...T],
): Promise<{ -readonly [K in keyof T]: Awaited<T[K]> }> {
  await Promise.allSettled(work);
  return Promise.all(work);
}

function explained(error: unknown, spec: DesktopSpec, signal: AbortSignal, outer: AbortSignal): unknown {
  if (outer.aborted) return outer.reason;
  if (signal.aborted) return overdue(spec, READY_TIMEOUT_MS, error);
  if (error instanceof DeskpodError) return error;
  if (isNameTaken(error) || isStatus(error, 409)) {
    return new DeskpodError('conflict', `The name ${spec.id} is taken.`, { cause: error });
  }
  const words = error instanceof Error ? error.message : String(error);
  if (isStatus(error, 404) && /image/i.test(words)) {
    return new DeskpodError('app_unavailable', `The desktop's image ${spec.image} is not there.`, { cause: error });
  }
  return new DeskpodError('engine_unavailable', `The desktop ${spec.id} could not be made: ${words}`, { cause: error });
}
