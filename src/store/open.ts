/** Opens the store. The only file that knows which databases there are: another one is one more folder and one more case. */
import { type Dialect, Kysely } from 'kysely';
import { DeskpodError } from '../domain/errors.ts';
import type { Store } from '../domain/store.ts';
import { appsIn } from './apps.ts';
import { loginsIn, preferencesIn, tracesIn, valuesIn } from './history.ts';
import { launchesIn } from './launches.ts';
import { migrate } from './migrate.ts';
import { sqliteDialect } from './sqlite/dialect.ts';
import type { Tables } from './tables.ts';
import { accountsIn, usersIn } from './users.ts';

export type StoreConfig =
  | { readonly kind: 'sqlite'; /** A path, or `:memory:`. */ readonly file: string }
  | { readonly kind: 'postgres'; readonly url: string };

/** Opens the database, made if missing, and brings its tables up to date. Free it with `await using` or `Symbol.asyncDispose`. */
export async function openStore(config: StoreConfig): Promise<Store> {
  const db = new Kysely<Tables>({ dialect: await dialectOf(config) });
  try {
    await migrate(db);
  } catch (error) {
    await db.destroy();
    throw error instanceof DeskpodError ? error : unusable(config, error);
  }
  return {
    users: usersIn(db),
    accounts: accountsIn(db),
    apps: appsIn(db),
    launches: launchesIn(db),
    traces: tracesIn(db),
    preferences: preferencesIn(db),
    logins: loginsIn(db),
    values: valuesIn(db),
    [Symbol.asyncDispose]: () => db.destroy(),
  };
}

async function dialectOf(config: StoreConfig): Promise<Dialect> {
  switch (config.kind) {
    case 'sqlite':
      try {
        return await sqliteDialect(config.file);
      } catch (error) {
        throw unusable(config, error);
      }
    case 'postgres':
      throw new DeskpodError('internal_error', 'PostgreSQL is not there yet.', {
        field: 'store.url',
        remedy: 'Leave store.url out: the server then keeps its data in an SQLite file.',
      });
    default:
      return config satisfies never;
  }
}

function unusable(config: StoreConfig, cause: unknown): DeskpodError {
  const place = config.kind === 'sqlite' ? config.file : 'PostgreSQL';
  const why = cause instanceof Error ? cause.message : String(cause);
  return new DeskpodError('internal_error', `The database ${place} cannot be used: ${why}.`, {
    field: config.kind === 'sqlite' ? 'store.file' : 'store.url',
    remedy: 'Check that the folder can be written and that the file is a Deskpod database.',
    cause,
  });
}
