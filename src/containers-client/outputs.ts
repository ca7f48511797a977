/** Splits a command's output into two streams; the connection waits while either of them is full. */
import { Readable } from 'node:stream';

export interface Source {
  pause(): unknown;
  resume(): unknown;
}

export class Outputs {
  /** Null where all output is in `stdout`, as with a terminal. */
  readonly stderr: Readable | null;
  readonly #stdout: Readable;
  readonly #source: () => Source | null;
  readonly #full = new Set<Readable>();

  /** `stdout` calls {@link wanted} when it is read. `source` is null before there is a connection. */
  constructor(stdout: Readable, separate: boolean, source: () => Source | null) {
    this.#stdout = stdout;
    this.#source = source;
    this.stderr = separate ? new Readable({ read: () => this.wanted(this.stderr) }) : null;
    // Its reader adds its own listener later; `stdout` reports errors.
    this.stderr?.on('error', () => {});
  }

  push(stream: 'stdout' | 'stderr', data: Buffer): void {
    const to = stream === 'stderr' ? (this.stderr ?? this.#stdout) : this.#stdout;
    if (to.destroyed || to.push(data)) return;
    this.#full.add(to);
    this.#source()?.pause();
  }

  wanted(by: Readable | null): void {
    if (by) this.#full.delete(by);
    if (this.#full.size === 0) this.#source()?.resume();
  }

  end(): void {
    for (const stream of [this.#stdout, this.stderr]) if (stream && !stream.destroyed) stream.push(null);
  }

  destroy(): void {
    this.stderr?.destroy();
  }
}
