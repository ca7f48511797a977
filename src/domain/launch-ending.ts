/** From what the engine says of a launch that ended to the end that is kept: why it is over, and the end of its log. */
import { setTimeout as delay } from 'node:timers/promises';
import type { LogLine } from '../protocol/launch.ts';
import type { Engine, EngineLaunch } from './engine.ts';
import type { Active, LaunchBoard } from './launch-board.ts';
import { endReason } from './launch-end.ts';
import { KEPT_LOG_BYTES, keepEnd, presentLine } from './log-text.ts';
import type { LaunchRecord, Store, StoppedBy } from './store.ts';

const LOG_TIMEOUT_MS = 10_000;
const DISPLAY_TIMEOUT_MS = 1_000;
/** How much later than its launches a desktop that takes them along is told as ended. */
const DESKTOP_END_MS = 2_000;

export class LaunchEnding {
  readonly #deps;

  constructor(deps: { engine: Pick<Engine, 'connect' | 'logs'>; store: Pick<Store, 'launches'>; board: LaunchBoard }) {
    this.#deps = deps;
  }

  /** `launch` is null when the engine has nothing of it any more. A failure may be tried again. */
  async finish(active: Active, launch: EngineLaunch | null, desktopEnded: boolean): Promise<void> {
    if (desktopEnded) active.desktopOver.abort();
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
    if (exit && exit.exitCode !== 0 && !exit.outOfMemory && !stoppedBy) await this.#mayBeItsDesktop(active);
    const desktopEnded = active.desktopOver.signal.aborted;
    const log = launch ? await this.#endOfLog(active.record) : '';
    const exitCode = exit?.exitCode ?? null;
    const reason = endReason({ exitCode, outOfMemory: exit?.outOfMemory ?? false, stoppedBy, desktopEnded });
    await this.#deps.board.settle(active.record, {
      finishedAt: exit?.finishedAt ?? new Date(),
      exitCode,
      reason,
      message: exit?.message ?? null,
      log,
    });
  }

  /** Another server may have been asked to stop it. */
  async #stoppedBy({ record, stoppedBy }: Active): Promise<StoppedBy | null> {
    if (stoppedBy !== null) return stoppedBy;
    return (await this.#deps.store.launches.find(record.id).catch(() => null))?.stoppedBy ?? null;
  }

  /** A desktop that ends takes its launches along, and they are told of first: if its display is gone too, its word is awaited. */
  async #mayBeItsDesktop({ record: { desktopId }, desktopOver: { signal } }: Active): Promise<void> {
    try {
      const display = await this.#deps.engine.connect(desktopId, 'display', AbortSignal.timeout(DISPLAY_TIMEOUT_MS));
      display.destroy();
    } catch {
      await delay(DESKTOP_END_MS, undefined, { signal }).catch(() => {});
    }
  }

  async #endOfLog(record: LaunchRecord): Promise<string> {
    const lines: LogLine[] = [];
    try {
      const target = { desktopId: record.desktopId, launchId: record.id };
      const options = { follow: false, tailBytes: KEPT_LOG_BYTES };
      for await (const line of this.#deps.engine.logs(target, options, AbortSignal.timeout(LOG_TIMEOUT_MS)))
        lines.push(presentLine(line));
    } catch {
      // What could be read until then is better than nothing.
    }
    return keepEnd(lines);
  }
}
