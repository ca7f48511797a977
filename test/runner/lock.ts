/** Locks between test files: names in the kernel, which are free again when their owner ends or is killed. */
import { createServer } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';

const POLL_MS = 100;

/** Null if another process has it. Doesn't keep this process alive. */
export async function tryLock(name: string): Promise<Disposable | null> {
  const server = createServer().unref();
  return await new Promise((resolve) => {
    server.once('error', () => resolve(null));
    server.listen({ path: `\0deskpod-test ${name}` }, () => resolve({ [Symbol.dispose]: () => server.close() }));
  });
}

/** Waits for one of these locks. */
export async function lockOneOf(
  names: readonly string[],
  timeoutMs: number,
): Promise<Disposable & { readonly name: string }> {
  for (const until = Date.now() + timeoutMs; Date.now() < until; await delay(POLL_MS)) {
    for (const name of names) {
      const lock = await tryLock(name);
      if (lock !== null) return { name, [Symbol.dispose]: () => lock[Symbol.dispose]() };
    }
  }
  throw new Error(`another test has used ${names.join(' and ')} for ${Math.round(timeoutMs / 60_000)} minutes`);
}
