/**
 * The time zones of the desktop image as a folder of this machine. Foreign images often have none, and their programs
 * show UTC under the zone's name: they mount this folder.
 */
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { DeskpodError } from '#domain/errors.ts';
import { ignore } from '#protocol/ignore.ts';
import { type EngineApi, isStatus } from '#containers-client/api.ts';

/** The standard folder of time zones. */
export const ZONEINFO = '/usr/share/zoneinfo';

/** Null when the desktop's image has none. `desktop`: a container of it, and the id of its image. */
export async function zoneinfoFolder(
  context: { readonly api: EngineApi; readonly dataDir: string },
  desktop: { readonly containerId: string; readonly image: string },
  signal: AbortSignal,
): Promise<string | null> {
  const folder = join(context.dataDir, 'cache', `zoneinfo-${desktop.image.replace(/^sha256:/, '').slice(0, 12)}`);
  if (await isThere(folder)) return folder;
  const draft = `${folder}.${randomBytes(4).toString('hex')}.new`;
  try {
    const path = `/containers/${desktop.containerId}/archive`;
    const archive = await context.api.stream('GET', path, { query: { path: ZONEINFO }, signal });
    await mkdir(draft, { recursive: true, mode: 0o755 });
    const options = ['--strip-components=1', '--no-same-owner', '--no-same-permissions'];
    const tar = spawn('tar', ['-xf', '-', '-C', draft, ...options], { stdio: ['pipe', 'ignore', 'inherit'] });
    const [[code]] = await Promise.all([once(tar, 'close'), pipeline(archive, tar.stdin, { signal })]);
    if (code !== 0) throw new DeskpodError('internal_error', `The time zones could not be unpacked in ${draft}.`);
    await rename(draft, folder);
  } catch (error) {
    await rm(draft, { recursive: true, force: true });
    if (isStatus(error, 404)) return null;
    // Another launch was faster.
    if (await isThere(folder)) return folder;
    throw error;
  }
  return folder;
}

async function isThere(path: string): Promise<boolean> {
  return (await stat(path).catch(ignore('it is not there', null))) !== null;
}
