/** The last lines of a log, with a limit of their text. */
import type { EngineLogLine } from '#domain/ports/engine.ts';

export class LastLines {
  /** Whether lines were left out. */
  isFull = false;
  readonly #limit: number;
  #lines: EngineLogLine[] = [];
  /** How many at the start are left out: taking each from an array of many would copy the rest each time. */
  #left = 0;
  #bytes = 0;

  /** @param limit In bytes, line ends included. */
  constructor(limit: number) {
    this.#limit = limit;
  }

  add(line: EngineLogLine): void {
    this.#lines.push(line);
    this.#bytes += bytesOf(line);
    for (; this.#bytes > this.#limit; this.#left += 1) {
      const oldest = this.#lines[this.#left];
      if (oldest === undefined) break;
      this.#bytes -= bytesOf(oldest);
      this.isFull = true;
    }
    if (this.#left * 2 > this.#lines.length) this.#forget();
  }

  lines(): readonly EngineLogLine[] {
    this.#forget();
    return this.#lines;
  }

  #forget(): void {
    this.#lines = this.#lines.slice(this.#left);
    this.#left = 0;
  }
}

function bytesOf({ text }: EngineLogLine): number {
  return Buffer.byteLength(text) + 1;
}
