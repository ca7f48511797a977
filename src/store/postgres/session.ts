/** A dedicated connection for locks and subscriptions, reopened whenever it is lost. */
import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { Client, type ClientConfig } from 'pg';
import { waitAtMost } from '#domain/deadlines.ts';
import { ignore } from '#protocol/ignore.ts';

/** A query without an answer reveals a connection that broke silently. */
const PING_MS = 3_000;
const PAUSES_MS = [100, 500, 1_000, 2_000];
const END_MS = 1_000;

/** `lost` aborts when the connection is gone or no longer needed: the work must end then. */
export type SessionWork = (client: Client, lost: AbortSignal) => Promise<void>;

/** Runs `work`, again after each loss of the connection, until it returns or `signal` aborts. Rejects with other errors of the work. */
export async function keepSession(config: ClientConfig, work: SessionWork, signal: AbortSignal): Promise<void> {
  for (let failures = 0; !signal.aborted; failures += 1) {
    const outcome = await session(config, work, signal);
    if (outcome === 'done') return;
    if (outcome === 'lost') failures = 0;
    await pause(PAUSES_MS[failures] ?? PAUSES_MS.at(-1), undefined, { signal, ref: false }).catch(
      ignore('the pause was aborted'),
    );
  }
}

async function session(
  config: ClientConfig,
  work: SessionWork,
  signal: AbortSignal,
): Promise<'done' | 'lost' | 'unreachable'> {
  const client = new Client({ ...config, query_timeout: PING_MS });
  const lost = new AbortController();
  const lose = () => lost.abort();
  client.on('error', lose).on('end', lose);
  signal.addEventListener('abort', lose, { once: true });
  let ping: NodeJS.Timeout | null = null;
  try {
    await client.connect();
    ping = setInterval(() => void client.query('select 1').catch(lose), PING_MS).unref();
    if (!lost.signal.aborted) await work(client, lost.signal);
    return lost.signal.aborted ? 'lost' : 'done';
  } catch (error) {
    if (ping !== null && !lost.signal.aborted) throw error;
    return ping === null ? 'unreachable' : 'lost';
  } finally {
    if (ping !== null) clearInterval(ping);
    signal.removeEventListener('abort', lose);
    await waitAtMost(END_MS, client.end().catch(ignore('the connection is already closed')), undefined);
  }
}

/** Resolves when the signal aborts. */
export async function aborted(signal: AbortSignal): Promise<void> {
  if (!signal.aborted) await once(signal, 'abort');
}
