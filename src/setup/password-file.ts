/** Where a server whose log is for machines leaves the first administrator's password: logs are collected and read by others. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Readable by the owner of the data folder only. Returns the file. */
export async function writePasswordFile(dataDir: string, password: string): Promise<string> {
  const file = join(dataDir, 'admin-password');
  await writeFile(file, `${password}\n`, { mode: 0o600 });
  return file;
}
