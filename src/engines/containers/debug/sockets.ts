/** Open sockets of a desktop, each network namespace once, with the owning process. */
import { readdir, readFile, readlink } from 'node:fs/promises';
import type { InspectedSocket } from '#protocol/inspect.ts';
import type { Context } from '../context.ts';
import { isRunning } from '../pods/describe.ts';
import { depthOf, hostPidOf, hostProcesses, pidIn } from './host-processes.ts';
import { membersOf, type Member } from './members.ts';
import { namespaceOf } from './namespaces.ts';
import { inetRows, unixRows, type Row } from './socket-tables.ts';
import { ignore } from '#protocol/ignore.ts';

export async function socketsOf(context: Context, desktopId: string): Promise<InspectedSocket[]> {
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
  const table = (name: string): Promise<string> =>
    readFile(`/proc/${pid}/net/${name}`, 'utf8').catch(ignore('the process has ended', ''));
  const rows = await Promise.all(
    (['tcp', 'tcp6', 'udp', 'udp6'] as const).map(async (protocol) => inetRows(protocol, await table(protocol))),
  );
  return [...rows.flat(), ...unixRows(await table('unix'))];
}

/** By inode: the pid of the first process that has the socket open, in its container's namespace. */
async function ownersOf(members: readonly Member[]): Promise<Map<string, number>> {
  const depths = new Map(
    await Promise.all(members.map(async ({ container: { Id, State } }) => [Id, await depthOf(State.Pid)] as const)),
  );
  const owners = new Map<string, number>();
  for (const process of await hostProcesses(new Set(depths.keys()))) {
    const folder = `/proc/${process.pid}/fd`;
    const files = await readdir(folder).catch(ignore('the process has ended', []));
    const links = await Promise.all(
      files.map((file) => readlink(`${folder}/${file}`).catch(ignore('the process has ended', ''))),
    );
    for (const link of links) {
      const inode = /^socket:\[(\d+)\]$/.exec(link)?.[1];
      if (inode === undefined || owners.has(inode)) continue;
      owners.set(inode, pidIn(process, depths.get(process.containerId) ?? process.pids.length));
    }
  }
  return owners;
}
