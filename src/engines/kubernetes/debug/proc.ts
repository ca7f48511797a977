/** Processes and their namespaces, from the output of the scripts. Pure. See proc_pid_stat(5), namespaces(7). */
import { NamespaceKind } from '#protocol/inspect.ts';

/** `sysconf(_SC_CLK_TCK)` and the page size, the same on every supported Linux. */
const TICKS_PER_SECOND = 100;
const PAGE_BYTES = 4096;

export interface Process {
  readonly pid: number;
  readonly parent: number;
  readonly uid: number;
  readonly state: string;
  /** Since it started. */
  readonly cpuSeconds: number;
  /** Seconds since boot, as {@link Processes.uptime}. */
  readonly startedAt: number;
  readonly memoryBytes: number;
  readonly command: string;
  readonly containerId: string | null;
}

export interface Processes {
  readonly uptime: number;
  readonly all: readonly Process[];
}

export function processesOf(lines: readonly string[]): Processes {
  const files = new Map<string, Map<string, string[]>>();
  let self = '';
  let uptime = 0;
  for (const line of lines) {
    if (line.startsWith('self:')) self = line.slice('self:'.length);
    if (line.startsWith('/proc/uptime:')) uptime = Number.parseFloat(line.slice('/proc/uptime:'.length));
    const [, pid = '', file = '', content = ''] = /^\/proc\/(\d+)\/(\w+):(.*)$/s.exec(line) ?? [];
    if (pid === '') continue;
    const known = files.get(pid) ?? new Map<string, string[]>();
    files.set(pid, known);
    known.set(file, [...(known.get(file) ?? []), content]);
  }
  const all = [...files].flatMap(([pid, read]) => processOf(Number(pid), read) ?? []);
  // The query itself, and the processes that it starts.
  return { uptime, all: all.filter(({ pid, parent }) => String(pid) !== self && String(parent) !== self) };
}

function processOf(pid: number, read: ReadonlyMap<string, readonly string[]>): Process | null {
  const [stat] = read.get('stat') ?? [];
  if (stat === undefined) return null;
  // The name may contain spaces and parentheses; a letter and numbers follow the last one.
  const end = stat.lastIndexOf(')');
  const fields = stat.slice(end + 2).split(' ');
  const number = (index: number): number => Number(fields[index] ?? 0) || 0;
  const [pages] = read.get('statm') ?? [];
  const ids = (read.get('cgroup') ?? []).join(' ').match(/[0-9a-f]{64}/g);
  const words = read.get('cmdline') ?? [];
  return {
    pid,
    parent: number(1),
    uid: Number(/^Uid:\s+(\d+)/.exec(read.get('status')?.[0] ?? '')?.[1] ?? 0),
    state: fields[0] ?? '?',
    cpuSeconds: (number(11) + number(12)) / TICKS_PER_SECOND,
    startedAt: number(19) / TICKS_PER_SECOND,
    memoryBytes: (Number(pages?.split(' ')[1] ?? 0) || 0) * PAGE_BYTES,
    // Kernel threads and ended processes have none.
    command: words.join(' ').trim() || `[${stat.slice(stat.indexOf('(') + 1, end)}]`,
    containerId: ids?.at(-1) ?? null,
  };
}

/** The pid of each container's first process: the one that started first. */
export function firstOf({ all }: Processes): Map<string, number> {
  const first = new Map<string, Process>();
  for (const process of all) {
    if (process.containerId === null) continue;
    const before = first.get(process.containerId);
    const earlier = before === undefined || process.startedAt < before.startedAt;
    const same = before?.startedAt === process.startedAt && process.pid < before.pid;
    if (earlier || same) first.set(process.containerId, process);
  }
  return new Map([...first].map(([id, { pid }]) => [id, pid]));
}

export type NamespaceIds = Record<NamespaceKind, string | null>;
export const UNREADABLE: NamespaceIds = {
  mnt: null,
  pid: null,
  net: null,
  ipc: null,
  uts: null,
  user: null,
  cgroup: null,
};

/** By pid; `self` for a list without folders. */
export function namespacesOf(lines: readonly string[]): Map<string, NamespaceIds> {
  const found = new Map<string, NamespaceIds>();
  let pid = 'self';
  for (const line of lines) {
    pid = /^\/proc\/(\d+)\/ns:$/.exec(line)?.[1] ?? pid;
    const [, name, id] = /(\w+) -> \w+:\[(\d+)\]$/.exec(line) ?? [];
    const kind = NamespaceKind.safeParse(name).data;
    if (kind === undefined || id === undefined) continue;
    found.set(pid, { ...(found.get(pid) ?? UNREADABLE), [kind]: id });
  }
  return found;
}
