/** Hears from every replica of the api role which sessions and desktops ended, so that their viewers here are closed. */
import { get, type IncomingMessage } from 'node:http';
import { createInterface } from 'node:readline';
import { setInterval } from 'node:timers/promises';
import { Closing, CLOSINGS_PATH } from '#protocol/closing.ts';
import type { ApiReplicas } from './replicas.ts';

/** How soon a new replica, or one that broke off, is listened to. It repeats the recent ones. */
const LOOK_EVERY_MS = 2_000;
/** A replica says something at least every 25 s. */
const SILENCE_MS = 60_000;

export interface ClosingsFeedOptions {
  readonly replicas: Pick<ApiReplicas, 'all' | 'port'>;
  readonly token: string;
  readonly closed: (closing: Closing) => void;
}

/** Ends when aborted. */
export async function followClosings(options: ClosingsFeedOptions, signal: AbortSignal): Promise<void> {
  const { replicas } = options;
  const heard = new Set<string>();
  const look = async (): Promise<void> => {
    for (const address of await replicas.all()) {
      if (heard.has(address)) continue;
      heard.add(address);
      // One that does not answer is tried again at the next look.
      void hear(address, options, signal)
        .catch(() => {})
        .finally(() => heard.delete(address));
    }
  };
  await look();
  try {
    for await (const _ of setInterval(LOOK_EVERY_MS, null, { signal, ref: false })) await look();
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}

/** Resolves when the replica breaks off. */
async function hear(
  host: string,
  { replicas, token, closed }: ClosingsFeedOptions,
  signal: AbortSignal,
): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  const request = get(
    {
      host,
      port: replicas.port,
      path: CLOSINGS_PATH,
      agent: false,
      signal,
      timeout: SILENCE_MS,
      headers: { authorization: `Bearer ${token}` },
    },
    resolve,
  );
  request.on('timeout', () => request.destroy());
  request.on('error', reject);
  const answer = await promise;
  if (answer.statusCode !== 200) {
    answer.destroy();
    return;
  }
  for await (const line of createInterface({ input: answer })) {
    const data = line.startsWith('data: ') ? line.slice('data: '.length) : null;
    if (data === null) continue;
    const closing = Closing.safeParse(JSON.parse(data));
    if (closing.success) closed(closing.data);
  }
}
