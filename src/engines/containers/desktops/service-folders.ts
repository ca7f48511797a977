/** The folders of a desktop's services: secrets, and the folder of each one's sockets. */
import { chmod, chown, lchown, mkdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Account, DesktopCredentials, ServiceName } from '#domain/ports/engine.ts';
import { htpasswdFile } from '../../shared/credentials.ts';
import type { DesktopPaths } from '../specs/paths.ts';
import { servicePaths } from '../specs/service-mounts.ts';

/** `serverGid`: the group that may connect to the sockets, besides root and the user. */
export async function makeServiceFolders(
  paths: DesktopPaths,
  services: readonly ServiceName[],
  account: Account,
  credentials: DesktopCredentials,
  serverGid: number | null,
): Promise<void> {
  for (const service of services) {
    const { secret, secretFile, folder } = servicePaths(paths, service);
    await mkdir(dirname(secret), { recursive: true, mode: 0o711 });
    await mkdir(secret, { mode: 0o700 });
    await lchown(secret, account.uid, account.gid);
    await writeFile(secretFile, secretOf(service, credentials), { mode: 0o400, flag: 'wx' });
    await chown(secretFile, account.uid, account.gid);
    await mkdir(folder, { mode: 0o700 });
    await lchown(folder, account.uid, serverGid ?? account.gid);
    // Sockets get the group of their folder.
    if (serverGid !== null) await chmod(folder, 0o2710);
  }
}

function secretOf(
  service: ServiceName,
  { filesPassword, soundCookie, printQueue, videoKey }: DesktopCredentials,
): string | Buffer {
  switch (service) {
    case 'files':
      return htpasswdFile(filesPassword);
    case 'sound':
      return Buffer.from(soundCookie, 'base64');
    case 'printer':
      return printQueue;
    case 'video':
      return videoKey;
    default:
      return service satisfies never;
  }
}
