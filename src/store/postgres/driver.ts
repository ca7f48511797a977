/**
 * Kysely's driver over a pool that survives restarts of the database: it retries to connect for a while, and repeats a
 * statement over another connection if the first one broke, unless the statement may have taken effect.
 */
import { setTimeout as pause } from 'node:timers/promises';
import type { CompiledQuery, DatabaseConnection, Driver, QueryResult } from 'kysely';
import type { Pool, PoolClient } from 'pg';
import { storable } from '../text.ts';
import { toStoreError, lossOf, passes } from './failure.ts';

/** The time in which a database container restarts. */
const PATIENCE_MS = 10_000;
/** A database that starts together with this program needs longer. */
const FIRST_PATIENCE_MS = 20_000;
const LONGEST_PAUSE_MS = 500;

export class PatientDriver implements Driver {
  readonly #pool: Pool;
  readonly #database: string;
  #patienceMs = FIRST_PATIENCE_MS;

  /** `database` names it in errors. */
  constructor(pool: Pool, database: string) {
    this.#pool = pool;
    this.#database = database;
    // The pool drops broken idle connections by itself; without a listener, their error would end the process.
    pool.on('error', () => {});
    pool.on('connect', (client) => void client.on('error', () => {}));
  }

  async init(): Promise<void> {}

  async acquireConnection(): Promise<DatabaseConnection> {
    const connect = () => this.#connect();
    // Every pooled connection may be broken without notice; the one after them is new.
    const attempts = this.#pool.options.max + 1;
    return new PatientConnection(await connect(), { connect, attempts, database: this.#database });
  }

  async #connect(): Promise<PoolClient> {
    const giveUpAt = performance.now() + this.#patienceMs;
    for (let pauseMs = 20; ; pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS)) {
      try {
        const client = await this.#pool.connect();
        this.#patienceMs = PATIENCE_MS;
        return client;
      } catch (error) {
        if (!passes(error) || this.#pool.ending || performance.now() + pauseMs > giveUpAt)
          throw toStoreError(error, this.#database);
      }
      await pause(pauseMs);
    }
  }

  async beginTransaction(connection: DatabaseConnection): Promise<void> {
    await patient(connection).begin();
  }

  async commitTransaction(connection: DatabaseConnection): Promise<void> {
    await patient(connection).end('commit');
  }

  async rollbackTransaction(connection: DatabaseConnection): Promise<void> {
    await patient(connection).end('rollback');
  }

  async releaseConnection(connection: DatabaseConnection): Promise<void> {
    patient(connection).release();
  }

  async destroy(): Promise<void> {
    await this.#pool.end();
  }
}

interface Repetition {
  readonly connect: () => Promise<PoolClient>;
  /** How often a statement is sent at most. */
  readonly attempts: number;
  readonly database: string;
}

class PatientConnection implements DatabaseConnection {
  readonly #repetition: Repetition;
  #client: PoolClient | null;
  #broken = false;
  #inTransaction = false;

  constructor(client: PoolClient, repetition: Repetition) {
    this.#client = client;
    this.#repetition = repetition;
  }

  async executeQuery<R>({ sql, parameters }: CompiledQuery): Promise<QueryResult<R>> {
    // Anyone can send text that PostgreSQL refuses, for example as a login name.
    const values = parameters.map((value) => (typeof value === 'string' ? storable(value) : value));
    return this.#run<R>(sql, values);
  }

  async begin(): Promise<void> {
    await this.#run('begin', []);
    this.#inTransaction = true;
  }

  async end(how: 'commit' | 'rollback'): Promise<void> {
    // The server rolls back when a connection breaks.
    if (how === 'commit' || !this.#broken) await this.#run(how, []);
    this.#inTransaction = false;
  }

  release(): void {
    this.#client?.release(this.#broken);
    this.#client = null;
  }

  async #run<R>(sql: string, values: readonly unknown[]): Promise<QueryResult<R>> {
    const { attempts, connect, database } = this.#repetition;
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await this.#once<R>(sql, values);
      } catch (error) {
        const loss = lossOf(error);
        this.#broken ||= loss !== null;
        const again = loss === 'unsent' || (loss === 'in_flight' && mayRepeat(sql));
        if (!again || this.#inTransaction || attempt === attempts) throw toStoreError(error, database);
      }
      this.release();
      this.#client = await connect();
      this.#broken = false;
    }
  }

  async #once<R>(sql: string, values: readonly unknown[]): Promise<QueryResult<R>> {
    if (this.#client === null) throw new Error('Client was closed and is not queryable');
    const { command, rowCount, rows } = await this.#client.query(sql, [...values]);
    const changed = command === 'INSERT' || command === 'UPDATE' || command === 'DELETE';
    return { rows, ...(changed ? { numAffectedRows: BigInt(rowCount ?? 0) } : {}) };
  }

  streamQuery(): AsyncIterableIterator<never> {
    throw new Error('queries are not streamed');
  }
}

/** Reads, upserts and deletes can be repeated; a plain insert would fail as a duplicate of itself. */
function mayRepeat(sql: string): boolean {
  return !/^insert /i.test(sql) || / do update /i.test(sql);
}

function patient(connection: DatabaseConnection): PatientConnection {
  if (connection instanceof PatientConnection) return connection;
  throw new TypeError('a connection of another driver');
}
