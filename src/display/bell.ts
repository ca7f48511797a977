/** A wake-up that isn't lost: a ring before the wait counts, several count once. */
import { waitAtMost } from '#domain/deadlines.ts';

export class Bell {
  #rung = false;
  #wake: () => void = () => {};

  ring(): void {
    this.#rung = true;
    this.#wake();
  }

  /** Forgets a ring that nobody waited for. */
  clear(): void {
    this.#rung = false;
  }

  /** Resolves to false if it doesn't ring in time. For one waiter at a time. */
  async wait(ms: number): Promise<boolean> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#wake = resolve;
    if (!this.#rung) await waitAtMost(ms, promise, undefined);
    const rung = this.#rung;
    this.#rung = false;
    return rung;
  }
}
