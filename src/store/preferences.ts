/** What users set in the shell. */
import type { Kysely } from 'kysely';
import { z } from 'zod';
import type { Store } from '#domain/ports/store.ts';
import { Preferences } from '#protocol/system.ts';
import { readJson } from './json.ts';
import type { Tables } from './tables.ts';

const StoredPreferences = Preferences.extend({ ownDock: z.boolean().optional() });

export function preferencesIn(db: Kysely<Tables>): Store['preferences'] {
  return {
    async get(userId) {
      const row = await db.selectFrom('preferences').selectAll().where('user_id', '=', userId).executeTakeFirst();
      return readJson(StoredPreferences, row?.preferences ?? '{}', `preferences of ${userId}`);
    },
    async set(userId, value) {
      const preferences = JSON.stringify(value);
      await db
        .insertInto('preferences')
        .values({ user_id: userId, preferences })
        .onConflict((conflict) => conflict.column('user_id').doUpdateSet({ preferences }))
        .execute();
    },
  };
}
