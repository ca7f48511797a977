/** How many connections to a unix socket are open, from the kernel's table (proc(5), `/proc/net/unix`). */
import { readFile } from 'node:fs/promises';
import { ignore } from '#protocol/ignore.ts';

/** `SS_CONNECTED` of <linux/net.h>. */
const CONNECTED = '03';
/** `Num RefCount Protocol Flags Type St Inode Path`. */
const LINE = /^[0-9a-f]+: [0-9A-F]+ [0-9A-F]+ [0-9A-F]+ [0-9A-F]+ ([0-9A-F]{2}) +\d+ (.+)$/;

/** `path` is the one that the server bound; accepted connections carry it, too. */
export function connectionsIn(table: string, path: string): number {
  return table.split('\n').filter((line) => {
    const [, state, bound] = LINE.exec(line) ?? [];
    return state === CONNECTED && bound === path;
  }).length;
}

/** Seen from the network namespace of a process; 0 if it has ended. */
export async function openConnections(pid: number, path: string): Promise<number> {
  const table = await readFile(`/proc/${pid}/net/unix`, 'utf8').catch(ignore('the process has ended', ''));
  return connectionsIn(table, path);
}
