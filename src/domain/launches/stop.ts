/** Stopping: ends in a final state, or in an error and the previous state. */
import type { Engine } from '../ports/engine.ts';
import type { EngineLaunch } from '../ports/engine-launch.ts';
import { DeskpodError, messageOf } from '../errors.ts';
import { type Active, type LaunchRegistry, stoppedBeforeStart } from './registry.ts';
import type { LaunchOwnership } from './ownership.ts';
import type { Deadlines } from './deadlines.ts';
import { lostEnd, stuckEnd } from './end.ts';
import { ignore } from '#protocol/ignore.ts';
import type { LaunchRecord, StoppedBy, Store } from '../ports/store.ts';
import { isTimeout, withDeadline } from '../deadlines.ts';

interface StopDeps {
  readonly engine: Pick<Engine, 'stopLaunch' | 'findLaunch' | 'removeLaunch'>;
  readonly store: Pick<Store, 'launches'>;
  readonly registry: LaunchRegistry;
  readonly ownership: Pick<LaunchOwnership, 'isOwned'>;
  readonly finished: (launch: EngineLaunch) => Promise<void>;
  readonly stopGraceMs: number;
  readonly deadlines: Deadlines;
}

export class LaunchStops {
  readonly #deps: StopDeps;

  constructor(deps: StopDeps) {
    this.#deps = deps;
  }

  /** Any server may have started it. A second call while it is stopping waits for the same stop. */
  async stop(id: string, by: StoppedBy): Promise<void> {
    const { registry } = this.#deps;
    const known = registry.get(id);
    if (known?.stopping) return known.stopping;
    // This server may not know the launch yet, or may have missed its end.
    const record = known?.starting ? known.record : await registry.lookUp(id);
    if (!record || record.end) return;
    const active = registry.get(id) ?? registry.follow(record, { state: 'running' });
    active.stopping ??= this.#stop(active, record.stoppedBy ?? by).finally(() => {
      active.stopping = null;
    });
    return active.stopping;
  }

  async #stop(active: Active, by: StoppedBy): Promise<void> {
    const { registry, ownership, store } = this.#deps;
    const { id, appName } = active.record;
    const { status, stoppedBy } = active;
    active.stoppedBy = by;
    registry.setStatus(active, { state: 'stopping' });
    try {
      await store.launches.stoppedBy(id, by);
      registry.announce(active);
      // The server that starts it receives this and cancels the start.
      if (active.starting) return active.starting.abort(stoppedBeforeStart());
      const record = await store.launches.find(id);
      if (record && !record.end && !(await ownership.isOwned(record))) await this.inEngine(record);
    } catch (error) {
      if (registry.get(id)) {
        active.stoppedBy = stoppedBy;
        registry.setStatus(active, status, true);
      }
      await store.launches.stoppedBy(id, stoppedBy).catch(ignore('the reconciler stops it later'));
      throw stopError(appName, error);
    }
  }

  /** After its start: when this resolves, nothing of it runs, and it has an end if the engine didn't have it. */
  async inEngine(record: LaunchRecord): Promise<void> {
    const { engine, registry, finished, stopGraceMs, deadlines } = this.#deps;
    const { id, desktopId } = record;
    const limit = AbortSignal.timeout(stopGraceMs + deadlines.stopMs);
    await withDeadline(engine.stopLaunch(id, stopGraceMs, limit), limit);
    const left = await withDeadline(engine.findLaunch(desktopId, id), limit);
    if (left === null) return registry.settle(record, lostEnd(record, true));
    if (left.status.state === 'finished') return finished(left);
    if (left.status.state === 'running') return;
    await withDeadline(engine.removeLaunch(id), limit);
    await registry.settle(record, stuckEnd(record, left.status.waiting));
  }
}

function stopError(appName: string, error: unknown): DeskpodError {
  if (error instanceof DeskpodError) return error;
  const why = isTimeout(error) ? 'the engine took too long' : messageOf(error);
  return new DeskpodError('engine_unavailable', `${appName} couldn't be stopped: ${why}`, {
    remedy: 'Try again in a moment.',
    cause: error,
  });
}
