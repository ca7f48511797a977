/**
 * Keys of tokens and tickets for tests: the same in each folder, because generating three RSA pairs takes most of a
 * second.
 */
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Keys, loadKeys } from '#auth/keys.ts';

let generated: Promise<ReadonlyMap<string, Buffer>> | null = null;

/** Puts this process's keys into a folder. */
export async function testKeys(folder: string): Promise<Keys> {
  generated ??= generate();
  for (const [name, content] of await generated) await writeFile(join(folder, name), content, { mode: 0o600 });
  return (await loadKeys(folder)).keys;
}

async function generate(): Promise<ReadonlyMap<string, Buffer>> {
  const folder = await mkdtemp(join(tmpdir(), 'deskpod-keys-'));
  try {
    await loadKeys(folder);
    const files = new Map<string, Buffer>();
    for (const name of await readdir(folder)) files.set(name, await readFile(join(folder, name)));
    return files;
  } finally {
    await rm(folder, { recursive: true });
  }
}
