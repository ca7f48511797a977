/**
 * Kysely over Node's SQLite: WAL so that readers never wait, foreign keys on, and a timeout of five seconds for locks of
 * another process.
 */
import { mkdir, open } from 'node:fs/promises';
import { dirname } from 'node:path';
import { DatabaseSync, type SQLInputValue } from 'node:sqlite';
import { CompiledQuery, type Dialect, SqliteDialect, type SqliteDriver } from 'kysely';
import { PatientSqliteDriver } from './driver.ts';

type SqliteConfig = ConstructorParameters<typeof SqliteDialect>[0];
type SqliteDatabase = Exclude<SqliteConfig['database'], () => unknown>;

/** Opens the file; creates it and its folder if missing, readable only by its owner, as it holds password hashes. */
export async function sqliteDialect(file: string): Promise<Dialect> {
  if (file !== ':memory:') {
    await mkdir(dirname(file), { recursive: true, mode: 0o700 });
    await (await open(file, 'a', 0o600)).close();
  }
  // Without SQLite's busy timeout, which would block the process. The driver waits asynchronously.
  const database = new DatabaseSync(file, { timeout: 0, enableForeignKeyConstraints: true });
  return new PatientSqliteDialect({
    database: asKyselyExpects(database),
    onCreateConnection: async (connection) => {
      for (const sql of ['pragma journal_mode = wal', 'pragma synchronous = normal']) {
        await connection.executeQuery(CompiledQuery.raw(sql));
      }
    },
  });
}

class PatientSqliteDialect extends SqliteDialect {
  readonly #config: SqliteConfig;

  constructor(config: SqliteConfig) {
    super(config);
    this.#config = config;
  }

  override createDriver(): SqliteDriver {
    return new PatientSqliteDriver(this.#config);
  }
}

function asKyselyExpects(database: DatabaseSync): SqliteDatabase {
  return {
    close: () => database.close(),
    prepare: (sql) => {
      const statement = database.prepare(sql);
      return {
        reader: statement.columns().length > 0,
        all: (values) => statement.all(...values.map(sqlValue)),
        run: (values) => statement.run(...values.map(sqlValue)),
        iterate: (values) => statement.iterate(...values.map(sqlValue)),
      };
    },
  };
}

function sqlValue(value: unknown): SQLInputValue {
  if (value === null || typeof value === 'string' || typeof value === 'number' || typeof value === 'bigint')
    return value;
  throw new TypeError(`a ${typeof value} cannot be stored: queries pass text, numbers and null only`);
}
