/** PostgreSQL for Kysely, with a driver that reconnects. */
import { type Driver, PostgresDialect } from 'kysely';
import { Pool } from 'pg';
import { clientConfig, databaseNameOf } from './config.ts';
import { PatientDriver } from './driver.ts';

const CONNECTIONS = 10;
const IDLE_MS = 60_000;

export class PatientPostgresDialect extends PostgresDialect {
  readonly #pool: Pool;
  readonly #database: string;

  constructor(url: string) {
    const pool = new Pool({ ...clientConfig(url), max: CONNECTIONS, idleTimeoutMillis: IDLE_MS });
    super({ pool });
    this.#pool = pool;
    this.#database = databaseNameOf(url);
  }

  override createDriver(): Driver {
    return new PatientDriver(this.#pool, this.#database);
  }
}
