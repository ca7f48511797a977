/** Shared folders in the containers of a desktop on one machine: by the engine’s own configuration. */
import { join } from 'node:path';
import { SHARED_FOLDER } from '#domain/desktops/shared-folders.ts';
import { bind, type Bind } from './mounts.ts';

/** A folder of this machine that desktops may get. */
export interface HostFolder {
  readonly name: string;
  readonly path: string;
  readonly readOnly: boolean;
  /** A group that members of the folder get; null for none. */
  readonly gid: number | null;
}

export interface SharedMounts {
  readonly binds: readonly Bind[];
  readonly groups: object;
}

/** Unknown names are left out: the configuration may have changed since the desktop was made. */
export function sharedMounts(configured: readonly HostFolder[], names: readonly string[], home: string): SharedMounts {
  const folders = configured.filter(({ name }) => names.includes(name));
  const gids = [...new Set(folders.flatMap(({ gid }) => gid ?? []))];
  return {
    binds: folders.map(({ name, path, readOnly }) =>
      bind(path, join(home, SHARED_FOLDER, name), readOnly ? 'ro' : 'rw'),
    ),
    groups: gids.length === 0 ? {} : { GroupAdd: gids.map(String) },
  };
}
