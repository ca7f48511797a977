/** Which shared folders a new desktop gets: those that are configured, still there, and have a place in the home. */
import { constants } from 'node:fs';
import { lstat, open, readdir, rmdir } from 'node:fs/promises';
import { join } from 'node:path';
import { faultOf } from '#config/shared-folders.ts';
import { SHARED_FOLDER } from '#domain/desktops/shared-folders.ts';
import type { DesktopSpec } from '#domain/ports/engine.ts';
import { ignore } from '#protocol/ignore.ts';
import type { Context } from '../context.ts';

/** None if the user has something else than a folder in their place, without which the desktop starts. */
export async function mountableFolders(
  { settings, events, dataDir, runDir }: Context,
  { shared, account }: Pick<DesktopSpec, 'shared' | 'account'>,
  home: string,
): Promise<string[]> {
  const found = settings.shared.flatMap(({ name, path }) => {
    if (!shared.includes(name)) return [];
    const fault = faultOf(path, [dataDir, runDir]);
    if (fault !== null) events.failed(`sharing ${name} with ${account.userId}`, new Error(fault));
    return fault === null ? [name] : [];
  });
  const place = join(home, SHARED_FOLDER);
  const present = await lstat(place).catch(ignore('it is made when something is mounted', null));
  if (present === null || settings.shared.length === 0) return found;
  if (present.isDirectory()) {
    await removeFormer(place, found);
    return found;
  }
  events.failed(`sharing folders with ${account.userId}`, new Error(`${SHARED_FOLDER} in the home is no folder`));
  return [];
}

/**
 * Mounting makes folders of root, which would stay, empty, for what the user no longer gets. The home is the user's, so
 * nothing is looked up by its path.
 */
async function removeFormer(place: string, names: readonly string[]): Promise<void> {
  await using folder = await open(place, constants.O_DIRECTORY | constants.O_NOFOLLOW);
  const inside = `/proc/self/fd/${folder.fd}`;
  for (const name of await readdir(inside)) {
    if (names.includes(name) || (await lstat(join(inside, name))).uid !== 0) continue;
    await rmdir(join(inside, name)).catch(ignore('it is not empty, or no folder'));
  }
}
