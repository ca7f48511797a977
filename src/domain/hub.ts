/** Hands events to everyone who listens for one user, and says when the first comes and the last goes. */
import type { ServerEvent } from '../protocol/events.ts';

export type Listener = (event: ServerEvent) => void;

export class Hub {
  readonly #listeners = new Map<string, Set<Listener>>();
  readonly #presence = new Set<(userId: string, present: boolean) => void>();

  publish(userId: string, event: ServerEvent): void {
    for (const listener of this.#listeners.get(userId) ?? []) listener(event);
  }

  /** To every user that listens. */
  broadcast(eventFor: (userId: string) => ServerEvent): void {
    for (const userId of this.#listeners.keys()) this.publish(userId, eventFor(userId));
  }

  /** Returns how to stop listening. */
  subscribe(userId: string, listener: Listener): () => void {
    const listeners = this.#listeners.get(userId) ?? new Set();
    listeners.add(listener);
    if (listeners.size === 1) {
      this.#listeners.set(userId, listeners);
      for (const tell of this.#presence) tell(userId, true);
    }
    return () => {
      if (!listeners.delete(listener) || listeners.size > 0) return;
      this.#listeners.delete(userId);
      for (const tell of this.#presence) tell(userId, false);
    };
  }

  isListening(userId: string): boolean {
    return this.#listeners.has(userId);
  }

  onPresence(tell: (userId: string, present: boolean) => void): void {
    this.#presence.add(tell);
  }
}
