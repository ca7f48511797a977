/** What dead keys make of other keys, from X11's Compose file of Debian's libx11-data. */
import { readFile } from 'node:fs/promises';

const COMPOSE = '/usr/share/X11/locale/en_US.UTF-8/Compose';
const LINE = /^<(dead_\w+)>\s+<(\w+)>\s*:\s*"([^"\\]+)"/;

/** By the name of the dead key's keysym: what it makes of other keysyms, by their names. */
export type DeadKeys = ReadonlyMap<string, ReadonlyMap<string, string>>;

export async function readDeadKeys(): Promise<DeadKeys> {
  return parseDeadKeys(await readFile(COMPOSE, 'utf8'));
}

/** Sequences of a dead key and one other key; longer ones, and those that need a Compose key, are left out. */
export function parseDeadKeys(compose: string): DeadKeys {
  const dead = new Map<string, Map<string, string>>();
  for (const line of compose.split('\n')) {
    const [, first, second, text] = LINE.exec(line) ?? [];
    if (first === undefined || second === undefined || text === undefined) continue;
    const made = dead.get(first) ?? new Map<string, string>();
    dead.set(first, made.set(second, text));
  }
  return dead;
}
