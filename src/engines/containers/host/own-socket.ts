/**
 * Opening a socket in a folder that apps of a desktop can write to. An app could replace it with a symbolic link or with
 * another user's socket: the server, which runs as root, must not follow it.
 */
import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { DeskpodError } from '#domain/errors.ts';

/** Of open(2); Node doesn't name it. The file is found but not opened, so a device or a pipe has no effect. */
const O_PATH = 0o10_000_000;

/**
 * Finds the socket, and gives `use` a path for connecting to it, valid until `use` has settled. The socket must belong to
 * `owner`, the user id of the desktop. What was checked is what is connected to: the path is that of a descriptor, which
 * stands for the file itself, even if the path was replaced (proc(5), `/proc/pid/fd`).
 *
 * Rejects with `desktop_missing` if there is no such file, with `engine_unavailable` if it isn't such a socket.
 */
export async function withOwnSocket<T>(path: string, owner: number, use: (path: string) => Promise<T>): Promise<T> {
  await using file = await find(path);
  const found = await file.stat();
  if (!found.isSocket() || found.uid !== owner) {
    throw new DeskpodError('engine_unavailable', `${path} isn't a socket of this desktop.`, {
      remedy: 'A program in the desktop has replaced it. Log out to remove the desktop, then log in again.',
    });
  }
  return await use(`/proc/self/fd/${file.fd}`);
}

async function find(path: string): Promise<FileHandle> {
  try {
    return await open(path, O_PATH | constants.O_NOFOLLOW);
  } catch (cause) {
    throw new DeskpodError('desktop_missing', `The desktop does not answer at ${path}.`, { cause });
  }
}
