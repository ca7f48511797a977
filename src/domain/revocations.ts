/** Sessions that ended before their token expires: kept in the store, so that every replica refuses them. */
import type { Store } from './store.ts';

export class Revocations {
  readonly #values: Store['values'];
  /** Answers are remembered: a session never comes back, and one that stands is asked for again only now and then. */
  readonly #standing = new Map<string, number>();
  readonly #revoked = new Set<string>();
  static readonly #RECHECK_MS = 2_000;
  /** While the store is away, an answer of the last minutes goes on counting: no longer than a ticket lives anyway. */
  static readonly #TRUSTED_MS = 5 * 60_000;
  static readonly #MOST = 10_000;

  constructor(store: Pick<Store, 'values'>) {
    this.#values = store.values;
  }

  async revoke(sessionId: string, until: Date): Promise<void> {
    this.#revoked.add(sessionId);
    await this.#values.set(key(sessionId), until.toISOString());
  }

  async isRevoked(sessionId: string): Promise<boolean> {
    if (this.#revoked.has(sessionId)) return true;
    const now = performance.now();
    const age = now - (this.#standing.get(sessionId) ?? -Infinity);
    if (age < Revocations.#RECHECK_MS) return false;
    const found = await this.#values.get(key(sessionId)).then(
      (value) => ({ revoked: value !== null }),
      (error: unknown) => ({ error }),
    );
    if ('error' in found) {
      if (age < Revocations.#TRUSTED_MS) return false;
      throw found.error;
    }
    const { revoked } = found;
    if (this.#standing.size > Revocations.#MOST) this.#standing.clear();
    if (revoked) this.#revoked.add(sessionId);
    else this.#standing.set(sessionId, now);
    return revoked;
  }
}

function key(sessionId: string): string {
  return `revoked-session:${sessionId}`;
}
