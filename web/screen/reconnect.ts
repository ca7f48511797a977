/** Keeps the screen connected: retries at once, then with growing delays, and when the network is back. */
import { retryDelay } from '#client/stream.ts';
import { CloseCode } from '#protocol/screen.ts';

export type ScreenState = 'connecting' | 'connected' | 'reconnecting' | 'closed';

/** One connection to the screen. */
export interface ScreenLink {
  /** Resolves when the server has accepted the connection, otherwise rejects. */
  readonly connected: Promise<void>;
  /** Resolves with the close code when the connection has ended for any reason. */
  readonly closed: Promise<number>;
  close(): void;
}

export interface KeepOptions {
  readonly signal: AbortSignal;
  readonly ticket: (signal: AbortSignal) => Promise<string>;
  /** Called if a ticket didn't open the screen, or won't open it again. */
  readonly doubt: () => void;
  /** Called if a screen didn't open: rejects with the server's reason, which browsers hide. */
  readonly check?: (signal: AbortSignal) => Promise<void>;
  readonly open: (token: string) => ScreenLink;
  /** Resolves after the delay, or earlier if waiting has become pointless. */
  readonly pause: (ms: number, signal: AbortSignal) => Promise<void>;
  readonly onState: (state: ScreenState) => void;
  /** True for an error after which retries are useless. */
  readonly isFinal: (error: unknown) => boolean;
  readonly now: () => number;
}

/** After a connection of this length, delays start short again. */
const GOOD_MS = 5_000;
/** How long the server may take to accept a screen. */
const CONNECT_MS = 15_000;
/** The limit for a reconnect: a gateway that has just stopped may never answer. Doubled after each timeout. */
const RECONNECT_MS = 2_000;
/** How many failed reconnects before the page's origin is checked again. */
const CHECK_AFTER = 3;
/** Close codes after which a ticket is no longer valid. */
const TICKET_OVER: ReadonlySet<number> = new Set([CloseCode.sessionEnded, CloseCode.desktopGone]);

/** The connection ended before it was established. */
class Unopened extends Error {}

/** Ends when the signal aborts or an error is final; otherwise it retries forever, at most every ten seconds. */
export async function keepConnected(keeping: KeepOptions): Promise<void> {
  const { signal, onState } = keeping;
  onState('connecting');
  let established = false;
  let misses = 0;
  for (let attempt = 0; !signal.aborted; attempt += 1) {
    if (attempt > 0) {
      onState('reconnecting');
      await keeping.pause(retryDelay(attempt - 1), signal);
      if (signal.aborted) break;
    }
    try {
      const since = await once(keeping, established ? Math.min(CONNECT_MS, RECONNECT_MS * 2 ** misses) : CONNECT_MS);
      established = true;
      misses = 0;
      if (keeping.now() - since >= GOOD_MS) attempt = 0;
    } catch (error) {
      misses += 1;
      const asks = !(error instanceof Unopened) || (established && misses < CHECK_AFTER) ? undefined : keeping.check;
      if (keeping.isFinal((await asks?.(signal).catch((reason: unknown) => reason)) ?? error)) break;
    }
  }
  onState('closed');
}

/** One connection from ticket to end; returns when it was established, rejects if it never was. */
async function once({ signal, ticket, doubt, open, onState, now }: KeepOptions, timeoutMs: number): Promise<number> {
  const link = open(await ticket(signal));
  const close = () => link.close();
  const tooSlow = setTimeout(close, timeoutMs);
  signal.addEventListener('abort', close, { once: true });
  if (signal.aborted) close();
  try {
    await Promise.race([
      link.connected,
      link.closed.then(() => Promise.reject(new Error('closed before it was established'))),
    ]);
    clearTimeout(tooSlow);
    const since = now();
    onState('connected');
    if (TICKET_OVER.has(await link.closed)) doubt();
    return since;
  } catch (cause) {
    doubt();
    throw new Unopened('The screen did not open.', { cause });
  } finally {
    clearTimeout(tooSlow);
    signal.removeEventListener('abort', close);
  }
}
