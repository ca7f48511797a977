/** Turns what the engine reports about an ended launch into its stored end: the reason, and the last part of its log. */
import { setTimeout as delay } from 'node:timers/promises';
import type { LogLine } from '#protocol/launch.ts';
import type { Engine } from '../ports/engine.ts';
import type { EngineLaunch } from '../ports/engine-launch.ts';
import type { Active, LaunchRegistry } from './registry.ts';
import type { Deadlines } from './deadlines.ts';
import { CONTAINER_GONE, DESKTOP_GONE, endReason, wasKilled } from './end.ts';
import { ignore } from '#protocol/ignore.ts';
import { KEPT_LOG_BYTES, keepEnd, presentLine } from './log-text.ts';
import type { LaunchRecord, Store, StoppedBy } from '../ports/store.ts';

const LOG_TIMEOUT_MS = 10_000;
const DISPLAY_TIMEOUT_MS = 1_000;

export type DesktopEnded = 'on purpose' | 'unexpectedly';

interface EndingDeps {
  readonly engine: Pick<Engine, 'connect' | 'logs'>;
  readonly store: Pick<Store, 'launches'>;
  readonly registry: LaunchRegistry;
  readonly deadlines: Pick<Deadlines, 'desktopEndMs'>;
}

export class LaunchEnding {
  readonly #deps: EndingDeps;

  constructor(deps: EndingDeps) {
    this.#deps = deps;
  }

  /**
   * `launch` is null when the engine no longer has it; `desktopEnded` says whether its desktop was ended on purpose, or
   * is null if it hasn't ended. After a failure it can be called again.
   */
  async finish(active: Active, launch: EngineLaunch | null, desktopEnded: DesktopEnded | null): Promise<void> {
    if (desktopEnded !== null) active.desktopEnded.abort(desktopEnded);
    active.finishing ??= this.#keep(active, launch);
    try {
      await active.finishing;
    } catch (error) {
      active.finishing = null;
      throw error;
    }
  }

  async #keep(active: Active, launch: EngineLaunch | null): Promise<void> {
    const exit = launch?.status.state === 'finished' ? launch.status : null;
    const stoppedBy = await this.#stoppedBy(active);
    const ownEnd = exit?.exitCode === 0 || exit?.outOfMemory || stoppedBy !== null;
    if (!ownEnd) await this.#waitForDesktopEnd(active, wasKilled(exit?.exitCode ?? null));
    const { aborted: desktopEnded, reason: how } = active.desktopEnded.signal;
    const log = launch ? await this.#endOfLog(active.record) : '';
    const exitCode = exit?.exitCode ?? null;
    const reason = endReason({ exitCode, outOfMemory: exit?.outOfMemory ?? false, stoppedBy, desktopEnded });
    const why =
      reason === 'desktop_ended' && how !== 'on purpose'
        ? DESKTOP_GONE
        : reason === 'killed' && !exit
          ? CONTAINER_GONE
          : null;
    await this.#deps.registry.settle(active.record, {
      finishedAt: exit?.finishedAt ?? new Date(),
      exitCode,
      reason,
      message: exit?.message ?? why,
      log,
    });
  }

  /** The stop may have been requested from another server. */
  async #stoppedBy({ record, stoppedBy }: Active): Promise<StoppedBy | null> {
    if (stoppedBy !== null) return stoppedBy;
    return (
      (await this.#deps.store.launches.find(record.id).catch(ignore('another server may not have stopped it', null)))
        ?.stoppedBy ?? null
    );
  }

  /**
   * The launches of a desktop that ends are reported before it. If one was killed or its display is gone too, this waits
   * for the end of the desktop, which is then the reason.
   */
  async #waitForDesktopEnd(
    { record: { desktopId }, desktopEnded: { signal } }: Active,
    killed: boolean,
  ): Promise<void> {
    if (signal.aborted || !(killed || (await this.#hasNoDisplay(desktopId)))) return;
    await delay(this.#deps.deadlines.desktopEndMs, undefined, { signal }).catch(ignore('its desktop ended'));
  }

  async #hasNoDisplay(desktopId: string): Promise<boolean> {
    try {
      const display = await this.#deps.engine.connect(desktopId, 'display', AbortSignal.timeout(DISPLAY_TIMEOUT_MS));
      display.destroy();
      return false;
    } catch (error) {
      return ignore('a desktop without a display ends', true)(error);
    }
  }

  async #endOfLog(record: LaunchRecord): Promise<string> {
    const lines: LogLine[] = [];
    try {
      const target = { desktopId: record.desktopId, launchId: record.id };
      const options = { follow: false, tailBytes: KEPT_LOG_BYTES };
      for await (const line of this.#deps.engine.logs(target, options, AbortSignal.timeout(LOG_TIMEOUT_MS)))
        lines.push(presentLine(line));
    } catch (error) {
      ignore('part of a log is better than none')(error);
    }
    return keepEnd(lines);
  }
}
