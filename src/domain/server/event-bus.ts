/** Delivers events to all listeners of a user. */
import type { ServerEvent } from '#protocol/events.ts';

export type Listener = (event: ServerEvent) => void;

export class EventBus {
  readonly #listeners = new Map<string, Set<Listener>>();

  publish(userId: string, event: ServerEvent): void {
    for (const listener of this.#listeners.get(userId) ?? []) listener(event);
  }

  /** Returns a function that unsubscribes. */
  subscribe(userId: string, listener: Listener): () => void {
    const listeners = this.#listeners.get(userId) ?? new Set();
    this.#listeners.set(userId, listeners.add(listener));
    return () => {
      listeners.delete(listener);
      if (listeners.size === 0 && this.#listeners.get(userId) === listeners) this.#listeners.delete(userId);
    };
  }
}
