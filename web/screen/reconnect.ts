/** Keeps the screen connected: at once when it is lost, then with growing pauses, at once when the network is back. */
import { retryDelay } from '#client/stream.ts';
import { CloseCode } from '#protocol/screen.ts';

export type ScreenState = 'connecting' | 'connected' | 'reconnecting' | 'closed';

/** One connection to the screen. */
export interface ScreenLink {
  /** Resolves when the server has accepted; rejects when it did not. */
  readonly connected: Promise<void>;
  /** Resolves with the close code when the connection is over, for whatever reason. */
  readonly closed: Promise<number>;
  close(): void;
}

export interface Keeping {
  readonly signal: AbortSignal;
  readonly ticket: (signal: AbortSignal) => Promise<string>;
  /** Told when a ticket did not open the screen, or will not open it again. */
  readonly doubt: () => void;
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
/** And when it did before: a gateway that just went may swallow the question. Doubled each time it was too short. */
const RECONNECT_MS = 2_000;
/** After these a ticket that was good is so no more. */
const TICKET_OVER: ReadonlySet<number> = new Set([CloseCode.sessionEnded, CloseCode.desktopGone]);

/** Ends when the signal aborts or a failure is final; until then it tries for ever, at most every ten seconds. */
export async function keepConnected(keeping: Keeping): Promise<void> {
  const { signal, onState } = keeping;
  onState('connecting');
  let stood = false;
  let misses = 0;
  for (let attempt = 0; !signal.aborted; attempt += 1) {
    if (attempt > 0) {
      onState('reconnecting');
      await keeping.pause(retryDelay(attempt - 1), signal);
      if (signal.aborted) break;
    }
    try {
      const since = await once(keeping, stood ? Math.min(CONNECT_MS, RECONNECT_MS * 2 ** misses) : CONNECT_MS);
      stood = true;
      misses = 0;
      if (keeping.now() - since >= GOOD_MS) attempt = 0;
    } catch (error) {
      if (keeping.isFinal(error)) break;
      misses += 1;
    }
  }
  onState('closed');
}

/** One connection from ticket to end; returns since when it stood, rejects when it never did. */
async function once({ signal, ticket, doubt, open, onState, now }: Keeping, patienceMs: number): Promise<number> {
  const link = open(await ticket(signal));
  const close = () => link.close();
  const tooSlow = setTimeout(close, patienceMs);
  signal.addEventListener('abort', close, { once: true });
  if (signal.aborted) close();
  try {
    await Promise.race([link.connected, link.closed.then(() => Promise.reject(new Error('closed before it stood')))]);
    clearTimeout(tooSlow);
    const since = now();
    onState('connected');
    if (TICKET_OVER.has(await link.closed)) doubt();
    return since;
  } catch (error) {
    doubt();
    throw error;
  } finally {
    clearTimeout(tooSlow);
    signal.removeEventListener('abort', close);
  }
}
