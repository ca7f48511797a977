/** The container of a process and the usage of a container, from the kernel's files. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ignore } from '#protocol/ignore.ts';

const ROOT = '/sys/fs/cgroup';
const CONTAINER_ID = /(?<![0-9a-f])[0-9a-f]{64}(?![0-9a-f])/g;

/** The container in a `/proc/<pid>/cgroup`: the innermost id on any of its lines; null when there is none. */
export function containerOf(cgroup: string): string | null {
  for (const line of cgroup.split('\n')) {
    const id = line.match(CONTAINER_ID)?.at(-1);
    if (id !== undefined) return id;
  }
  return null;
}

/**
 * The folder of each controller of a process: lines `hierarchy:controllers:path`, without controllers for version 2.
 */
export function controllerFolders(cgroup: string): ReadonlyMap<string, string> {
  const folders = new Map<string, string>();
  for (const line of cgroup.split('\n')) {
    const [, hierarchy, controllers, path] = /^(\d+):([^:]*):(.*)$/.exec(line) ?? [];
    if (hierarchy === undefined || controllers === undefined || path === undefined) continue;
    if (hierarchy === '0') folders.set('unified', join(ROOT, path));
    else for (const controller of controllers.split(',')) folders.set(controller, join(ROOT, controllers, path));
  }
  return folders;
}

export interface Sample {
  readonly cpuNanoseconds: number;
  readonly memoryBytes: number;
}

export class CgroupFiles {
  /** By container: its folders do not change while it runs. */
  readonly #folders = new Map<string, ReadonlyMap<string, string>>();

  /** Null once the container has ended. */
  async sample(containerId: string, pid: number): Promise<Sample | null> {
    try {
      const folders =
        this.#folders.get(containerId) ?? controllerFolders(await readFile(`/proc/${pid}/cgroup`, 'utf8'));
      this.#folders.set(containerId, folders);
      return await readSample(folders);
    } catch (error) {
      this.#folders.delete(containerId);
      return ignore('the container has ended', null)(error);
    }
  }

  forget(containerId: string): void {
    this.#folders.delete(containerId);
  }
}

/** Host pids of all processes in a container's cgroup and those below it. */
export async function processesOf(containerId: string): Promise<number[]> {
  const names = await readdir('/proc');
  const pids = names.map(Number).filter((pid) => Number.isInteger(pid) && pid > 0);
  const owned = await Promise.all(pids.map(async (pid) => (await containerOfProcess(`/proc/${pid}`)) === containerId));
  return pids.filter((_pid, index) => owned[index]);
}

/** The container of the process with this `/proc` folder; null when it has none or is gone. */
export async function containerOfProcess(folder: string): Promise<string | null> {
  return containerOf(await readFile(`${folder}/cgroup`, 'utf8').catch(ignore('the process has ended', '')));
}

/** Of the cgroup with these folders of controllers and those below it; rejects when it is gone. */
export async function readSample(folders: ReadonlyMap<string, string>): Promise<Sample> {
  const memory = folders.get('memory');
  return memory === undefined
    ? await unifiedSample(folders.get('unified') ?? ROOT)
    : await legacySample(memory, folders.get('cpuacct') ?? '');
}

async function unifiedSample(folder: string): Promise<Sample> {
  const [cpu, current, stat] = await Promise.all([
    text(folder, 'cpu.stat'),
    text(folder, 'memory.current'),
    text(folder, 'memory.stat'),
  ]);
  return {
    cpuNanoseconds: field(cpu, 'usage_usec') * 1000,
    memoryBytes: used(Number(current), field(stat, 'inactive_file')),
  };
}

async function legacySample(memory: string, cpu: string): Promise<Sample> {
  const [usage, current, stat] = await Promise.all([
    text(cpu, 'cpuacct.usage'),
    text(memory, 'memory.usage_in_bytes'),
    text(memory, 'memory.stat'),
  ]);
  return { cpuNanoseconds: Number(usage), memoryBytes: used(Number(current), field(stat, 'total_inactive_file')) };
}

/** Reclaimable file cache does not count as usage. */
function used(current: number, inactive: number): number {
  return Math.max(0, current - inactive);
}

function text(folder: string, name: string): Promise<string> {
  return readFile(join(folder, name), 'utf8');
}

function field(stat: string, name: string): number {
  const line = stat.split('\n').find((candidate) => candidate.startsWith(`${name} `));
  return line === undefined ? 0 : Number(line.slice(name.length + 1));
}
