/**
 * Kysely's driver over a pool that outlives the database: connecting is tried for a while, and a statement whose
 * connection turns out to be cut goes once more over another, unless it may have been done already.
 */
import { setTimeout as pause } from 'node:timers/promises';
import type { CompiledQuery, DatabaseConnection, Driver, QueryResult } from 'kysely';
import type { Pool, PoolClient } from 'pg';
import { storable } from '../text.ts';
import { inWords, lossOf, passes } from './failure.ts';

/** A database in a container is back after a restart within this. */
const PATIENCE_MS = 10_000;
/** One that is started together with this program needs longer. */
const FIRST_PATIENCE_MS = 20_000;
const LONGEST_PAUSE_MS = 500;
/** Every pooled connection may be cut without anybody having noticed. */
const ATTEMPTS = 3;

export class PatientDriver implements Driver {
  readonly #pool: Pool;
  readonly #place: string;
  #patienceMs = FIRST_PATIENCE_MS;

  /** `place` names the database in errors. */
  constructor(pool: Pool, place: string) {
    this.#pool = pool;
    this.#place = place;
    // Idle connections that are cut leave the pool by themselves; without a listener that would end the program.
    pool.on('error', () => {});
    pool.on('connect', (client) => void client.on('error', () => {}));
  }

  async init(): Promise<void> {}

  async acquireConnection(): Promise<DatabaseConnection> {
    const connect = () => this.#connect();
    return new PatientConnection(await connect(), connect, this.#place);
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
          throw inWords(error, this.#place);
      }
      await pause(pauseMs);
    }
  }

  async beginTransaction(connection: DatabaseConnection): Promise<void> {
    await ours(connection).begin();
  }

  async commitTransaction(connection: DatabaseConnection): Promise<void> {
    await ours(connection).end('commit');
  }

  async rollbackTransaction(connection: DatabaseConnection): Promise<void> {
    await ours(connection).end('rollback');
  }

  async releaseConnection(connection: DatabaseConnection): Promise<void> {
    ours(connection).release();
  }

  async destroy(): Promise<void> {
    await this.#pool.end();
  }
}

class PatientConnection implements DatabaseConnection {
  readonly #connect: () => Promise<PoolClient>;
  readonly #place: string;
  #client: PoolClient | null;
  #broken = false;
  #inTransaction = false;

  constructor(client: PoolClient, connect: () => Promise<PoolClient>, place: string) {
    this.#client = client;
    this.#connect = connect;
    this.#place = place;
  }

  async executeQuery<R>({ sql, parameters }: CompiledQuery): Promise<QueryResult<R>> {
    // Text that PostgreSQL refuses may come from anybody, a name at the login for one.
    const values = parameters.map((value) => (typeof value === 'string' ? storable(value) : value));
    return this.#run<R>(sql, values);
  }

  async begin(): Promise<void> {
    await this.#run('begin', []);
    this.#inTransaction = true;
  }

  async end(how: 'commit' | 'rollback'): Promise<void> {
    // A cut connection has rolled back by itself.
    if (how === 'commit' || !this.#broken) await this.#run(how, []);
    this.#inTransaction = false;
  }

  release(): void {
    this.#client?.release(this.#broken);
    this.#client = null;
  }

  async #run<R>(sql: string, values: readonly unknown[]): Promise<QueryResult<R>> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await this.#once<R>(sql, values);
      } catch (error) {
        const loss = lossOf(error);
        this.#broken ||= loss !== null;
        const again = loss === 'unsent' || (loss === 'in_flight' && mayRepeat(sql));
        if (!again || this.#inTransaction || attempt === ATTEMPTS) throw inWords(error, this.#place);
      }
      this.release();
      this.#client = await this.#connect();
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

/** Reading, replacing and removing twice is as good as once; a plain insert would be told as a duplicate of itself. */
function mayRepeat(sql: string): boolean {
  return !/^insert /i.test(sql) || / do update /i.test(sql);
}

function ours(connection: DatabaseConnection): PatientConnection {
  if (connection instanceof PatientConnection) return connection;
  throw new TypeError('a connection of another driver');
}
