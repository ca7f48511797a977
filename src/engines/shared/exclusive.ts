/** Work on one object that must not run twice at the same time: two starts of one desktop would undo each other. */
import { DeskpodError } from '#domain/errors.ts';

export class Exclusive {
  readonly #ids = new Set<string>();

  has(id: string): boolean {
    return this.#ids.has(id);
  }

  /** @throws DeskpodError `conflict` with the sentence `busy` while other work on this id runs. */
  async run<T>(id: string, busy: string, work: () => Promise<T>): Promise<T> {
    if (this.#ids.has(id)) throw new DeskpodError('conflict', busy);
    this.#ids.add(id);
    try {
      return await work();
    } finally {
      this.#ids.delete(id);
    }
  }
}
