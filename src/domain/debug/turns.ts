/** One after the other where what is done depends on what was seen just before: per desktop, within this server. */

export class Turns {
  readonly #last = new Map<string, Promise<unknown>>();

  /** Runs `work` when all work of the same key that came before is over, however that ended. */
  async take<T>(key: string, work: () => Promise<T>): Promise<T> {
    const before = this.#last.get(key) ?? Promise.resolve();
    const mine = before.then(work, work);
    this.#last.set(key, mine);
    try {
      return await mine;
    } finally {
      if (this.#last.get(key) === mine) this.#last.delete(key);
    }
  }
}
