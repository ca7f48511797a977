/** Starts a desktop: its folders, home and network, then its container. */
import { stat } from 'node:fs/promises';
import { z } from 'zod';
import { type DesktopSpec, type EngineDesktop, isGuest } from '#domain/ports/engine.ts';
import { DeskpodError, messageOf } from '#domain/errors.ts';
import { ignore } from '#protocol/ignore.ts';
import { isStatus } from '#containers-client/api.ts';
import type { Attempt, DesktopSteps } from '../../shared/start-desktop.ts';
import { desktopBody } from '../specs/container-spec.ts';
import { findDesktop, isNameTaken, type Context } from '../context.ts';
import { connectSocket } from '../host/connect-socket.ts';
import { screenAnswers } from './desktop-ready.ts';
import { ensureHome, makeFolders, removeFolders, removeLostHome } from './folders.ts';
import { mountableFolders } from './shared-folders.ts';
import { desktopLabels } from '../pods/labels.ts';
import { lastWords } from '../exec/logs.ts';
import { makeNetwork, removeNetwork } from './network.ts';
import { toDesktop } from '../pods/present.ts';
import { bridgeOf } from '../specs/bridge.ts';
import { desktopPaths, homeOf } from '../specs/paths.ts';
import { removeContainer } from '../host/processes.ts';
import { waitForEnd } from '../pods/wait-for-end.ts';

const Created = z.looseObject({ Id: z.string() });

interface Prepared {
  readonly xCookie: string;
  readonly printQueue: string;
  readonly cgroup: string | null;
}

interface Started {
  readonly containerId: string;
  readonly xCookie: string;
}

export class DesktopStart implements DesktopSteps<Prepared, Started> {
  readonly timeoutMs = 60_000;
  readonly #context: Context;
  readonly #spec: DesktopSpec;

  constructor(context: Context, spec: DesktopSpec) {
    this.#context = context;
    this.#spec = spec;
  }

  /** Resolves with the cookie of its X display and the parent of its containers' cgroups. */
  async prepare({ undo, signal }: Attempt): Promise<Prepared> {
    const [context, { id, account }] = [this.#context, this.#spec];
    const paths = desktopPaths(context.runDir, id);
    const home = this.#home();
    await this.#claim(signal);
    undo.defer(() => removeFolders(paths));
    undo.defer(() => removeLostHome(context.dataDir, id));
    undo.defer(() => removeNetwork(context, id));
    undo.defer(() => context.desktopCgroups.remove(id));
    const [{ xCookie, printQueue }, cgroup] = await settled([
      makeFolders(paths, account, home, context.serverGid, context.settings.services),
      context.desktopCgroups.make(id),
      ensureHome(home, account),
      makeNetwork(context, id),
    ]);
    return { xCookie, printQueue, cgroup };
  }

  async create({ xCookie, printQueue, cgroup }: Prepared, { undo, signal }: Attempt): Promise<Started> {
    const [context, spec] = [this.#context, this.#spec];
    const paths = desktopPaths(context.runDir, spec.id);
    const shared = await mountableFolders(context, spec, this.#home().outside);
    const labels = desktopLabels(context.instance, { ...spec, shared }, context.settings.services);
    const wallpapers = await wallpapersOf(context);
    const around = { printQueue, cgroup, wallpapers, shared };
    const body = desktopBody(spec, labels, paths, this.#home(), context.settings, around);
    // The signal cuts neither short: the engine would finish them after the clean-up.
    const { Id } = await context.api.json(Created, 'POST', '/containers/create', { query: { name: spec.id }, body });
    undo.defer(() => removeContainer(context, Id));
    signal.throwIfAborted();
    await context.api.text('POST', `/containers/${Id}/start`);
    context.egress.check(bridgeOf(context.dataDir, spec.id));
    if (cgroup !== null) await context.desktopCgroups.check(spec.id, Id);
    return { containerId: Id, xCookie };
  }

  async usable({ xCookie }: Started, { report, signal }: Omit<Attempt, 'undo'>): Promise<void> {
    const { id, account } = this.#spec;
    const paths = desktopPaths(this.#context.runDir, id);
    await screenAnswers(paths.rfb, paths.rfbSocket, account.uid, signal);
    report('window_manager');
    await this.#context.windowManagerReady(() => connectSocket(paths.xSocket, account.uid, signal), xCookie, signal);
  }

  async endsEarly({ containerId }: Started, signal: AbortSignal): Promise<never> {
    await waitForEnd(this.#context, containerId, signal);
    const words = await lastWords(this.#context, containerId);
    throw new DeskpodError('engine_unavailable', `The desktop ended while it started: ${words || 'it said nothing.'}`);
  }

  async describe(_started: Started, signal: AbortSignal): Promise<EngineDesktop> {
    return toDesktop(this.#context, await findDesktop(this.#context, this.#spec.id, signal));
  }

  explain(error: unknown): DeskpodError | null {
    const { id, image } = this.#spec;
    if (isNameTaken(error) || isStatus(error, 409))
      return new DeskpodError('conflict', `The name ${id} is taken.`, { cause: error });
    if (isStatus(error, 404) && /image/i.test(messageOf(error)))
      return new DeskpodError('app_unavailable', `The desktop's image ${image} is not there.`, { cause: error });
    return null;
  }

  #home() {
    const { id, account } = this.#spec;
    return homeOf(this.#context.dataDir, account.userId, isGuest(account) ? id : null);
  }

  /** The name must be free; folders and networks without a container are left over from a crash. */
  async #claim(signal: AbortSignal): Promise<void> {
    const [context, { id }] = [this.#context, this.#spec];
    const taken = await nameExists(context, id, signal);
    if (taken) throw new DeskpodError('conflict', `A container named ${id} exists already.`);
    await Promise.all([
      removeNetwork(context, id),
      removeFolders(desktopPaths(context.runDir, id)),
      removeLostHome(context.dataDir, id),
    ]);
  }
}

async function wallpapersOf({ wallpapers }: Context): Promise<string | null> {
  if (wallpapers === null) return null;
  const found = await stat(wallpapers).catch(ignore('the folder of wallpapers is optional', null));
  return found?.isDirectory() ? wallpapers : null;
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

/** Like `Promise.all`, but rejects only when all have settled, so that everything they made can be undone. */
async function settled<T extends readonly Promise<unknown>[]>(
  work: readonly [...T],
): Promise<{ -readonly [K in keyof T]: Awaited<T[K]> }> {
  await Promise.allSettled(work);
  return Promise.all(work);
}
