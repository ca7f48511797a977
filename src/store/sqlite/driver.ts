/**
 * Waits for another writing process: SQLite itself can only block or fail, so the driver repeats a refused statement for
 * a while, without blocking the process.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { CompiledQuery, type DatabaseConnection, type QueryResult, SqliteDriver } from 'kysely';

const PATIENCE_MS = 5000;
const LONGEST_PAUSE_MS = 50;
const SQLITE_BUSY = 5;

export class PatientSqliteDriver extends SqliteDriver {
  override async acquireConnection(): Promise<DatabaseConnection> {
    return new PatientConnection(await super.acquireConnection());
  }

  /** Writers queue here: SQLite refuses a transaction that reads first and writes later, however long it waits. */
  override async beginTransaction(connection: DatabaseConnection): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw('begin immediate'));
  }
}

class PatientConnection implements DatabaseConnection {
  readonly #inner: DatabaseConnection;

  constructor(inner: DatabaseConnection) {
    this.#inner = inner;
  }

  async executeQuery<R>(query: CompiledQuery): Promise<QueryResult<R>> {
    const giveUpAt = performance.now() + PATIENCE_MS;
    for (let pauseMs = 1; ; pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS)) {
      try {
        return await this.#inner.executeQuery<R>(query);
      } catch (error) {
        if (!isBusy(error) || performance.now() + pauseMs > giveUpAt) throw error;
      }
      // SQLite has no event for a released lock. The jitter keeps two waiters from colliding repeatedly.
      await pause(pauseMs * (0.5 + Math.random()));
    }
  }

  streamQuery<R>(query: CompiledQuery, chunkSize?: number): AsyncIterableIterator<QueryResult<R>> {
    return this.#inner.streamQuery<R>(query, chunkSize);
  }
}

function isBusy(error: unknown): boolean {
  // The low byte is the primary code; the rest names the lock.
  return error instanceof Error && 'errcode' in error && (Number(error.errcode) & 0xff) === SQLITE_BUSY;
}
