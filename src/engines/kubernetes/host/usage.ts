/** What launches use, from the processes of the desktop and from the control group of a pod application. */
import { availableParallelism } from 'node:os';
import type { LaunchUsage } from '#domain/ports/engine.ts';

/** `sysconf(_SC_CLK_TCK)` and the page size, the same on every supported Linux. */
const TICKS_PER_SECOND = 100;
const PAGE_BYTES = 4096;

/** Of one launch: processor seconds since its start, and resident memory. */
export interface Sample {
  readonly cpuSeconds: number;
  readonly memoryBytes: number;
}

/** By container id, from `/proc/PID/{cgroup,stat,statm}` as `grep -H` prints them. Pure. */
export function samplesOf(lines: readonly string[]): Map<string, Sample> {
  const processes = new Map<string, { container?: string; cpuSeconds?: number; memoryBytes?: number }>();
  for (const line of lines) {
    const [, pid = '', file = '', content = ''] = /^\/proc\/(\d+)\/(\w+):(.*)$/.exec(line) ?? [];
    if (pid === '') continue;
    const process = processes.get(pid) ?? {};
    processes.set(pid, process);
    if (file === 'cgroup') {
      const id = content.match(/[0-9a-f]{64}/g)?.at(-1);
      if (id !== undefined) process.container = id;
    } else if (file === 'stat') {
      // The name may contain spaces and parentheses; numbers follow the last one (proc_pid_stat(5)).
      const numbers = content.slice(content.lastIndexOf(')') + 2).split(' ');
      process.cpuSeconds = (Number(numbers[11]) + Number(numbers[12])) / TICKS_PER_SECOND;
    } else if (file === 'statm') process.memoryBytes = Number(content.split(' ')[1]) * PAGE_BYTES;
  }
  const samples = new Map<string, Sample>();
  for (const { container, cpuSeconds = 0, memoryBytes = 0 } of processes.values()) {
    if (container === undefined) continue;
    const sum = samples.get(container) ?? { cpuSeconds: 0, memoryBytes: 0 };
    samples.set(container, { cpuSeconds: sum.cpuSeconds + cpuSeconds, memoryBytes: sum.memoryBytes + memoryBytes });
  }
  return samples;
}

/** From the control group files of a container, either version; null when they are not readable. Pure. */
export function sampleOf(text: string): Sample | null {
  const usec = /^usage_usec (\d+)$/m.exec(text)?.[1];
  const numbers = text.split('\n').flatMap((line) => (/^\d+$/.test(line) ? [Number(line)] : []));
  const [memoryBytes, nanoseconds] = numbers;
  if (memoryBytes === undefined) return null;
  if (usec !== undefined) return { cpuSeconds: Number(usec) / 1e6, memoryBytes };
  return nanoseconds === undefined ? null : { cpuSeconds: nanoseconds / 1e9, memoryBytes };
}

/** Converts samples into shares of a processor since the previous ones. */
export class UsageMeter {
  readonly #last = new Map<string, { at: number; cpuSeconds: number }>();

  read(launchId: string, { cpuSeconds, memoryBytes }: Sample, now: number): LaunchUsage {
    const before = this.#last.get(launchId);
    this.#last.set(launchId, { at: now, cpuSeconds });
    const seconds = before === undefined ? 0 : (now - before.at) / 1000;
    const share = before === undefined || seconds <= 0 ? 0 : (cpuSeconds - before.cpuSeconds) / seconds;
    // The seconds of ended processes are lost.
    return { launchId, cpu: Math.min(Math.max(0, share), availableParallelism() * 64), memoryBytes };
  }

  keepOnly(launchIds: ReadonlySet<string>): void {
    for (const id of this.#last.keys()) if (!launchIds.has(id)) this.#last.delete(id);
  }
}
