/** The product with somebody logged in, as the parts of the bench find it. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { type Client, createClient } from '#client/client.ts';
import type { ServerEvent } from '#protocol/events.ts';
import type { Product } from '../test/e2e/product.ts';

export const TIMEOUT_MS = 60_000;

export interface Stage {
  readonly product: Product;
  readonly client: Client;
  readonly token: string;
}

/** Philip J. Fry of the demo directory. */
export async function loggedIn(product: Product): Promise<Stage> {
  const { token } = await createClient({ baseUrl: product.address }).session.login({
    provider: 'directory',
    name: 'fry',
    password: 'fry',
  });
  return { product, token, client: createClient({ baseUrl: product.address, token }) };
}

/** Resolves when the stream stands. */
export async function listen(client: Client, signal: AbortSignal, each: (event: ServerEvent) => void): Promise<void> {
  const first = Promise.withResolvers<void>();
  const read = async (): Promise<void> => {
    for await (const event of client.events({ signal })) {
      first.resolve();
      each(event);
    }
  };
  read().catch(first.reject);
  await first.promise;
}

/** Makes the desktop and resolves when it runs. */
export async function desktopRuns(client: Client): Promise<void> {
  const stop = new AbortController();
  const running = Promise.withResolvers<void>();
  const late = setTimeout(() => running.reject(new Error('the desktop does not start')), 3 * TIMEOUT_MS);
  await listen(client, stop.signal, (event) => {
    if (event.type !== 'desktop') return;
    if (event.desktop.status.state === 'running') running.resolve();
    if (event.desktop.status.state === 'failed') running.reject(new Error(event.desktop.status.reason));
  });
  await client.desktop.start({ width: 1280, height: 800 });
  await running.promise.finally(() => {
    clearTimeout(late);
    stop.abort();
  });
}

/** The first line that a program says of its version. */
export async function versionOf(program: string, ...args: string[]): Promise<string> {
  const { stdout } = await promisify(execFile)(program, args, { timeout: TIMEOUT_MS });
  return stdout.trim().split('\n').join(', ');
}
