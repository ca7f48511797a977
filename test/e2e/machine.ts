/** Everything that the product has on this machine, seen from outside: containers, networks, folders, processes. */
import { readdir, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { z } from 'zod';
import { EngineApi } from '#containers-client/api.ts';
import { eventually } from './faults-kit.ts';
import { DATA, RUN } from './product.ts';

const Containers = z.array(z.looseObject({ Names: z.array(z.string()), State: z.string(), Id: z.string() }));
const Networks = z.array(z.looseObject({ name: z.string() }));

export const engineApi = new EngineApi(join(RUN, 'engine/podman.sock'));

export interface Process {
  readonly pid: number;
  readonly name: string;
  readonly command: string;
  /** The desktop that it belongs to, directly or through a launch; null for a process of the host. */
  readonly desktopId: string | null;
  /** Whether it is a zombie: it ended and its parent has not read its exit code. */
  readonly dead: boolean;
}

/**
 * Processes of the host that name one of our folders, and processes of containers that mount one of a desktop's
 * folders.
 */
export async function processes(): Promise<Process[]> {
  const pids = (await readdir('/proc')).map(Number).filter((pid) => pid > 0 && pid !== process.pid);
  const found = await Promise.all(pids.map(describe));
  return found.filter((one) => one !== null);
}

async function describe(pid: number): Promise<Process | null> {
  const read = (file: string): Promise<string> => readFile(`/proc/${pid}/${file}`, 'utf8').catch(() => '');
  const [name, command, mounts, stat] = await Promise.all(['comm', 'cmdline', 'mountinfo', 'stat'].map(read));
  const desktopId = new RegExp(`/${basename(RUN)}/desktops/([^/ ]+)/`).exec(mounts ?? '')?.[1] ?? null;
  const ours = [`${DATA}/`, `${RUN}/`, `${DATA}\0`].some((folder) => command?.includes(folder));
  if (desktopId === null && !ours) return null;
  const words = (command ?? '').replaceAll('\0', ' ').trim();
  return { pid, name: (name ?? '').trim(), command: words, desktopId, dead: / Z /.test(stat ?? '') };
}

/** The only process with this name in a desktop or its launches. */
export function processOf(desktopId: string, name: string): Promise<Process> {
  return eventually(`${name} runs in ${desktopId}`, async () => {
    const all = await processes();
    return all.find((one) => one.desktopId === desktopId && one.name === name && !one.dead) ?? null;
  });
}

export async function containers(): Promise<{ id: string; name: string; state: string }[]> {
  // The Docker-compatible list fails while one of them is being removed.
  const all = await engineApi.json(Containers, 'GET', '/v4.0.0/libpod/containers/json', { query: { all: true } });
  return all.map(({ Id, Names, State }) => ({ id: Id, name: Names[0] ?? '', state: State }));
}

/** A container's monitor runs a few seconds longer than the container. */
export const MONITOR = 'conmon';

/** The names of everything that the product has now except monitors, to compare with later. */
export async function everything(): Promise<string[]> {
  const [inEngine, networks, folders, running] = await Promise.all([
    containers(),
    engineApi.json(Networks, 'GET', '/v4.0.0/libpod/networks/json'),
    readdir(join(RUN, 'desktops')).catch(() => []),
    processes(),
  ]);
  return [
    ...inEngine.map(({ name }) => `container ${name}`),
    ...networks.map(({ name }) => `network ${name}`),
    ...folders.map((name) => `folder ${name}`),
    ...running
      .filter(({ name }) => name !== MONITOR)
      .map(({ name, command }) => `process ${name === '' ? command : name}`),
  ].toSorted();
}

/** Waits until everything is as before, because some objects are removed a moment after their last use. */
export async function isBackTo(before: readonly string[]): Promise<void> {
  let more: string[] = [];
  let less: string[] = [];
  await eventually('everything is as it was', async () => {
    const now = await everything();
    more = without(now, before);
    // A missing process was already ending when the list was made; anything else must still exist.
    less = without(before, now).filter((one) => !one.startsWith('process '));
    return more.length + less.length === 0 ? true : null;
  }).catch((cause: unknown) => {
    throw new Error(`left behind: ${more.join(', ')}; gone: ${less.join(', ')}`, { cause });
  });
}

/** The entries of `all` that `others` lacks, counting duplicates. */
function without(all: readonly string[], others: readonly string[]): string[] {
  const left = [...others];
  return all.filter((one) => {
    const at = left.indexOf(one);
    if (at >= 0) left.splice(at, 1);
    return at < 0;
  });
}

/** For the end of a suite, when all containers are removed. */
export async function noMonitorsLeft(): Promise<void> {
  await eventually('the last monitor goes', async () => {
    return (await processes()).some(({ name }) => name === MONITOR) ? null : true;
  });
}
