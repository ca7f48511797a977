/** A desktop's folders on the host: its secrets, sockets and account files, which end with it, and the home, which stays. */
import { randomBytes } from 'node:crypto';
import { chmod, chown, lchown, mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Account, DesktopCredentials } from '#domain/engine.ts';
import { DeskpodError } from '#domain/errors.ts';
import { accountFiles } from '../inside/accounts.ts';
import type { Home } from './container-spec.ts';
import type { DesktopPaths } from './paths.ts';
import { newCredentials, StoredCredentials, vncPasswordFile, xauthorityFile } from '../inside/credentials.ts';

/** Everything but the home. The folder must not exist: `mkdir` is what keeps two desktops of one id apart. */
export async function makeFolders(paths: DesktopPaths, account: Account, home: Home): Promise<DesktopCredentials> {
  const credentials = newCredentials();
  await mkdir(dirname(paths.root), { recursive: true, mode: 0o700 });
  await mkdir(paths.root, { mode: 0o700 });
  await Promise.all([
    writeFile(paths.credentials, JSON.stringify(credentials), { mode: 0o600 }),
    ownFolder(paths.rfb, account),
    stickyFolder(paths.x11),
    writeSecrets(paths, credentials, account),
    writeAccounts(paths, account, home),
  ]);
  return credentials;
}

export async function readCredentials(paths: DesktopPaths, desktopId: string): Promise<DesktopCredentials> {
  try {
    return StoredCredentials.parse(JSON.parse(await readFile(paths.credentials, 'utf8')));
  } catch (cause) {
    throw new DeskpodError('not_found', `The desktop ${desktopId} is gone.`, { cause });
  }
}

/** Made for its owner at first; what the user did to it later is left as it is. */
export async function ensureHome(home: Home, account: Account): Promise<void> {
  await mkdir(dirname(home.outside), { recursive: true, mode: 0o711 });
  try {
    // Under another name until it is whole: nobody ever finds a home that is root's.
    const draft = `${home.outside}.${randomBytes(4).toString('hex')}.new`;
    const existing = await stat(home.outside).catch(() => null);
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

async function ownFolder(path: string, { uid, gid }: Account): Promise<void> {
  await mkdir(path, { mode: 0o700 });
  await lchown(path, uid, gid);
}

/** As X servers want it; who can come here at all is decided by the folder above. */
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
