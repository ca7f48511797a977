/**
 * What the server process owns on this machine: database, keys and tokens in the data folder, which otherwise belongs to
 * root. The folder is sticky (chmod(1)), so the server process can add files, but can't replace those of root.
 */
import { constants } from 'node:fs';
import { chmod, chown, type FileHandle, mkdir, open, readdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Config } from '#config/config.ts';
import { ignore } from '#protocol/ignore.ts';
import type { SystemAccount } from './account.ts';

/** Folders of the engine process, made before anybody else could. */
const OF_ROOT = ['engine', 'homes', 'guests', 'cache', 'wallpapers'];
const STICKY = 0o1771;
const ENTER = 0o711;

/** Gives the server process its files, also those that an earlier version made as root. */
export async function giveFiles(config: Config, { uid, gid }: SystemAccount): Promise<void> {
  const { dataDir, runDir, keysDir, store } = config;
  await mkdir(dataDir, { recursive: true, mode: ENTER });
  await mkdir(runDir, { recursive: true });
  // What is in it has modes of its own.
  await chmod(runDir, ENTER);
  for (const name of OF_ROOT) await mkdir(join(dataDir, name), { recursive: true, mode: ENTER });
  await chown(dataDir, 0, gid);
  await chmod(dataDir, STICKY);
  const files = [join(dataDir, 'cli-token'), join(dataDir, 'admin-password')];
  if (store.kind === 'sqlite' && dirname(store.file) === dataDir)
    files.push(...['', '-wal', '-shm', '-journal'].map((end) => `${store.file}${end}`));
  for (const file of files) await give(file, 'file', uid, gid);
  if (dirname(keysDir) !== dataDir) return;
  await mkdir(keysDir, { recursive: true, mode: 0o700 });
  await give(keysDir, 'folder', uid, gid);
  for (const name of await readdir(keysDir)) await give(join(keysDir, name), 'file', uid, gid);
}

/** Follows no links, and leaves files alone that also have another name: the server process could have made it. */
async function give(path: string, kind: 'file' | 'folder', uid: number, gid: number): Promise<void> {
  const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
  const opened: FileHandle | null = await open(path, flags).catch(ignore('there is no such file yet', null));
  if (opened === null) return;
  await using file = opened;
  const found = await file.stat();
  const matches = kind === 'file' ? found.isFile() && found.nlink === 1 : found.isDirectory();
  if (matches && (found.uid !== uid || found.gid !== gid)) await file.chown(uid, gid);
}
