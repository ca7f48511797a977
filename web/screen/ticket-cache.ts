/** The screen's ticket, fetched ahead of time: while it is valid, a reconnect needs only a gateway. */
import type { Ticket } from '#protocol/desktop.ts';

export interface TicketSource {
  readonly fetch: (signal: AbortSignal) => Promise<Ticket>;
  /** True for an error that a retry can't fix: the session has ended. */
  readonly isFinal: (error: unknown) => boolean;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Resolves after the delay, or earlier if waiting has become pointless. */
  readonly pause: (ms: number, signal: AbortSignal) => Promise<void>;
}

/** Clocks differ, so the remaining time of a ticket is limited to between one and seven minutes. */
const SHORTEST_MS = 60_000;
const LONGEST_MS = 420_000;
/** The fraction of its lifetime after which a new ticket is fetched. */
const FRESH = 0.75;
/** Between two attempts to fetch a ticket ahead of time. */
const RETRY_MS = 10_000;
/** How long to wait for a new ticket while the cached one may still work. */
const FETCH_TIMEOUT_MS = 1_500;

export class TicketCache {
  readonly #source: TicketSource;
  #cached: { token: string; at: number; life: number } | null = null;
  #doubted = false;

  constructor(source: TicketSource) {
    this.#source = source;
  }

  /** The cached ticket while it seems valid, otherwise a new one; the cached one again if there is no new one. */
  async take(signal: AbortSignal): Promise<string> {
    const cached = this.#usable();
    if (cached === null) return this.#fetch(signal);
    if (!this.#doubted) return cached;
    try {
      return await this.#fetch(AbortSignal.any([signal, AbortSignal.timeout(FETCH_TIMEOUT_MS)]));
    } catch (error) {
      signal.throwIfAborted();
      if (this.#source.isFinal(error)) throw error;
      return cached;
    }
  }

  /** The screen didn't open with this ticket; browsers don't report the reason. */
  doubt(): void {
    this.#doubted = true;
  }

  /** Replaces the ticket ahead of time, until the signal aborts or the session ends. */
  async keepFresh(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await this.#source.pause(this.#dueIn() ?? RETRY_MS, signal);
      const due = this.#dueIn();
      if (signal.aborted || due === null || due > 0) continue;
      try {
        await this.#fetch(signal);
      } catch (error) {
        if (signal.aborted || this.#source.isFinal(error)) return;
        await this.#source.pause(RETRY_MS, signal);
      }
    }
  }

  async #fetch(signal: AbortSignal): Promise<string> {
    const { token, expiresAt } = await this.#source.fetch(signal);
    const at = this.#source.now();
    const life = Math.min(LONGEST_MS, Math.max(SHORTEST_MS, Date.parse(expiresAt) - at));
    this.#cached = { token, at, life };
    this.#doubted = false;
    return token;
  }

  #usable(): string | null {
    const cached = this.#cached;
    return cached !== null && this.#source.now() - cached.at < cached.life ? cached.token : null;
  }

  /** Milliseconds until a new ticket should be fetched; null if none has been requested. */
  #dueIn(): number | null {
    const cached = this.#cached;
    return cached && Math.max(0, cached.at + cached.life * FRESH - this.#source.now());
  }
}
