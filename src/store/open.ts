/** Opens the store. The only file that knows which databases there are: another one is one more folder and one more case. */
import { type Dialect, Kysely } from 'kysely';
import { DeskpodError } from '../domain/errors.ts';
import type { Store } from '../domain/store.ts';
import { alone } from './alone.ts';
import { appsIn } from './apps.ts';
import { loginsIn, preferencesIn, tracesIn, valuesIn } from './history.ts';
import { debugIn } from './debug.ts';
import { launchesIn } from './launches.ts';
import { migrate } from './migrate.ts';
import type { Tables } from './tables.ts';
import { postgresTurn, sqliteTurn, type Turn } from './turn.ts';
import { accountsIn, usersIn } from './users.ts';

export type StoreConfig =
  | { readonly kind: 'sqlite'; /** A path, or `:memory:`. */ readonly file: string }
  | { readonly kind: 'postgres'; /** With its password. */ readonly url: string };

/** Opens the database, made if missing, and brings its tables up to date. Free it with `await using` or `Symbol.asyncDispose`. */
export async function openStore(config: StoreConfig): Promise<Store> {
  try {
    return config.kind === 'sqlite' ? await openSqlite(config.file) : await openPostgres(config.url);
  } catch (error) {
    throw error instanceof DeskpodError ? error : unusable(config, error);
  }
}

async function openSqlite(file: string): Promise<Store> {
  const { sqliteDialect } = await import('./sqlite/dialect.ts');
  const { tables, db } = await openTables(await sqliteDialect(file), sqliteTurn);
  return { ...tables, ...alone(), [Symbol.asyncDispose]: () => db.destroy() };
}

/** Loaded only when it is wanted: a server on SQLite needs none of it. */
async function openPostgres(url: string): Promise<Store> {
  const [{ PatientPostgresDialect }, { clientConfig }, { leadIn, listenIn, replicasIn }] = await Promise.all([
    import('./postgres/dialect.ts'),
    import('./postgres/config.ts'),
    import('./postgres/together.ts'),
  ]);
  await using stack = new AsyncDisposableStack();
  const { tables, db } = await openTables(new PatientPostgresDialect(url), postgresTurn);
  stack.defer(() => db.destroy());
  const config = clientConfig(url);
  const changes = stack.use(await listenIn(db, config));
  const opened = stack.move();
  return {
    ...tables,
    replicas: replicasIn(db),
    changes,
    lead: leadIn(config),
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  };
}

async function openTables(dialect: Dialect, turn: Turn) {
  const db = new Kysely<Tables>({ dialect });
  try {
    await migrate(db, turn);
  } catch (error) {
    await db.destroy();
    throw error;
  }
  const tables = {
    users: usersIn(db),
    accounts: accountsIn(db, turn),
    apps: appsIn(db),
    launches: launchesIn(db),
    debug: debugIn(db, turn),
    traces: tracesIn(db),
    preferences: preferencesIn(db),
    logins: loginsIn(db),
    values: valuesIn(db, turn),
  };
  return { db, tables };
}

function unusable(config: StoreConfig, cause: unknown): DeskpodError {
  const why = cause instanceof Error ? cause.message : String(cause);
  if (config.kind === 'sqlite') {
    return new DeskpodError('internal_error', `The database ${config.file} cannot be used: ${why}.`, {
      field: 'store.file',
      remedy: 'Check that the folder can be written and that the file is a Deskpod database.',
      cause,
    });
  }
  return new DeskpodError('internal_error', `The PostgreSQL database cannot be used: ${why}.`, {
    field: 'store.url',
    remedy: 'Check that its user may make tables in it and that it is a Deskpod database or empty.',
    cause,
  });
}
