/** The catalogue, and the administrators' defaults for its apps. */
import type { Kysely } from 'kysely';
import { DeskpodError } from '#domain/errors.ts';
import type { Store } from '#domain/ports/store.ts';
import { AppDefaults } from '#protocol/app.ts';
import { AppDocument } from '#protocol/manager.ts';
import { readJson } from './json.ts';
import type { Tables } from './tables.ts';

export function appsIn(db: Kysely<Tables>): Store['apps'] {
  return {
    async list() {
      const rows = await db.selectFrom('apps').selectAll().orderBy('id').execute();
      return rows.map((row) => readJson(AppDocument, row.document, `app ${row.id}`));
    },
    async put(apps) {
      await db.transaction().execute(async (transaction) => {
        // A fixed order, so that two servers that store the same apps can't deadlock.
        for (const app of apps.toSorted((a, b) => (a.id < b.id ? -1 : 1))) {
          const document = JSON.stringify(app);
          await transaction
            .insertInto('apps')
            .values({ id: app.id, document })
            .onConflict((conflict) => conflict.column('id').doUpdateSet({ document }))
            .execute();
        }
      });
    },
    async remove(ids) {
      if (ids.length === 0) return [];
      const rows = await db.deleteFrom('apps').where('id', 'in', ids).returning('id').execute();
      return rows.map((row) => row.id);
    },
    async defaults(appId) {
      const row = await db.selectFrom('app_defaults').selectAll().where('app_id', '=', appId).executeTakeFirst();
      return row ? readJson(AppDefaults, row.defaults, `defaults of app ${appId}`) : null;
    },
    async setDefaults(appId, value) {
      const defaults = JSON.stringify(value);
      await db.transaction().execute(async (transaction) => {
        const app = await transaction.selectFrom('apps').select('id').where('id', '=', appId).executeTakeFirst();
        if (!app) throw new DeskpodError('not_found', `There is no app ${appId}.`);
        await transaction
          .insertInto('app_defaults')
          .values({ app_id: appId, defaults })
          .onConflict((conflict) => conflict.column('app_id').doUpdateSet({ defaults }))
          .execute();
      });
    },
  };
}
