/** Open sockets of a desktop, each network once, with the process that holds them. */
import { readdir, readFile, readlink } from 'node:fs/promises';
import type { InsideSocket } from '#protocol/inside.ts';
import type { Context } from '../context.ts';
import { isRunning } from '../objects.ts';
import { depthOf, hostPidOf, hostProcesses, pidIn } from './host-processes.ts';
import { membersOf, type Member } from './members.ts';
import { namespaceOf } from './namespaces.ts';
import { inetRows, unixRows, type Row } from './socket-tables.ts';

export async function socketsOf(context: Context, desktopId: string): Promise<InsideSocket[]> {
  const { all } = await membersOf(context, desktopId);
  const networks = new Map<string, { readonly name: string; readonly pid: number }>();
  for (const { name, container } of all) {
    const pid = await hostPidOf(container);
    const network = (await namespaceOf(pid, 'net')) ?? name;
    if (pid !== null && !networks.has(network)) networks.set(network, { name, pid });
  }
  const owners = await ownersOf(all.filter(({ container }) => isRunning(container)));
  const found = await Promise.all(
    [...networks.values()].map(async ({ name, pid }) =>
      (await rowsOf(pid)).map(({ inode, ...row }) => ({
        ...row,
        pid: owners.get(inode) ?? null,
        container: name,
      })),
    ),
  );
  return found.flat();
}

async function rowsOf(pid: number): Promise<Row[]> {
  const table = (name: string): Promise<string> => readFile(`/proc/${pid}/net/${name}`, 'utf8').catch(() => '');
  const rows = await Promise.all(
    (['tcp', 'tcp6', 'udp', 'udp6'] as const).map(async (protocol) => inetRows(protocol, await table(protocol))),
  );
  return [...rows.flat(), ...unixRows(await table('unix'))];
}

/** By inode: the first process that holds the socket, as its container counts. */
async function ownersOf(members: readonly Member[]): Promise<Map<string, number>> {
  const depths = new Map(
    await Promise.all(members.map(async ({ container: { Id, State } }) => [Id, await depthOf(State.Pid)] as const)),
  );
  const owners = new Map<string, number>();
  for (const process of await hostProcesses(new Set(depths.keys()))) {
    const folder = `/proc/${process.pid}/fd`;
    const files = await readdir(folder).catch(() => []);
    const links = await Promise.all(files.map((file) => readlink(`${folder}/${file}`).catch(() => '')));
    for (const link of links) {
      const inode = /^socket:\[(\d+)\]$/.exec(link)?.[1];
      if (inode === undefined || owners.has(inode)) continue;
      owners.set(inode, pidIn(process, depths.get(process.containerId) ?? process.pids.length));
    }
  }
  return owners;
}
