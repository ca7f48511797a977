/** Concurrent work: `SharedBuilds` runs it once for all callers, `BuildLock` limits how many run at the same time. */
import { withDeadline } from '#domain/deadlines.ts';
import { ignore } from '#protocol/ignore.ts';

type Report = (line: string) => void;

/** One run of work with any number of waiters; it is stopped when the last of them gives up. */
export class SharedBuilds {
  /** Resolves when the work has finished or failed. */
  readonly settled: Promise<void>;
  readonly #done: Promise<void>;
  readonly #reports = new Set<Report>();
  readonly #stop = new AbortController();
  #waiting = 0;
  #ended = false;

  constructor(work: (report: Report, stop: AbortSignal) => Promise<void>) {
    const tellAll = (line: string): void => this.#reports.forEach((report) => report(line));
    this.#done = work(tellAll, this.#stop.signal).finally(() => (this.#ended = true));
    this.settled = this.#done.catch(ignore('those who wait for the build hear of it'));
  }

  /** It finished, failed or is being stopped, so a new caller needs a new run. */
  get ended(): boolean {
    return this.#ended || this.#stop.signal.aborted;
  }

  /** Ends as the work does, or when `signal` aborts. */
  async join(report: Report, signal: AbortSignal): Promise<void> {
    this.#waiting++;
    // Each waiter has its own listener, even when two pass the same function.
    const listener: Report = (line) => report(line);
    this.#reports.add(listener);
    try {
      signal.throwIfAborted();
      await withDeadline(this.#done, signal);
    } finally {
      this.#reports.delete(listener);
      if (--this.#waiting === 0 && !this.#ended) this.#stop.abort(signal.reason);
    }
  }
}

/** At most `size` holders at once, first come, first served. */
export class BuildLock {
  #free: number;
  readonly #queue: (() => void)[] = [];

  constructor(size: number) {
    this.#free = size;
  }

  async run<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> {
    signal.throwIfAborted();
    if (this.#free > 0) this.#free--;
    else await this.#wait(signal);
    try {
      return await work();
    } finally {
      this.#release();
    }
  }

  async #wait(signal: AbortSignal): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const leave = (): void => {
      this.#queue.splice(this.#queue.indexOf(resolve), 1);
      reject(signal.reason);
    };
    this.#queue.push(resolve);
    signal.addEventListener('abort', leave, { once: true });
    try {
      await promise;
    } finally {
      signal.removeEventListener('abort', leave);
    }
  }

  /** A turn goes straight to the next in the queue. */
  #release(): void {
    const next = this.#queue.shift();
    if (next) next();
    else this.#free++;
  }
}
