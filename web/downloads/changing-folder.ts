/** The entries of a folder, when they may have changed. Pure over its ports. */
import type { Entry } from '../files/entry.ts';
import { folderOf } from '../files/paths.ts';
import { type FolderTime, listedAt, mayHaveChanged, NEVER_LISTED } from './folder-time.ts';

export interface FolderPorts {
  /** Null if nothing has this path. */
  find(path: string): Promise<Entry | null>;
  list(path: string): Promise<readonly Entry[]>;
}

export class ChangingFolder {
  readonly #path: string;
  readonly #ports: FolderPorts;
  #time: FolderTime = NEVER_LISTED;
  /** Whose time is asked for: the folder around it as long as it doesn't exist. */
  #watched: string;

  constructor(path: string, ports: FolderPorts) {
    this.#path = path;
    this.#ports = ports;
    this.#watched = path;
  }

  /** Null if they are the same as before, unless they are wanted `anyway`; none as long as there is no such folder. */
  async entries(anyway: boolean): Promise<readonly Entry[] | null> {
    const watched = await this.#ports.find(this.#watched);
    const modified = watched?.modified ?? null;
    if (!anyway && !mayHaveChanged(this.#time, modified)) return null;
    const own = this.#watched === this.#path ? watched : await this.#ports.find(this.#path);
    const exists = own?.folder === true;
    const entries = exists ? await this.#ports.list(this.#path) : [];
    const next = exists ? this.#path : folderOf(this.#path);
    this.#time = next === this.#watched ? listedAt(this.#time, modified) : NEVER_LISTED;
    this.#watched = next;
    return entries;
  }

  /** The next entries are those of now, in any case. */
  forget(): void {
    this.#time = NEVER_LISTED;
  }
}
