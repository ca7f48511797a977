/** Waiting between two attempts, which ends early when the network or the user is back. */
import { wake } from './api.ts';

/** Resolves after the delay, or earlier when the page wakes or the signal aborts. */
export function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      wake.removeEventListener('wake', done);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    wake.addEventListener('wake', done);
    signal.addEventListener('abort', done);
  });
}
