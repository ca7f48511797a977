/** Waiting that ends: for work that may never finish, and for a state that may never come. */
import { setTimeout as delay } from 'node:timers/promises';
import { ignore } from '#protocol/ignore.ts';

/**
 * Settles as `work` does. Once the signal aborts, work that heeds it has `graceMs` to finish; after that this rejects
 * with the signal's reason.
 */
export async function withDeadline<T>(work: Promise<T>, signal: AbortSignal, graceMs = 0): Promise<T> {
  const settled = new AbortController();
  const { promise: expired, reject } = Promise.withResolvers<never>();
  const expire = (): void => {
    delay(graceMs, undefined, { signal: settled.signal, ref: false }).then(
      () => reject(signal.reason),
      ignore('the work finished within its grace period'),
    );
  };
  if (signal.aborted) expire();
  else signal.addEventListener('abort', expire, { once: true, signal: settled.signal });
  try {
    return await Promise.race([work, expired]);
  } finally {
    settled.abort();
  }
}

/** Settles as `work` does, or resolves with the fallback if that takes longer. */
export async function waitAtMost<T, F>(ms: number, work: Promise<T>, fallback: F): Promise<T | F> {
  const { promise: expired, resolve } = Promise.withResolvers<F>();
  const timer = setTimeout(() => resolve(fallback), ms).unref();
  try {
    return await Promise.race([work, expired]);
  } finally {
    clearTimeout(timer);
  }
}

/**
 * Calls `check` now and after each change until it returns something other than undefined, and resolves with that.
 * Rejects as `check` does, or with the signal's reason. `subscribe` returns a function that unsubscribes.
 */
export async function until<T>(
  subscribe: (changed: () => void) => () => void,
  check: () => Promise<T | undefined> | T | undefined,
  signal: AbortSignal,
): Promise<T> {
  const { promise, resolve, reject } = Promise.withResolvers<T>();
  const look = async (): Promise<void> => {
    const found = await check();
    if (found !== undefined) resolve(found);
  };
  const changed = (): void => void look().catch(reject);
  const unsubscribe = subscribe(changed);
  const aborted = (): void => reject(signal.reason);
  signal.addEventListener('abort', aborted, { once: true });
  if (signal.aborted) aborted();
  try {
    changed();
    return await promise;
  } finally {
    unsubscribe();
    signal.removeEventListener('abort', aborted);
  }
}

/** A signal that aborts after a while with an error of ours, unless it is disposed before. */
export class Deadline implements Disposable {
  readonly #abort = new AbortController();
  readonly #timer: NodeJS.Timeout;

  constructor(ms: number, reason: Error) {
    this.#timer = setTimeout(() => this.#abort.abort(reason), ms).unref();
  }

  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#timer);
  }
}

/** Whether a signal of `AbortSignal.timeout()` caused the error. */
export function isTimeout(error: unknown): boolean {
  return error instanceof DOMException && error.name === 'TimeoutError';
}
