/**
 * A desktop's folders on the host: secrets, sockets and account files, removed with it, and the home, which may stay.
 */
import { randomBytes } from 'node:crypto';
import { constants, existsSync } from 'node:fs';
import { chmod, chown, lchown, mkdir, open, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Account, DesktopCredentials, ServiceName } from '#domain/ports/engine.ts';
import { DeskpodError } from '#domain/errors.ts';
import { ignore } from '#protocol/ignore.ts';
import { accountFiles } from '../../shared/accounts.ts';
import { withOwnSocket } from '../host/own-socket.ts';
import { makeServiceFolders } from './service-folders.ts';
import type { Home } from '../specs/container-spec.ts';
import { type DesktopPaths, lostHomes } from '../specs/paths.ts';
import { newCredentials, StoredCredentials, vncPasswordFile, xauthorityFile } from '../../shared/credentials.ts';

/**
 * All folders except the home. The folder must not exist: `mkdir` prevents two desktops with one id. `serverGid`: the group
 * that may connect to the sockets, besides root.
 */
export async function makeFolders(
  paths: DesktopPaths,
  account: Account,
  home: Home,
  serverGid: number | null,
  services: readonly ServiceName[],
): Promise<DesktopCredentials> {
  const credentials = newCredentials();
  await mkdir(dirname(paths.root), { recursive: true, mode: 0o700 });
  await mkdir(paths.root, { mode: 0o700 });
  await Promise.all([
    writeFile(paths.credentials, JSON.stringify(credentials), { mode: 0o600 }),
    ownFolder(paths.rfb, account),
    stickyFolder(paths.x11),
    writeSecrets(paths, credentials, account),
    writeAccounts(paths, account, home),
    makeServiceFolders(paths, services, account, credentials, serverGid),
  ]);
  await shareSockets(paths, serverGid);
  return credentials;
}

/**
 * Lets the group enter the folders of the sockets, and nothing else. Sockets of the screen get the group from their folder;
 * desktops of earlier versions, which keep others out, get it here.
 */
export async function shareSockets(paths: DesktopPaths, serverGid: number | null): Promise<void> {
  // A restart of the machine removes the folders, while the container stays.
  if (serverGid === null || !existsSync(paths.rfb)) return;
  for (const folder of [dirname(paths.root), paths.root]) {
    await chown(folder, 0, serverGid);
    await chmod(folder, 0o710);
  }
  await using folder = await open(paths.rfb, constants.O_DIRECTORY | constants.O_NOFOLLOW);
  const { uid } = await folder.stat();
  await folder.chown(uid, serverGid);
  await folder.chmod(0o2710);
  await shareSocket(paths.rfbSocket, uid, serverGid);
}

async function shareSocket(path: string, owner: number, gid: number): Promise<void> {
  try {
    await withOwnSocket(path, owner, async (found) => {
      await chown(found, owner, gid);
      await chmod(found, 0o660);
    });
  } catch (error) {
    if (!(error instanceof DeskpodError)) throw error;
    ignore('the screen makes its socket later, or an app has replaced it')(error);
  }
}

export async function readCredentials(paths: DesktopPaths, desktopId: string): Promise<DesktopCredentials> {
  try {
    return StoredCredentials.parse(JSON.parse(await readFile(paths.credentials, 'utf8')));
  } catch (cause) {
    throw new DeskpodError('not_found', `The desktop ${desktopId} is gone.`, { cause });
  }
}

/** The desktop's user id on the host. Programs of the desktop can't change the owner of its folder. */
export async function ownerOf(paths: DesktopPaths, desktopId: string): Promise<number> {
  try {
    return (await stat(paths.rfb)).uid;
  } catch (cause) {
    throw new DeskpodError('desktop_missing', `The desktop ${desktopId} is gone.`, { cause });
  }
}

/** Creates the home with its owner. An existing one is left as it is. */
export async function ensureHome(home: Home, account: Account): Promise<void> {
  await mkdir(dirname(home.outside), { recursive: true, mode: 0o711 });
  try {
    // Under another name until its owner is set, so that a home never belongs to root.
    const draft = `${home.outside}.${randomBytes(4).toString('hex')}.new`;
    const existing = await stat(home.outside).catch(ignore('the home is not there yet', null));
    if (existing !== null) {
      if (existing.uid !== account.uid)
        throw new DeskpodError('conflict', `The home ${home.outside} belongs to another user.`);
      return;
    }
    await ownFolder(draft, account);
    await rename(draft, home.outside);
  } catch (cause) {
    if (cause instanceof DeskpodError) throw cause;
    throw new DeskpodError('internal_error', `The home ${home.outside} could not be made.`, { cause });
  }
}

export async function removeFolders(paths: DesktopPaths): Promise<void> {
  await rm(paths.root, { recursive: true, force: true });
}

/** Desktops whose home is kept have none. */
export async function removeLostHome(dataDir: string, desktopId: string): Promise<void> {
  await rm(join(lostHomes(dataDir), desktopId), { recursive: true, force: true });
}

async function ownFolder(path: string, { uid, gid }: Account): Promise<void> {
  await mkdir(path, { mode: 0o700 });
  await lchown(path, uid, gid);
}

/** The mode that X servers require; the folder above decides who has access. */
async function stickyFolder(path: string): Promise<void> {
  await mkdir(path);
  await chmod(path, 0o1777);
}

async function writeSecrets(paths: DesktopPaths, credentials: DesktopCredentials, account: Account): Promise<void> {
  await ownFolder(paths.secret, account);
  const files = [
    [paths.vncPassword, vncPasswordFile(credentials.vncPassword)],
    [paths.xauthority, xauthorityFile(credentials.xCookie)],
  ] as const;
  for (const [path, content] of files) {
    await writeFile(path, content, { mode: 0o400, flag: 'wx' });
    await chown(path, account.uid, account.gid);
  }
}

async function writeAccounts(paths: DesktopPaths, account: Account, home: Home): Promise<void> {
  await mkdir(paths.accounts, { mode: 0o755 });
  for (const [name, content] of Object.entries(accountFiles(account, home.inside))) {
    await writeFile(join(paths.accounts, name), content, { mode: 0o644 });
  }
}
