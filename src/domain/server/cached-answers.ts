/** Answers of the store by key, cached for two seconds. While the store doesn't respond, an answer of the last five minutes counts. */
import { waitAtMost } from '../deadlines.ts';

const PATIENCE_MS = 500;
const RECHECK_MS = 2_000;
/** A ticket isn't valid for much longer. */
const TRUSTED_MS = 5 * 60_000;
const MOST = 10_000;

interface Answer<T> {
  readonly value: T;
  readonly at: number;
}

export class CachedAnswers<T> {
  #answers = new Map<string, Answer<T>>();

  /** Rejects if the store is away and there is no recent answer. */
  async get(key: string, ask: () => Promise<T>): Promise<T> {
    const now = performance.now();
    const known = this.#answers.get(key);
    const age = known === undefined ? Infinity : now - known.at;
    if (known && age < RECHECK_MS) return known.value;
    // An answer to a question from before `forget` isn't kept.
    const answers = this.#answers;
    const asked = ask().then(
      (value) => ({ value }),
      (error: unknown) => ({ error }),
    );
    const away = { error: new Error("the store doesn't respond") };
    const found = await (age < TRUSTED_MS ? waitAtMost(PATIENCE_MS, asked, away) : asked);
    if ('error' in found) {
      if (known && age < TRUSTED_MS) return known.value;
      throw found.error;
    }
    if (answers.size > MOST) answers.clear();
    answers.set(key, { value: found.value, at: now });
    return found.value;
  }

  /** The next question goes to the store. */
  forget(): void {
    this.#answers = new Map();
  }
}
