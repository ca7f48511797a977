/** The engine process as the parent of this server process: without it, this process has nothing to do. */
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { ignore } from '#protocol/ignore.ts';
import { ENGINE_READY } from './server-process.ts';

/** How long after its sockets the channel to a killed process closes at most. */
const END_MS = 2_000;

/** Whether an engine process started this one. */
export function hasParent(): boolean {
  return process.channel !== undefined && process.channel !== null;
}

/** Resolves when the engine answers. From now on, this process exits with 1 as soon as its parent is gone. */
export async function engineReported(signal: AbortSignal): Promise<void> {
  process.once('disconnect', () => {
    process.stderr.write('The engine process ended, and the server with it.\n');
    process.exit(1);
  });
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const message = (received: unknown): void => {
    if (JSON.stringify(received) === JSON.stringify(ENGINE_READY)) resolve();
  };
  process.on('message', message);
  const abort = (): void => reject(signal.reason);
  signal.addEventListener('abort', abort, { once: true });
  try {
    await promise;
  } finally {
    process.off('message', message);
    // The listener for its end doesn't keep this process alive.
    process.channel?.unref();
    signal.removeEventListener('abort', abort);
  }
}

/** Resolves at once without a parent, and after a while if the parent doesn't end. */
export async function parentEnds(): Promise<void> {
  if (!hasParent()) return;
  const waited = new AbortController();
  const { signal } = waited;
  const outcomes = [once(process, 'disconnect', { signal }), delay(END_MS, undefined, { signal, ref: false })];
  for (const outcome of outcomes) outcome.catch(ignore('the other one came first'));
  await Promise.race(outcomes);
  waited.abort();
}
