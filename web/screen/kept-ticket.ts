/** The ticket of the screen, fetched ahead and kept: while it is good, a reconnect needs nobody but a gateway. */
import type { Ticket } from '#protocol/desktop.ts';

export interface TicketSource {
  readonly fetch: (signal: AbortSignal) => Promise<Ticket>;
  /** True for a failure that no later question will change: the session is over. */
  readonly isFinal: (error: unknown) => boolean;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Resolves after the pause, or before when waiting makes no sense any more. */
  readonly pause: (ms: number, signal: AbortSignal) => Promise<void>;
}

/** Clocks differ: whatever a ticket's end seems to be, it lasts between one and seven minutes. */
const SHORTEST_MS = 60_000;
const LONGEST_MS = 420_000;
/** The part of its life after which a new one is fetched. */
const FRESH = 0.75;
/** Between two attempts to fetch one ahead. */
const AGAIN_MS = 10_000;
/** How long the api may think about a new one while an older one may still do. */
const PATIENCE_MS = 1_500;

export class KeptTicket {
  readonly #source: TicketSource;
  #kept: { token: string; at: number; life: number } | null = null;
  #doubted = false;

  constructor(source: TicketSource) {
    this.#source = source;
  }

  /** The kept ticket if nothing speaks against it, else a new one; the kept one once more if no new one is to be had. */
  async take(signal: AbortSignal): Promise<string> {
    const kept = this.#usable();
    if (kept === null) return this.#fetch(signal);
    if (!this.#doubted) return kept;
    try {
      return await this.#fetch(AbortSignal.any([signal, AbortSignal.timeout(PATIENCE_MS)]));
    } catch (error) {
      signal.throwIfAborted();
      if (this.#source.isFinal(error)) throw error;
      return kept;
    }
  }

  /** The screen did not open with it, for whatever reason: browsers do not tell. */
  doubt(): void {
    this.#doubted = true;
  }

  /** Replaces it ahead of time, until the signal aborts or the session is over. */
  async keepFresh(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await this.#source.pause(this.#dueIn() ?? AGAIN_MS, signal);
      const due = this.#dueIn();
      if (signal.aborted || due === null || due > 0) continue;
      try {
        await this.#fetch(signal);
      } catch (error) {
        if (signal.aborted || this.#source.isFinal(error)) return;
        await this.#source.pause(AGAIN_MS, signal);
      }
    }
  }

  async #fetch(signal: AbortSignal): Promise<string> {
    const { token, expiresAt } = await this.#source.fetch(signal);
    const at = this.#source.now();
    const life = Math.min(LONGEST_MS, Math.max(SHORTEST_MS, Date.parse(expiresAt) - at));
    this.#kept = { token, at, life };
    this.#doubted = false;
    return token;
  }

  #usable(): string | null {
    const kept = this.#kept;
    return kept !== null && this.#source.now() - kept.at < kept.life ? kept.token : null;
  }

  /** Milliseconds until a new one should be fetched; null as long as none was ever asked for. */
  #dueIn(): number | null {
    const kept = this.#kept;
    return kept && Math.max(0, kept.at + kept.life * FRESH - this.#source.now());
  }
}
