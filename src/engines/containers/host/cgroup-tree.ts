/** Cgroups by their path, in the file systems of the kernel: all hierarchies of version 1 as one, or version 2. */
import { existsSync } from 'node:fs';
import { access, mkdir, readdir, readFile, rmdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ignore } from '#protocol/ignore.ts';

export interface CgroupLimits {
  readonly memoryBytes: number;
  /** Null: as many as there are. */
  readonly cpus: number | null;
  readonly processes: number;
}

const ROOT = '/sys/fs/cgroup';
const CONTROLLERS = ['memory', 'cpu', 'pids'] as const;
/** In microseconds. */
const CPU_PERIOD = 100_000;

export class CgroupTree {
  readonly #root: string;

  constructor(root = ROOT) {
    this.#root = root;
  }

  /** Makes a cgroup, or changes its limits if it exists. */
  async limit(path: string, limits: CgroupLimits): Promise<void> {
    if (this.#isUnified()) await this.#limitUnified(path, limits);
    else await this.#limitLegacy(path, limits);
  }

  /** A cgroup's folder of each controller; `unified` for version 2. */
  async folders(path: string): Promise<ReadonlyMap<string, string>> {
    if (this.#isUnified()) return new Map([['unified', join(this.#root, path)]]);
    const hierarchies = await this.#hierarchies();
    return new Map(hierarchies.flatMap((name) => name.split(',').map((one) => [one, join(this.#root, name, path)])));
  }

  async exists(path: string): Promise<boolean> {
    return access(this.#memoryFolder(path)).then(() => true, ignore('there is no such cgroup', false));
  }

  /** Names of the cgroups directly below. */
  async below(path: string): Promise<string[]> {
    const entries = await readdir(this.#memoryFolder(path), { withFileTypes: true }).catch(
      ignore('there is no such cgroup', []),
    );
    return entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
  }

  /** The limit that is in force; null if there is none. */
  async memoryLimit(path: string): Promise<number | null> {
    const file = this.#isUnified() ? 'memory.max' : 'memory.limit_in_bytes';
    const text = await readFile(join(this.#memoryFolder(path), file), 'utf8').catch(
      ignore('there is no such cgroup', 'max'),
    );
    return text.trim() === 'max' ? null : Number(text);
  }

  async processes(path: string): Promise<number> {
    const folders = await this.folders(path);
    const folder = folders.get('pids') ?? folders.get('unified') ?? '';
    return Number(await readFile(join(folder, 'pids.current'), 'utf8').catch(ignore('there is no such cgroup', '0')));
  }

  /** With those below. False while processes are left in one of them. */
  async remove(path: string): Promise<boolean> {
    const roots = this.#isUnified()
      ? [this.#root]
      : (await this.#hierarchies()).map((hierarchy) => join(this.#root, hierarchy));
    const removed = await Promise.all(roots.map((root) => removeFolder(join(root, path))));
    return removed.every(Boolean);
  }

  #isUnified(): boolean {
    return existsSync(join(this.#root, 'cgroup.controllers'));
  }

  /** Folders of version 1, of which one may have several controllers: `cpu,cpuacct`. */
  async #hierarchies(): Promise<string[]> {
    const entries = await readdir(this.#root, { withFileTypes: true });
    return entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
  }

  #memoryFolder(path: string): string {
    return join(this.#root, this.#isUnified() ? '' : 'memory', path);
  }

  async #limitUnified(path: string, { memoryBytes, cpus, processes }: CgroupLimits): Promise<void> {
    const folder = join(this.#root, path);
    await mkdir(folder, { recursive: true });
    const names = path.split('/').filter(Boolean);
    for (const depth of names.keys()) {
      const parent = join(this.#root, ...names.slice(0, depth));
      await set(parent, 'cgroup.subtree_control', CONTROLLERS.map((name) => `+${name}`).join(' '));
    }
    await set(folder, 'memory.max', memoryBytes);
    // Without swap the kernel has no such file.
    if (existsSync(join(folder, 'memory.swap.max'))) await set(folder, 'memory.swap.max', 0);
    await set(folder, 'cpu.max', `${cpus === null ? 'max' : Math.round(cpus * CPU_PERIOD)} ${CPU_PERIOD}`);
    await set(folder, 'pids.max', processes);
  }

  async #limitLegacy(path: string, { memoryBytes, cpus, processes }: CgroupLimits): Promise<void> {
    const folders = await this.folders(path);
    const [memory, cpu, pids] = CONTROLLERS.map((name) => folders.get(name));
    if (memory === undefined || cpu === undefined || pids === undefined)
      throw new Error(`the controllers ${CONTROLLERS.join(', ')} aren’t all mounted below ${this.#root}`);
    // The use of processors is counted in another hierarchy than they are limited in.
    const used = [memory, cpu, pids, folders.get('cpuacct') ?? cpu];
    await Promise.all(used.map((folder) => mkdir(folder, { recursive: true })));
    // Memory with swap: never less than memory alone.
    const swap = existsSync(join(memory, 'memory.memsw.limit_in_bytes'));
    if (swap) await set(memory, 'memory.memsw.limit_in_bytes', -1);
    await set(memory, 'memory.limit_in_bytes', memoryBytes);
    if (swap) await set(memory, 'memory.memsw.limit_in_bytes', memoryBytes);
    await set(cpu, 'cpu.cfs_period_us', CPU_PERIOD);
    await set(cpu, 'cpu.cfs_quota_us', cpus === null ? -1 : Math.round(cpus * CPU_PERIOD));
    await set(pids, 'pids.max', processes);
  }
}

async function set(folder: string, file: string, value: string | number): Promise<void> {
  await writeFile(join(folder, file), String(value));
}

/** False while processes are left in it. */
async function removeFolder(folder: string): Promise<boolean> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(ignore('there is no such cgroup', null));
  if (entries === null) return true;
  const below = entries.filter((entry) => entry.isDirectory());
  await Promise.all(below.map(({ name }) => removeFolder(join(folder, name))));
  return rmdir(folder).then(() => true, ignore('a process is left in it', false));
}
