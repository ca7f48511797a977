/** Sessions and desktops that ended recently, for gateways in other processes that may still show them. */
import type { Closing } from '#protocol/closing.ts';
import type { TicketClaims } from '../ports/auth.ts';

/** No ticket is valid for longer. */
export const CLOSINGS_KEPT_MS = 7 * 60_000;
const MOST = 10_000;

type Shown = Pick<TicketClaims, 'sessionId' | 'userId' | 'sessionSince'> & Partial<Pick<TicketClaims, 'desktopId'>>;

export class Closings {
  readonly #recent = new Map<string, { readonly closing: Closing; readonly at: number }>();
  readonly #listeners = new Set<(closing: Closing) => void>();

  add(closing: Closing): void {
    const key = keyOf(closing);
    this.#recent.delete(key);
    this.#recent.set(key, { closing, at: performance.now() });
    this.#forget();
    for (const listener of this.#listeners) listener(closing);
  }

  /** Whether it ended recently. */
  has(closing: Extract<Closing, { type: 'session' | 'desktop' }>): boolean {
    this.#forget();
    return this.#recent.has(keyOf(closing));
  }

  /** Whether the session, all of its user's sessions or the desktop ended recently. */
  hasEnded({ sessionId, userId, sessionSince, desktopId }: Shown): boolean {
    if (this.has({ type: 'session', sessionId })) return true;
    if (desktopId !== undefined && this.has({ type: 'desktop', desktopId })) return true;
    const closing = this.#recent.get(`user ${userId}`)?.closing;
    // An older server's ticket doesn't contain the time of the login: it was issued before.
    return closing?.type === 'user' && (sessionSince === undefined || sessionSince <= new Date(closing.before));
  }

  /** Calls the listener with the recent ones at once, then with each new one. Returns a function that unsubscribes. */
  subscribe(listener: (closing: Closing) => void): () => void {
    this.#forget();
    for (const { closing } of this.#recent.values()) listener(closing);
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #forget(): void {
    const old = performance.now() - CLOSINGS_KEPT_MS;
    for (const [key, { at }] of this.#recent) {
      if (at > old && this.#recent.size <= MOST) return;
      this.#recent.delete(key);
    }
  }
}

function keyOf(closing: Closing): string {
  if (closing.type === 'desktop') return `desktop ${closing.desktopId}`;
  return closing.type === 'user' ? `user ${closing.userId}` : `${closing.type} ${closing.sessionId}`;
}
