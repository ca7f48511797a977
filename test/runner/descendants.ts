/** Ends the descendants of a process: children outlive a parent that is killed. */
import { readdir, readFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';

const GRACE_MS = 5_000;
const POLL_MS = 100;

/** Sends TERM, then KILL after a grace period, to all descendants of `pid`, the latest first; not to `pid` itself. */
export async function endDescendants(pid: number): Promise<void> {
  const all = await descendants(pid);
  for (const one of all) signal(one, 'SIGTERM');
  const until = Date.now() + GRACE_MS;
  while (all.some(alive) && Date.now() < until) await delay(POLL_MS);
  for (const one of all) signal(one, 'SIGKILL');
}

/** Each child comes after its own children. */
export async function descendants(pid: number): Promise<number[]> {
  const children = new Map<number, number[]>();
  for (const name of await readdir('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    const parent = parentIn(await readFile(`/proc/${name}/stat`, 'utf8').catch(() => ''));
    if (parent !== null) children.set(parent, [...(children.get(parent) ?? []), Number(name)]);
  }
  const below = (one: number): number[] => (children.get(one) ?? []).flatMap((child) => [...below(child), child]);
  return below(pid);
}

/** The program's name comes before it, in parentheses, and can contain any characters. */
function parentIn(stat: string): number | null {
  const parent = /^ \S (\d+)/.exec(stat.slice(stat.lastIndexOf(')') + 1))?.[1];
  return parent === undefined ? null : Number(parent);
}

function alive(pid: number): boolean {
  return signal(pid, 0);
}

function signal(pid: number, name: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(pid, name);
  } catch {
    // The process has ended.
    return false;
  }
}
