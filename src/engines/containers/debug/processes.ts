/** The processes of a desktop, with their usage since the previous sample. */
import { readFile } from 'node:fs/promises';
import type { InspectedProcess } from '#protocol/inspect.ts';
import type { Context } from '../context.ts';
import { isRunning } from '../pods/describe.ts';
import { depthOf, hostProcesses, pidIn, type HostProcess } from './host-processes.ts';
import { membersOf } from './members.ts';

const TICKS_A_SECOND = 100;
/** Samples older than this are dropped. */
const KEPT_MS = 300_000;

interface Look {
  readonly at: number;
  readonly ticks: ReadonlyMap<string, number>;
}

export class ProcessMeter {
  readonly #context: Context;
  /** By desktop. */
  readonly #last = new Map<string, Look>();

  constructor(context: Context) {
    this.#context = context;
  }

  async read(desktopId: string): Promise<InspectedProcess[]> {
    const { all } = await membersOf(this.#context, desktopId);
    const running = all.filter(({ container }) => isRunning(container));
    const names = new Map(running.map(({ container, name }) => [container.Id, name]));
    const depths = new Map(
      await Promise.all(running.map(async ({ container: { Id, State } }) => [Id, await depthOf(State.Pid)] as const)),
    );
    const [processes, uptime] = await Promise.all([hostProcesses(new Set(names.keys())), secondsSinceBoot()]);
    const counted = (process: HostProcess): number =>
      pidIn(process, depths.get(process.containerId) ?? process.pids.length);
    const byPid = new Map(processes.map((process) => [process.pid, process]));
    const share = this.#shares(desktopId, processes, uptime);
    return processes.map((process) => {
      const parent = byPid.get(process.parent);
      return {
        pid: counted(process),
        parent: parent === undefined ? 0 : counted(parent),
        container: names.get(process.containerId) ?? null,
        uid: process.uid,
        state: process.state,
        cpu: share(process),
        memoryBytes: process.memoryBytes,
        command: process.command,
      };
    });
  }

  #shares(desktopId: string, processes: readonly HostProcess[], uptime: number): (process: HostProcess) => number {
    const before = this.#last.get(desktopId);
    const now: Look = { at: performance.now(), ticks: new Map(processes.map((one) => [identityOf(one), one.ticks])) };
    for (const [id, { at }] of this.#last) if (now.at - at > KEPT_MS) this.#last.delete(id);
    this.#last.set(desktopId, now);
    return (process) => {
      const former = before?.ticks.get(identityOf(process));
      const seconds =
        before === undefined || former === undefined
          ? uptime - process.startedAt / TICKS_A_SECOND
          : (now.at - before.at) / 1000;
      const used = (process.ticks - (former ?? 0)) / TICKS_A_SECOND;
      return Math.max(0, used / Math.max(seconds, 1 / TICKS_A_SECOND));
    };
  }
}

/** Pids are reused. */
function identityOf({ pid, startedAt }: HostProcess): string {
  return `${pid} ${startedAt}`;
}

async function secondsSinceBoot(): Promise<number> {
  return Number((await readFile('/proc/uptime', 'utf8')).split(' ')[0]);
}
