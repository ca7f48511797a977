/** Work that was begun and that nobody awaits: a server that stops lets it come to its end. */

export class UnderWay {
  readonly #work = new Set<Promise<void>>();

  /** `work` never rejects. */
  add(work: Promise<void>): void {
    this.#work.add(work);
    void work.finally(() => this.#work.delete(work));
  }

  /** Resolves when there is none left, of what begins meanwhile either; or when the signal aborts. */
  async over(signal: AbortSignal): Promise<void> {
    const { promise: late, resolve } = Promise.withResolvers<void>();
    signal.addEventListener('abort', () => resolve(), { once: true });
    while (this.#work.size > 0 && !signal.aborted) await Promise.race([Promise.allSettled(this.#work), late]);
  }
}
