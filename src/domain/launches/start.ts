/** Starting: from the record of a launch to its process, or to the reason why it failed. */
import type { AppDocument } from '#protocol/manager.ts';
import type { Launch, LaunchState } from '#protocol/launch.ts';
import type { Engine } from '../ports/engine.ts';
import type { EngineLaunch } from '../ports/engine-launch.ts';
import { DeskpodError } from '../errors.ts';
import { type Active, type LaunchRegistry, type LaunchEvents, stoppedBeforeStart } from './registry.ts';
import type { LaunchOwnership } from './ownership.ts';
import type { Deadlines } from './deadlines.ts';
import { endReason, NO_EXIT } from './end.ts';
import { present } from './record.ts';
import type { LaunchStops } from './stop.ts';
import type { LaunchRecord, Store } from '../ports/store.ts';
import { ignore } from '#protocol/ignore.ts';
import { BackgroundWork } from '../server/background-work.ts';
import { isTimeout, withDeadline } from '../deadlines.ts';

/** The engine's part of a start. */
export interface StartSteps {
  /** Whether the image is present. */
  isInstalled(): Promise<boolean>;
  install(signal: AbortSignal): Promise<unknown>;
  start(report: (waiting: string) => void, signal: AbortSignal): Promise<EngineLaunch>;
}

interface StartDeps {
  readonly engine: Pick<Engine, 'removeLaunch'>;
  readonly store: Pick<Store, 'launches'>;
  readonly registry: LaunchRegistry;
  readonly ownership: LaunchOwnership;
  readonly stops: LaunchStops;
  readonly hold: (desktopId: string) => () => void;
  readonly deadlines: Deadlines;
  readonly events: LaunchEvents;
}

export class LaunchStarts {
  readonly #background = new BackgroundWork();
  readonly #deps: StartDeps;

  constructor(deps: StartDeps) {
    this.#deps = deps;
  }

  /** Resolves once the launch is stored; later states are published. */
  async begin(record: LaunchRecord, app: AppDocument, requestedAt: number, steps: StartSteps): Promise<Launch> {
    const { registry, store, hold } = this.#deps;
    const active = registry.add({
      record,
      status: { state: 'starting', step: 'create' },
      requestedAt,
      stoppedBy: null,
      release: hold(record.desktopId),
      finishing: null,
      desktopEnded: new AbortController(),
      hostname: null,
      wmClass: app.launch,
      mine: true,
      starting: new AbortController(),
      stopping: null,
    });
    // Calls to the store about one launch keep their order, so every later write follows this one.
    const stored = store.launches.add(record);
    this.#background.add(this.#run(active, steps, stored));
    await stored;
    registry.announce(active);
    return present(record, active.status);
  }

  /** Resolves when no launch is starting. */
  async settled(signal: AbortSignal): Promise<void> {
    await this.#background.settled(signal);
  }

  async #run(active: Active, steps: StartSteps, stored: Promise<void>): Promise<void> {
    const abort = active.starting ?? new AbortController();
    stored.catch((error: unknown) => abort.abort(error));
    try {
      const started = await this.#startInEngine(active, steps, abort.signal);
      await stored;
      await this.#started(active, started);
      active.starting = null;
      if (active.stoppedBy && this.#deps.registry.get(active.record.id))
        await this.#deps.stops.inEngine({ ...active.record, stoppedBy: active.stoppedBy });
    } catch (error) {
      const unstored = await stored.then(
        () => false,
        () => true,
      );
      // Engines fail in ways of their own when they are aborted: what counts is why.
      const cause: unknown = abort.signal.aborted ? abort.signal.reason : error;
      await this.#failed(active, cause, unstored);
    } finally {
      active.starting = null;
    }
  }

  async #startInEngine(active: Active, steps: StartSteps, abort: AbortSignal): Promise<EngineLaunch> {
    const { registry, deadlines, engine } = this.#deps;
    const until = (ms: number): AbortSignal => AbortSignal.any([abort, AbortSignal.timeout(ms)]);
    if (!(await withDeadline(steps.isInstalled(), until(deadlines.startMs)))) {
      registry.setStatus(active, { state: 'starting', step: 'image' });
      // Other launches may wait for the same image: cancelling this one doesn't cancel the download.
      await withDeadline(
        steps.install(AbortSignal.timeout(deadlines.installMs)),
        until(deadlines.installMs),
        deadlines.undoMs,
      );
      if (!active.stoppedBy) registry.setStatus(active, { state: 'starting', step: 'create' });
    }
    abort.throwIfAborted();
    const limit = until(deadlines.startMs);
    const starting = steps.start((detail) => {
      if (active.status.state === 'starting') registry.setStatus(active, { ...active.status, detail });
    }, limit);
    try {
      return await withDeadline(starting, limit, deadlines.undoMs);
    } catch (error) {
      // An engine that ignores the signal may still start it.
      void starting.then(({ id }) => engine.removeLaunch(id)).catch(ignore('the reconciler removes what is left'));
      throw error;
    }
  }

  async #started(active: Active, started: EngineLaunch): Promise<void> {
    const { registry, store, ownership, events } = this.#deps;
    active.hostname = started.hostname;
    const kept = await store.launches.find(started.id);
    if (kept?.end) throw new DeskpodError('conflict', 'Another server considered this one gone and ended the launch.');
    active.stoppedBy ??= kept?.stoppedBy ?? null;
    active.record = { ...active.record, ...(await ownership.describe(started)), server: null };
    if (active.status.state === 'starting') registry.setStatus(active, { state: 'starting', step: 'window' });
    const { release } = active;
    const stopWaiting = registry.awaitWindow(active, () => active.release());
    active.release = () => {
      stopWaiting();
      release();
    };
    events.launchStarted(present(active.record, active.status));
  }

  /** `unstored`: the caller got the error, so there is no record to end. */
  async #failed(active: Active, error: unknown, unstored: boolean): Promise<void> {
    const { registry, engine, events, deadlines } = this.#deps;
    const { id } = active.record;
    // The object with this name belongs to another launch.
    const foreign =
      error instanceof DeskpodError && (error.code === 'name_taken' || (unstored && error.code === 'conflict'));
    if (unstored) registry.drop(id);
    else {
      const { stoppedBy } = active;
      if (!(error instanceof DeskpodError) && !isTimeout(error)) events.failed(`starting ${id}`, error);
      const message = stoppedBy ? stoppedBeforeStart().message : whyNot(error, active.status, deadlines.startMs);
      const reason = stoppedBy ? endReason({ ...NO_EXIT, stoppedBy }) : 'start_failed';
      // It may have ended with its desktop meanwhile.
      if (registry.get(id))
        await registry.settle(active.record, { finishedAt: new Date(), exitCode: null, reason, message, log: '' });
    }
    if (!foreign)
      await withDeadline(engine.removeLaunch(id), AbortSignal.timeout(deadlines.stopMs)).catch(
        ignore('the reconciler removes what is left'),
      );
  }
}

function whyNot(error: unknown, status: LaunchState, startMs: number): string {
  if (error instanceof DeskpodError) return error.toSentence();
  if (!isTimeout(error)) return "It couldn't be started.";
  const detail = status.state === 'starting' ? status.detail : undefined;
  return [`It didn't start within ${Math.round(startMs / 1000)} seconds.`, detail].filter(Boolean).join(' ');
}
