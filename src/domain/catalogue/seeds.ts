/**
 * Puts the apps that come with the product into the catalogue once: those an administrator removed stay away, and optional
 * ones wait in the app store. Entries whose image was never built follow their recipe.
 */
import type { Store } from '../ports/store.ts';
import { offerFacts } from './offers.ts';
import { documentOfOwn } from './own-apps.ts';
import type { OwnImage } from './own-apps.ts';

const KEY = 'catalogue.seeded';

export class Seeds {
  readonly #store: Pick<Store, 'apps' | 'values'>;
  readonly #own: readonly OwnImage[];

  constructor(store: Pick<Store, 'apps' | 'values'>, own: readonly OwnImage[]) {
    this.#store = store;
    this.#own = own;
  }

  async plant(): Promise<void> {
    const planted = new Set(((await this.#store.values.get(KEY)) ?? '').split('\n'));
    const unbuilt = new Set((await this.#store.apps.list()).filter(({ sha_id }) => sha_id === '').map(({ id }) => id));
    const fresh = this.#own.filter(
      ({ reference, labels }) => unbuilt.has(reference) || (!planted.has(reference) && !offerFacts(labels).optional),
    );
    if (fresh.length === 0) return;
    await this.#store.apps.put(fresh.map(documentOfOwn));
    const references = new Set([...planted, ...fresh.map(({ reference }) => reference)]);
    references.delete('');
    await this.#store.values.set(KEY, [...references].join('\n'));
  }
}
