/** Opens the store. Only this file knows the supported databases: a new one is a folder and a case here. */
import { randomBytes } from 'node:crypto';
import { type Dialect, Kysely } from 'kysely';
import { DeskpodError, messageOf } from '#domain/errors.ts';
import { type Store, STORE_KEY_BYTES } from '#domain/ports/store.ts';
import { singleServer } from './single-server.ts';
import { accessTokensIn } from './access-tokens.ts';
import { appsIn } from './apps.ts';
import { columnCipher } from './column-cipher.ts';
import { encryptOldRows } from './encrypt-old-rows.ts';
import { debugIn } from './debug.ts';
import { launchesIn } from './launches.ts';
import { loginsIn } from './logins.ts';
import { migrate } from './migrate.ts';
import { preferencesIn } from './preferences.ts';
import type { Tables } from './tables.ts';
import { tracesIn } from './traces.ts';
import { postgresWriteLock, sqliteWriteLock, type WriteLock } from './write-lock.ts';
import { hasUnreadable } from './unreadable.ts';
import { accountsIn, usersIn } from './users.ts';
import { valuesIn } from './values.ts';

export type StoreConfig =
  | { readonly kind: 'sqlite'; /** A path, or `:memory:`. */ readonly file: string }
  | { readonly kind: 'postgres'; /** With its password. */ readonly url: string };

/**
 * Opens the database, creates it if missing, and migrates its tables. Dispose the result to close it. `key` encrypts what can
 * hold secrets. Without one, what is written can't be read after this process, and old rows stay as they are.
 */
export async function openStore(config: StoreConfig, key: Uint8Array | null = null): Promise<Store> {
  try {
    return config.kind === 'sqlite' ? await openSqlite(config.file, key) : await openPostgres(config.url, key);
  } catch (error) {
    throw error instanceof DeskpodError ? error : unusable(config, error);
  }
}

async function openSqlite(file: string, key: Uint8Array | null): Promise<Store> {
  const { sqliteDialect } = await import('./sqlite/dialect.ts');
  const { tables, db } = await openTables(await sqliteDialect(file), sqliteWriteLock, key);
  return { ...tables, ...singleServer(), [Symbol.asyncDispose]: () => db.destroy() };
}

/** Loaded on demand: a server on SQLite needs none of it. */
async function openPostgres(url: string, key: Uint8Array | null): Promise<Store> {
  const [{ PatientPostgresDialect }, { clientConfig }, { leadIn, listenIn, replicasIn }] = await Promise.all([
    import('./postgres/dialect.ts'),
    import('./postgres/config.ts'),
    import('./postgres/several-servers.ts'),
  ]);
  await using stack = new AsyncDisposableStack();
  const { tables, db } = await openTables(new PatientPostgresDialect(url), postgresWriteLock, key);
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

async function openTables(dialect: Dialect, lock: WriteLock, key: Uint8Array | null) {
  const cipher = columnCipher(key ?? randomBytes(STORE_KEY_BYTES));
  const db = new Kysely<Tables>({ dialect });
  try {
    await migrate(db, lock);
    if (key !== null) await encryptOldRows(db, cipher);
  } catch (error) {
    await db.destroy();
    throw error;
  }
  const tables = {
    users: usersIn(db),
    accounts: accountsIn(db, lock),
    apps: appsIn(db),
    launches: launchesIn(db, cipher),
    debug: debugIn(db, lock, cipher),
    traces: tracesIn(db),
    preferences: preferencesIn(db),
    logins: loginsIn(db),
    accessTokens: accessTokensIn(db, lock),
    values: valuesIn(db, lock, cipher),
    hasUnreadable: () => hasUnreadable(db, cipher),
  };
  return { db, tables };
}

function unusable(config: StoreConfig, cause: unknown): DeskpodError {
  const why = messageOf(cause);
  if (config.kind === 'sqlite') {
    return new DeskpodError('internal_error', `Can’t use the database ${config.file}: ${why}.`, {
      field: 'store.file',
      remedy: 'Check that the folder is writable and that the file is a Deskpod database.',
      cause,
    });
  }
  return new DeskpodError('internal_error', `Can’t use the PostgreSQL database: ${why}.`, {
    field: 'store.url',
    remedy: 'Check that its user may create tables and that it is empty or a Deskpod database.',
    cause,
  });
}
