/** The namespaces of each container of a desktop, by their inode numbers. */
import { readlink } from 'node:fs/promises';
import { NamespaceKind, type Namespaces } from '#protocol/inspect.ts';
import type { Context } from '../context.ts';
import { isRunning } from '../pods/describe.ts';
import { hostPidOf } from './host-processes.ts';
import { membersOf } from './members.ts';
import { ignore } from '#protocol/ignore.ts';

type Ids = Namespaces['containers'][number]['ids'];

/** Of running containers. */
export async function namespacesOf(context: Context, desktopId: string): Promise<Namespaces> {
  const { all } = await membersOf(context, desktopId);
  const running = all.filter(({ container }) => isRunning(container));
  return {
    containers: await Promise.all(
      running.map(async ({ name, container }) => ({ name, ids: await idsOf(await hostPidOf(container)) })),
    ),
  };
}

/** The number of one namespace of a process; null where it cannot be read. */
export async function namespaceOf(pid: number | null, kind: NamespaceKind): Promise<string | null> {
  if (pid === null) return null;
  const link = await readlink(`/proc/${pid}/ns/${kind}`).catch(ignore('the process has ended, or is not readable', ''));
  return /\[(\d+)\]$/.exec(link)?.[1] ?? null;
}

async function idsOf(pid: number | null): Promise<Ids> {
  const [mnt, pidSpace, net, ipc, uts, user, cgroup] = await Promise.all(
    NamespaceKind.options.map((kind) => namespaceOf(pid, kind)),
  );
  return {
    mnt: mnt ?? null,
    pid: pidSpace ?? null,
    net: net ?? null,
    ipc: ipc ?? null,
    uts: uts ?? null,
    user: user ?? null,
    cgroup: cgroup ?? null,
  };
}
