/** Receives from every API replica which sessions and desktops ended, so that their viewers here are closed. */
import { get, type IncomingMessage } from 'node:http';
import { createInterface } from 'node:readline';
import { setInterval } from 'node:timers/promises';
import { ignore } from '#protocol/ignore.ts';
import { Closing, CLOSINGS_PATH } from '#protocol/closing.ts';
import type { ApiReplicas } from './replicas.ts';

/** How often to connect to new replicas, and to those that disconnected. They repeat recent closings. */
const LOOK_EVERY_MS = 2_000;
/** A replica sends something at least every 25 s. */
const SILENCE_MS = 60_000;

export interface ClosingsFeedOptions {
  readonly replicas: Pick<ApiReplicas, 'all' | 'port'>;
  readonly token: string;
  readonly closed: (closing: Closing) => void;
  /** A replica refused this token because it has other keys. Called at every attempt. */
  readonly refused?: () => void;
}

const UNAUTHORIZED = 401;

/** Resolves when aborted. */
export async function followClosings(options: ClosingsFeedOptions, signal: AbortSignal): Promise<void> {
  const { replicas } = options;
  const heard = new Set<string>();
  const look = async (): Promise<void> => {
    for (const address of await replicas.all()) {
      if (heard.has(address)) continue;
      heard.add(address);
      void hear(address, options, signal)
        .catch(ignore('the next round retries it'))
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

/** Resolves when the replica disconnects. */
async function hear(
  host: string,
  { replicas, token, closed, refused = () => {} }: ClosingsFeedOptions,
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
    if (answer.statusCode === UNAUTHORIZED) refused();
    return;
  }
  for await (const line of createInterface({ input: answer })) {
    const data = line.startsWith('data: ') ? line.slice('data: '.length) : null;
    if (data === null) continue;
    const closing = Closing.safeParse(JSON.parse(data));
    if (closing.success) closed(closing.data);
  }
}
