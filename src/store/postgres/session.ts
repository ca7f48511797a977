/** A connection of its own for what outlives a query: a lock, a subscription. Opened again whenever it is lost. */
import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { Client, type ClientConfig } from 'pg';

/** A connection that was cut without a word is noticed by a question that stays unanswered. */
const PING_MS = 3_000;
const PAUSES_MS = [100, 500, 1_000, 2_000];
const END_MS = 1_000;

/** `lost` aborts when the connection is gone or nobody wants it any more: work must end then. */
export type SessionWork = (client: Client, lost: AbortSignal) => Promise<void>;

/** Does `work` until it returns with its connection intact, or `signal` aborts. Rejects as the work does, if not for the connection. */
export async function keepSession(config: ClientConfig, work: SessionWork, signal: AbortSignal): Promise<void> {
  for (let failures = 0; !signal.aborted; failures += 1) {
    const outcome = await session(config, work, signal);
    if (outcome === 'done') return;
    if (outcome === 'lost') failures = 0;
    await pause(PAUSES_MS[failures] ?? PAUSES_MS.at(-1), undefined, { signal, ref: false }).catch(() => {});
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
    await Promise.race([client.end().catch(() => {}), pause(END_MS, undefined, { ref: false })]);
  }
}

/** Resolves when the signal aborts. */
export async function aborted(signal: AbortSignal): Promise<void> {
  if (!signal.aborted) await once(signal, 'abort');
}
