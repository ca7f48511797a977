/** The processes inside and beside a desktop, with their usage. */
import type { InspectedProcess } from '#protocol/inspect.ts';
import type { Context } from '../context.ts';
import { shownName } from '../pods/targets.ts';
import { answers, type Group, groupsOf } from './groups.ts';
import { type Process, processesOf } from './proc.ts';

interface Reading {
  readonly uptime: number;
  readonly cpuSeconds: number;
}

/** Remembers the last sample of each process. */
export class ProcessMeter {
  /** By desktop, then by process. */
  readonly #last = new Map<string, ReadonlyMap<string, Reading>>();

  /** The share of one processor since the last sample, or since the start of the process. */
  take(desktopId: string, now: ReadonlyMap<string, Reading & { readonly startedAt: number }>): Map<string, number> {
    const before = this.#last.get(desktopId);
    this.#last.set(desktopId, now);
    return new Map(
      [...now].map(([key, { uptime, cpuSeconds, startedAt }]) => {
        const last = before?.get(key) ?? { uptime: startedAt, cpuSeconds: 0 };
        const seconds = uptime - last.uptime;
        return [key, seconds <= 0 ? 0 : Math.max(0, cpuSeconds - last.cpuSeconds) / seconds];
      }),
    );
  }

  /** Forgets desktops that are gone. */
  keepOnly(isThere: (desktopId: string) => boolean): void {
    for (const id of this.#last.keys()) if (!isThere(id)) this.#last.delete(id);
  }
}

export async function listProcesses(
  context: Context,
  meter: ProcessMeter,
  desktopId: string,
): Promise<InspectedProcess[]> {
  const groups = groupsOf(context, desktopId).filter(({ members }) => members.length > 0);
  const read = await Promise.all(
    groups.map(async (group) => ({ group, ...processesOf(await answers(context, group, 'processes')) })),
  );
  const known = read.flatMap(({ group, uptime, all }) =>
    all.map((process) => ({ group, process, uptime, key: keyOf(group, process) })),
  );
  const now = new Map(
    known.map(({ key, uptime, process: { cpuSeconds, startedAt } }) => [key, { uptime, cpuSeconds, startedAt }]),
  );
  meter.keepOnly((id) => context.view.pod(id) !== null);
  const cpu = meter.take(desktopId, now);
  return known.map(({ group, process, key }) => ({
    pid: process.pid,
    parent: process.parent,
    container: containerOf(group, process),
    uid: process.uid,
    state: process.state,
    cpu: cpu.get(key) ?? 0,
    memoryBytes: process.memoryBytes,
    command: process.command,
  }));
}

/** Process ids are reused, and each process namespace has its own. */
function keyOf({ found, leader }: Group, { pid, startedAt }: Process): string {
  return `${found.pod.metadata.name}/${leader}/${pid}/${startedAt}`;
}

function containerOf({ found, members }: Group, { containerId }: Process): string | null {
  const member = members.find((one) => one.containerId === containerId);
  return member === undefined ? null : shownName(found, member.name);
}
