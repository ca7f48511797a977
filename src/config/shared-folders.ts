/** Checks the setting `files.shared`: folders of this machine, or claims of a cluster, for groups of users. */
import { realpathSync, statSync } from 'node:fs';
import type { SharedFolderConfig } from './config.ts';
import type { Key, Values } from './settings.ts';

/** They and everything below them are the system's. */
const SYSTEM = [
  '/bin',
  '/boot',
  '/dev',
  '/etc',
  '/lib',
  '/lib32',
  '/lib64',
  '/proc',
  '/root',
  '/run',
  '/sbin',
  '/sys',
  '/usr',
];
/** Too much is in them; folders below them can be shared. */
const TOO_WIDE = new Set([
  '/',
  '/home',
  '/mnt',
  '/media',
  '/opt',
  '/srv',
  '/tmp',
  '/var',
  '/var/lib',
  '/var/log',
  '/var/tmp',
]);

type Wrong = (setting: Key, message: string, remedy: string) => void;

/** Checks what depends on the engine and on this machine. */
export function sharedFoldersOf(values: Values, wrong: Wrong): readonly SharedFolderConfig[] {
  const isApi = values.roles.includes('api');
  const complain = (name: string, message: string, remedy: string): void => {
    // A gateway in a process of its own mounts nothing.
    if (isApi) wrong('files.shared', `${name}: ${message}`, remedy);
  };
  const isCluster = values['engine.kind'] === 'kubernetes';
  return values['files.shared'].map(({ name, path, claim, gid, ...rest }) => {
    if (isCluster && claim === undefined)
      complain(
        name,
        'the claim is missing',
        'On Kubernetes, name a PersistentVolumeClaim in the namespace of the desktops.',
      );
    if (!isCluster && path === undefined)
      complain(name, 'the path is missing', 'On one machine, name a folder such as /srv/projects.');
    if (!isCluster && path !== undefined) {
      const fault = faultOf(path, [values.dataDir, values.runDir]);
      if (fault !== null) complain(name, fault, 'Name a folder for files of people, such as /srv/projects.');
    }
    return { ...rest, name, path: path ?? null, claim: claim ?? null, gid: gid ?? null };
  });
}

/** Why a folder can't be shared; null if it can. A link is followed. Called again before a folder is mounted. */
export function faultOf(path: string, own: readonly string[]): string | null {
  let real: string;
  try {
    real = realpathSync(path);
    if (!statSync(real).isDirectory()) return `${path} is not a folder`;
  } catch (error) {
    // A server process without root may not see it; the engine process does.
    if (error instanceof Error && 'code' in error && error.code === 'EACCES') real = path;
    else return `the folder ${path} doesn’t exist`;
  }
  const isSystem = (each: string): boolean => SYSTEM.some((folder) => isWithin(each, folder)) || TOO_WIDE.has(each);
  const isOwn = (each: string): boolean => own.some((folder) => isWithin(each, folder) || isWithin(folder, each));
  if ([path, real].some(isSystem)) return `${path} belongs to the system`;
  return [path, real].some(isOwn) ? `${path} contains files of Deskpod itself` : null;
}

function isWithin(path: string, folder: string): boolean {
  return path === folder || path.startsWith(`${folder}/`);
}
