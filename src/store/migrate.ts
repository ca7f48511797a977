/** Migrates a database to the current schema when it is opened: in order, each step in its own transaction. */
import { type Kysely, sql } from 'kysely';
import { DeskpodError } from '#domain/errors.ts';
import { type Migration, MIGRATIONS } from './migrations.ts';
import type { Tables } from './tables.ts';
import type { WriteLock } from './write-lock.ts';

/** Rejects, and changes nothing, when a newer program created the database. */
export async function migrate(
  db: Kysely<Tables>,
  lock: WriteLock,
  migrations: readonly Migration[] = MIGRATIONS,
): Promise<void> {
  await db.transaction().execute(async (transaction) => {
    await lock(transaction);
    await sql`create table if not exists deskpod_schema (version integer primary key, name text not null, applied_at text not null)`.execute(
      transaction,
    );
  });
  const present = await versionOf(db);
  if (present > migrations.length) {
    throw new DeskpodError(
      'internal_error',
      `The database has schema version ${present}, but this program supports versions up to ${migrations.length}: a newer program migrated it.`,
      { remedy: 'Start the newer program, or restore the database backup from before the upgrade.' },
    );
  }
  for (const [index, migration] of migrations.entries()) {
    const version = index + 1;
    if (version > present) await apply(db, lock, version, migration);
  }
}

async function apply(db: Kysely<Tables>, lock: WriteLock, version: number, migration: Migration): Promise<void> {
  await db.transaction().execute(async (transaction) => {
    await lock(transaction);
    // Another process may have migrated while this one waited for the lock.
    if ((await versionOf(transaction)) >= version) return;
    await migration.up(transaction);
    const at = new Date().toISOString();
    await sql`insert into deskpod_schema (version, name, applied_at) values (${version}, ${migration.name}, ${at})`.execute(
      transaction,
    );
  });
}

async function versionOf(db: Kysely<Tables>): Promise<number> {
  const { rows } = await sql<{ version: number | null }>`select max(version) as version from deskpod_schema`.execute(
    db,
  );
  return rows[0]?.version ?? 0;
}
