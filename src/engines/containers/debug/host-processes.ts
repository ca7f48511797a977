/** Processes of containers from this machine's `/proc`: their container, pids and usage. */
import { readdir, readFile } from 'node:fs/promises';
import { containerOfProcess } from '../host/cgroups.ts';
import { isRunning, type Container } from '../pods/describe.ts';
import { ignore } from '#protocol/ignore.ts';

export interface HostProcess {
  /** In the host's process namespace. */
  readonly pid: number;
  readonly parent: number;
  /** The pid of the same process in each process namespace, from the host's inwards. */
  readonly pids: readonly number[];
  readonly containerId: string;
  readonly uid: number;
  readonly state: string;
  /** Hundredths of a second of processor time. */
  readonly ticks: number;
  /** Hundredths of a second between boot and its start. */
  readonly startedAt: number;
  readonly memoryBytes: number;
  readonly command: string;
}

/** All processes of these containers, oldest first. */
export async function hostProcesses(containerIds: ReadonlySet<string>): Promise<HostProcess[]> {
  const pids = (await readdir('/proc')).map(Number).filter((pid) => Number.isInteger(pid) && pid > 0);
  const found = await Promise.all(
    pids.map(async (pid) => {
      const containerId = await containerOfProcess(`/proc/${pid}`);
      return containerId !== null && containerIds.has(containerId) ? readProcess(pid, containerId) : null;
    }),
  );
  return found.filter((one) => one !== null).toSorted((a, b) => a.startedAt - b.startedAt || a.pid - b.pid);
}

/** The pid in its container's process namespace: programs may have created further ones inside. */
export function pidIn(process: Pick<HostProcess, 'pids'>, depth: number): number {
  return process.pids[Math.min(depth, process.pids.length) - 1] ?? 0;
}

/** The host pid of a container's first process; null when it does not run, or runs on another machine. */
export async function hostPidOf(container: Container): Promise<number | null> {
  const { Pid } = container.State;
  if (!isRunning(container) || Pid <= 0) return null;
  return (await containerOfProcess(`/proc/${Pid}`)) === container.Id ? Pid : null;
}

/** How many process namespaces there are from the host's to this process's own. */
export async function depthOf(pid: number): Promise<number | null> {
  const pids = parseStatus(
    await readFile(`/proc/${pid}/status`, 'utf8').catch(ignore('the process has ended', '')),
  ).pids;
  return pids.length === 0 ? null : pids.length;
}

/** The pid in its innermost process namespace. */
export async function pidOf(pid: number): Promise<number | null> {
  return (
    parseStatus(await readFile(`/proc/${pid}/status`, 'utf8').catch(ignore('the process has ended', ''))).pids.at(-1) ??
    null
  );
}

/** From `/proc/<pid>/status`. */
export function parseStatus(text: string): { pids: number[]; uid: number; memoryBytes: number } {
  const field = (name: string): string[] =>
    new RegExp(`^${name}:\\s*(.*)$`, 'm').exec(text)?.[1]?.split(/\s+/).filter(Boolean) ?? [];
  return {
    pids: field('NSpid').map(Number),
    uid: Number(field('Uid')[1] ?? 0),
    memoryBytes: Number(field('VmRSS')[0] ?? 0) * 1024,
  };
}

/** From `/proc/<pid>/stat`, whose second field is a name in parentheses that may contain anything. */
export function parseStat(text: string): {
  name: string;
  state: string;
  parent: number;
  ticks: number;
  startedAt: number;
} {
  const open = text.indexOf('(');
  const close = text.lastIndexOf(')');
  const rest = text.slice(close + 2).split(' ');
  return {
    name: text.slice(open + 1, close),
    state: rest[0] ?? '?',
    parent: Number(rest[1] ?? 0),
    ticks: Number(rest[11] ?? 0) + Number(rest[12] ?? 0),
    startedAt: Number(rest[19] ?? 0),
  };
}

async function readProcess(pid: number, containerId: string): Promise<HostProcess | null> {
  try {
    const [stat, status, command] = await Promise.all(
      ['stat', 'status', 'cmdline'].map((name) => readFile(`/proc/${pid}/${name}`, 'utf8')),
    );
    const { name, ...numbers } = parseStat(stat ?? '');
    const words = (command ?? '').split('\0').filter(Boolean).join(' ');
    // Kernel threads and ended processes have no arguments.
    return { pid, containerId, ...numbers, ...parseStatus(status ?? ''), command: words || `[${name}]` };
  } catch (error) {
    return ignore('the process has ended', null)(error);
  }
}
