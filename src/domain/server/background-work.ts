/** Work in the background, which a stopping server lets finish. */

export class BackgroundWork {
  readonly #work = new Set<Promise<void>>();

  /** `work` never rejects. */
  add(work: Promise<void>): void {
    this.#work.add(work);
    void work.finally(() => this.#work.delete(work));
  }

  /** Resolves when none is left, including work added meanwhile, or when the signal aborts. */
  async settled(signal: AbortSignal): Promise<void> {
    const { promise: aborted, resolve } = Promise.withResolvers<void>();
    signal.addEventListener('abort', () => resolve(), { once: true });
    while (this.#work.size > 0 && !signal.aborted) await Promise.race([Promise.allSettled(this.#work), aborted]);
  }
}
