/** Open sockets. Each pod has one network; its first container that can answer is queried. */
import type { InspectedSocket } from '#protocol/inspect.ts';
import type { Context } from '../context.ts';
import { shownName } from '../pods/targets.ts';
import { answers, type Group, groupsOf } from './groups.ts';
import { socketsOf } from './net.ts';

export async function listSockets(context: Context, desktopId: string): Promise<InspectedSocket[]> {
  const groups = groupsOf(context, desktopId).filter(({ members }) => members.length > 0);
  const pods = Map.groupBy(groups, ({ found }) => found.pod.metadata.name);
  const each = await Promise.all([...pods.values()].map((all) => ofPod(context, all)));
  return each.flat();
}

/** All groups of a pod see the same sockets, but only their own processes: each adds the owners that it knows. */
async function ofPod(context: Context, groups: readonly Group[]): Promise<InspectedSocket[]> {
  const read = await Promise.all(
    groups.map(async (group) => {
      const sockets = socketsOf(await answers(context, group, 'sockets'));
      return sockets.map((socket) => ({ ...socket, container: shownName(group.found, group.leader) }));
    }),
  );
  const found = new Map<string, InspectedSocket>();
  for (const socket of read.flat()) {
    const key = [socket.protocol, socket.local, socket.remote, socket.state].join(' ');
    const before = found.get(key);
    if (before === undefined || (before.pid === null && socket.pid !== null)) found.set(key, socket);
  }
  return [...found.values()];
}
