/** Sessions that ended before their token expires: kept in the store, so that every server refuses them, and told at once. */
import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import type { Replicas } from './replicas.ts';
import type { Store } from './store.ts';

const PATIENCE_MS = 500;

const Revoked = z.object({ sessionId: z.string(), userId: z.string() });
export type Revoked = z.infer<typeof Revoked>;

export class Revocations {
  readonly #values: Store['values'];
  readonly #replicas: Pick<Replicas, 'tell' | 'hear'>;
  /** Answers are remembered: a session never comes back, and one that stands is asked for again only now and then. */
  readonly #standing = new Map<string, number>();
  readonly #revoked = new Set<string>();
  static readonly #RECHECK_MS = 2_000;
  /** While the store is away, an answer of the last minutes goes on counting: no longer than a ticket lives anyway. */
  static readonly #TRUSTED_MS = 5 * 60_000;
  static readonly #MOST = 10_000;

  constructor(store: Pick<Store, 'values'>, replicas: Pick<Replicas, 'tell' | 'hear'>) {
    this.#values = store.values;
    this.#replicas = replicas;
    this.onRevokedElsewhere(({ sessionId }) => this.#revoked.add(sessionId));
  }

  async revoke(sessionId: string, until: Date, userId: string): Promise<void> {
    this.#revoked.add(sessionId);
    await this.#values.set(key(sessionId), until.toISOString());
    this.#replicas.tell('session', { sessionId, userId });
  }

  /** Another server ended a session: what this one holds open of it shall close. Returns how to stop listening. */
  onRevokedElsewhere(listener: (revoked: Revoked) => void): () => void {
    return this.#replicas.hear('session', (value) => {
      const revoked = Revoked.safeParse(value);
      if (revoked.success) listener(revoked.data);
    });
  }

  async isRevoked(sessionId: string): Promise<boolean> {
    if (this.#revoked.has(sessionId)) return true;
    const now = performance.now();
    const age = now - (this.#standing.get(sessionId) ?? -Infinity);
    if (age < Revocations.#RECHECK_MS) return false;
    const asked = this.#values.get(key(sessionId)).then(
      (value) => ({ revoked: value !== null }),
      (error: unknown) => ({ error }),
    );
    const found = await (age < Revocations.#TRUSTED_MS ? Promise.race([asked, soon()]) : asked);
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

/** A store that does not answer at once is away, for what is remembered anyway. */
async function soon(): Promise<{ error: unknown }> {
  await delay(PATIENCE_MS, undefined, { ref: false });
  return { error: new Error('the store did not answer in time') };
}

function key(sessionId: string): string {
  return `revoked-session:${sessionId}`;
}
