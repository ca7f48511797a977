/**
 * The sizes of the homes of running desktops, measured regularly and on request. A home over its limit stops nobody's
 * work: its user gets a notice that says who can raise the limit.
 */
import { setTimeout as delay } from 'node:timers/promises';
import type { Notice } from '#protocol/events.ts';
import { sizeOf } from '../sizes.ts';
import type { Engine, EngineDesktop } from '../ports/engine.ts';

/** Each time, all files of a home are counted. */
const MEASURE_EVERY_MS = 600_000;
/** How old a size may be that a request gets. */
const FRESH_MS = 30_000;
/** What a request waits for a newer one. */
const PATIENCE_MS = 3_000;

export interface HomeSizesOptions {
  readonly engine: Pick<Engine, 'desktops' | 'homeBytes'>;
  readonly limitBytes: number;
  readonly notify: (userId: string, level: Notice['level'], text: string) => Promise<void>;
  readonly failed: (what: string, error: unknown) => void;
}

export interface HomeUse {
  readonly bytes: number;
  /** Since the measurement began. */
  readonly ageMs: number;
}

interface Measured {
  /** Null if unknown. */
  readonly bytes: number | null;
  /** The beginning. */
  readonly at: number;
}

export class HomeSizes {
  readonly limitBytes: number;
  readonly #options: HomeSizesOptions;
  /** By desktop. */
  readonly #measured = new Map<string, Measured>();
  readonly #measuring = new Map<string, Promise<void>>();
  /** Desktops whose users know that their home is over the limit. */
  readonly #notified = new Set<string>();
  readonly #now: () => number;

  /** `now` returns milliseconds since any fixed time. */
  constructor(options: HomeSizesOptions, now = (): number => performance.now()) {
    this.#options = options;
    this.limitBytes = options.limitBytes;
    this.#now = now;
  }

  /** Null if the engine doesn't measure homes, or hasn't yet. */
  async use(desktop: EngineDesktop): Promise<HomeUse | null> {
    if (!this.#isKnown(desktop, FRESH_MS))
      await Promise.race([this.#measure(desktop), delay(PATIENCE_MS, undefined, { ref: false })]);
    const { bytes = null, at = 0 } = this.#measured.get(desktop.id) ?? {};
    return bytes === null ? null : { bytes, ageMs: this.#now() - at };
  }

  /**
   * Measures those of new desktops, and all others now and then; tells users whose home got over the limit. Runs
   * periodically, in one server at a time.
   */
  async sweep(): Promise<void> {
    const desktops = (await this.#options.engine.desktops()).filter(({ state }) => state === 'running');
    const ids = new Set(desktops.map(({ id }) => id));
    for (const id of [...this.#measured.keys(), ...this.#notified]) if (!ids.has(id)) this.#forget(id);
    // One after the other: each reads a whole home.
    for (const desktop of desktops) {
      if (!this.#isKnown(desktop, MEASURE_EVERY_MS)) await this.#measure(desktop);
      await this.#tell(desktop);
    }
  }

  #isKnown({ id }: EngineDesktop, withinMs: number): boolean {
    const known = this.#measured.get(id);
    return known !== undefined && this.#now() - known.at < withinMs;
  }

  /** Once for all who ask at the same time; never rejects. */
  async #measure({ id }: EngineDesktop): Promise<void> {
    const { engine, failed } = this.#options;
    const at = this.#now();
    const measuring =
      this.#measuring.get(id) ??
      engine
        .homeBytes(id)
        .catch((error: unknown) => {
          failed(`measuring the home of the desktop ${id}`, error);
          return this.#measured.get(id)?.bytes ?? null;
        })
        .then((bytes) => void this.#measured.set(id, { bytes, at }))
        .finally(() => this.#measuring.delete(id));
    this.#measuring.set(id, measuring);
    await measuring;
  }

  async #tell({ id, userId }: EngineDesktop): Promise<void> {
    const bytes = this.#measured.get(id)?.bytes ?? 0;
    if (bytes <= this.limitBytes) {
      this.#notified.delete(id);
      return;
    }
    if (this.#notified.has(id)) return;
    this.#notified.add(id);
    const text = `Your home folder has ${sizeOf(bytes)}, more than the ${sizeOf(this.limitBytes)} that you can have. Delete what you don’t need, caches included (du -sh ~/* ~/.cache in a terminal shows where it is). An administrator can raise the setting limits.home.`;
    await this.#options.notify(userId, 'warning', text);
  }

  #forget(id: string): void {
    this.#measured.delete(id);
    this.#notified.delete(id);
  }
}
