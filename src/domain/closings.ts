/** Sessions and desktops that just ended, for gateways elsewhere that may show them still. */
import type { Closing } from '../protocol/closing.ts';

/** A ticket opens nothing after this, so nobody needs to know for longer. */
export const CLOSINGS_KEPT_MS = 7 * 60_000;
const MOST = 10_000;

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

  /** Whether it ended in the last minutes. */
  has(closing: Closing): boolean {
    this.#forget();
    return this.#recent.has(keyOf(closing));
  }

  /** Tells of the recent ones at once, then of each as it ends. Returns how to stop listening. */
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
  return closing.type === 'session' ? `session ${closing.sessionId}` : `desktop ${closing.desktopId}`;
}
