/**
 * Installations under way: one per reference however many want it, a few at a time, each with an end. Whoever waits may
 * stop waiting without ending it for the others.
 */
import { withDeadline } from '../deadlines.ts';
import { DeskpodError } from '../errors.ts';

/** The slowest build on a slow line; after it the app is unavailable and says so. */
const INSTALL_TIMEOUT_MS = 30 * 60_000;

type Work = (signal: AbortSignal) => Promise<void>;
interface Running {
  readonly done: Promise<void>;
  readonly abort: AbortController;
}

export class Installs implements AsyncDisposable {
  readonly #running = new Map<string, Running>();
  readonly #queue: (() => void)[] = [];
  readonly #concurrency: number;
  #active = 0;
  #closed = false;

  constructor(concurrency: number) {
    this.#concurrency = concurrency;
  }

  /** Starts `work` for this key, or joins the one that runs. Fails as the work fails, or when `signal` ends the waiting. */
  async run(key: string, work: Work, signal?: AbortSignal): Promise<void> {
    if (this.#closed)
      throw new DeskpodError('engine_unavailable', 'The server is stopping, nothing is installed any more.');
    signal?.throwIfAborted();
    const { done } = this.#running.get(key) ?? this.#start(key, work);
    await (signal === undefined ? done : withDeadline(done, signal));
  }

  /** Rejects the waiting callers; the key is free at once. */
  cancel(key: string): void {
    const running = this.#running.get(key);
    this.#running.delete(key);
    running?.abort.abort(new DeskpodError('conflict', 'The app was changed or removed while it was being installed.'));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed = true;
    const ended = [...this.#running.values()].map(({ done, abort }) => {
      abort.abort(new DeskpodError('engine_unavailable', 'The server is stopping.'));
      return done;
    });
    await Promise.allSettled(ended);
    this.#running.clear();
  }

  #start(key: string, work: Work): Running {
    const abort = new AbortController();
    const done = this.#bounded(work, AbortSignal.any([abort.signal, AbortSignal.timeout(INSTALL_TIMEOUT_MS)]));
    const running = { done, abort };
    this.#running.set(key, running);
    const forget = () => {
      if (this.#running.get(key) === running) this.#running.delete(key);
    };
    done.then(forget, forget);
    return running;
  }

  async #bounded(work: Work, signal: AbortSignal): Promise<void> {
    if (this.#active >= this.#concurrency) await this.#turn();
    else this.#active += 1;
    try {
      signal.throwIfAborted();
      await work(signal);
    } finally {
      const next = this.#queue.shift();
      if (next === undefined) this.#active -= 1;
      else next();
    }
  }

  /** Resolved when an installation finishes and frees a slot. */
  #turn(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#queue.push(resolve);
    return promise;
  }
}
