/** The home folder of your own desktop: lists the files that would be deleted, and saves it as an archive. */
import { createWriteStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Command } from 'commander';
import type { Client } from '#client/client.ts';
import type { Home } from '#protocol/desktop.ts';
import { printableLine } from '#protocol/printable.ts';
import { connect, withConnection } from '../connection.ts';
import { CliError, failureText } from '../failure.ts';
import { say } from '../io.ts';
import type { Io } from '../io.ts';
import type { ServerOptions } from '../login.ts';

const SHOWN = 20;
const FILE = 'deskpod-home.tar.gz';

export function fateOf(home: Home): string {
  return home === 'kept' ? 'The files in its home folder are kept.' : 'The files in its home folder are deleted.';
}

/** Before your own desktop is deleted: lists the files in its home folder and how to save them. */
export async function listOwnFiles(io: Io, client: Client): Promise<void> {
  try {
    const { files, count, bytes, complete } = await client.desktop.home(io.interrupted);
    if (count === 0 && complete) return say(io, 'Its home folder is empty.');
    const shown = files.slice(0, SHOWN);
    const more = shown.length < count ? `; the ${shown.length} changed last:` : ':';
    say(io, `${complete ? '' : 'At least '}${count} ${count === 1 ? 'file' : 'files'}, ${bytes} bytes${more}`);
    for (const { path, bytes: size, changedAt } of shown) say(io, `  ${changedAt}  ${size}  ${printableLine(path)}`);
  } catch (error) {
    io.interrupted.throwIfAborted();
    say(io, `The files in its home folder couldn’t be listed. ${failureText(error).text}`);
  }
  say(io, 'To save them first: deskpod desktops download-home FILE');
}

export function downloadHomeCommand(command: Command, io: Io): void {
  withConnection(command.description('save the home folder of your desktop as an archive (tar, gzip), without caches'))
    .argument('[file]', 'output file; - for standard output', FILE)
    .action(async (file: string, server: ServerOptions) => {
      const { client } = await connect(io, server);
      const archive = Readable.fromWeb(await client.desktop.homeArchive(io.interrupted));
      if (file === '-') return await pipeline(archive, io.stdout, { end: false }).catch(interruptedBy);
      await save(archive, file);
      return say(io, file);
    });
}

/** Readable only by its owner. Never overwrites a file, and removes an incomplete archive. */
async function save(archive: Readable, file: string): Promise<void> {
  let created = false;
  const target = createWriteStream(file, { flags: 'wx', mode: 0o600 }).once('open', () => {
    created = true;
  });
  await pipeline(archive, target).catch(async (cause: NodeJS.ErrnoException) => {
    if (created) {
      await rm(file, { force: true });
      interruptedBy(cause);
    }
    if (cause.code === 'EEXIST')
      throw new CliError(`${file} already exists.`, { remedy: 'Remove it, or choose another name.', cause });
    throw new CliError(`Can’t write ${file}: ${cause.message}`, { cause });
  });
}

function interruptedBy(cause: unknown): never {
  const why = cause instanceof Error ? ` (${cause.message})` : '';
  throw new CliError(`The download was interrupted${why}.`, { remedy: 'Try again.', cause });
}
