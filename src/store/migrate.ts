/** Brings a database to the present tables when it is opened: in order, each step in a transaction of its own. */
import { type Kysely, sql } from 'kysely';
import { DeskpodError } from '../domain/errors.ts';
import { type Migration, MIGRATIONS } from './migrations.ts';
import type { Tables } from './tables.ts';
import type { Turn } from './turn.ts';

/** Fails without touching anything when the database was made by a newer program. */
export async function migrate(
  db: Kysely<Tables>,
  turn: Turn,
  migrations: readonly Migration[] = MIGRATIONS,
): Promise<void> {
  await db.transaction().execute(async (transaction) => {
    await turn(transaction);
    await sql`create table if not exists deskpod_schema (version integer primary key, name text not null, applied_at text not null)`.execute(
      transaction,
    );
  });
  const present = await versionOf(db);
  if (present > migrations.length) {
    throw new DeskpodError(
      'internal_error',
      `The database has version ${present}, and this program knows versions up to ${migrations.length} only: a newer program made it.`,
      { remedy: 'Start the newer program, or restore the copy of the database from before the upgrade.' },
    );
  }
  for (const [index, migration] of migrations.entries()) {
    const version = index + 1;
    if (version > present) await apply(db, turn, version, migration);
  }
}

async function apply(db: Kysely<Tables>, turn: Turn, version: number, migration: Migration): Promise<void> {
  await db.transaction().execute(async (transaction) => {
    await turn(transaction);
    // Another process may have got here first while this one waited for its turn.
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
