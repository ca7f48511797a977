/** Ids that two comparisons in a row report: lists are a moment old, so nothing is decided by one of them alone. */
export class SeenTwice {
  #previous: ReadonlySet<string> = new Set();

  /** How many ids the latest comparison reported. */
  get size(): number {
    return this.#previous.size;
  }

  /** Those that the previous comparison reported, too. */
  again(ids: Iterable<string>): ReadonlySet<string> {
    const current = new Set(ids);
    const twice = new Set([...current].filter((id) => this.#previous.has(id)));
    this.#previous = current;
    return twice;
  }
}
