/** Keeps the screen connected: a new ticket for each attempt, growing pauses, at once when the network is back. */
import { retryDelay } from '#client/stream.ts';

export type ScreenState = 'connecting' | 'connected' | 'reconnecting' | 'closed';

/** One connection to the screen. */
export interface ScreenLink {
  /** Resolves when the server has accepted; rejects when it did not. */
  readonly connected: Promise<void>;
  /** Resolves when the connection is over, for whatever reason. */
  readonly closed: Promise<void>;
  close(): void;
}

export interface Keeping {
  readonly signal: AbortSignal;
  readonly ticket: (signal: AbortSignal) => Promise<string>;
  readonly open: (token: string) => ScreenLink;
  /** Resolves after the pause, or before when waiting makes no sense any more. */
  readonly pause: (ms: number, signal: AbortSignal) => Promise<void>;
  readonly onState: (state: ScreenState) => void;
  /** True for a failure after which trying again is useless. */
  readonly isFinal: (error: unknown) => boolean;
  readonly now: () => number;
}

/** A connection that lasted this long was a good one: the next failure starts with a short pause again. */
const GOOD_MS = 5_000;
/** How long the server may take to accept a screen. */
const CONNECT_MS = 15_000;

/** Ends when the signal aborts or a failure is final; until then it tries for ever, at most every ten seconds. */
export async function keepConnected(keeping: Keeping): Promise<void> {
  const { signal, onState } = keeping;
  onState('connecting');
  for (let attempt = 0; !signal.aborted; attempt += 1) {
    if (attempt > 0) {
      onState('reconnecting');
      await keeping.pause(retryDelay(attempt - 1), signal);
      if (signal.aborted) break;
    }
    try {
      const since = await once(keeping);
      if (since !== null && keeping.now() - since >= GOOD_MS) attempt = 0;
    } catch (error) {
      if (keeping.isFinal(error)) break;
    }
  }
  onState('closed');
}

/** One connection from ticket to end; returns since when it stood, null when it never did. */
async function once({ signal, ticket, open, onState, now }: Keeping): Promise<number | null> {
  const link = open(await ticket(signal));
  const close = () => link.close();
  const tooSlow = setTimeout(close, CONNECT_MS);
  signal.addEventListener('abort', close, { once: true });
  if (signal.aborted) close();
  let since: number | null = null;
  try {
    await Promise.race([link.connected, link.closed.then(() => Promise.reject(new Error('closed before it stood')))]);
    clearTimeout(tooSlow);
    since = now();
    onState('connected');
    await link.closed;
  } finally {
    clearTimeout(tooSlow);
    signal.removeEventListener('abort', close);
  }
  return since;
}
