/** How close a desktop is to its limits: finished launches, and the size of its object. Pure. */
import type { Desktop } from '#protocol/desktop.ts';
import type { Inspection } from '#protocol/inspect.ts';

type Fullness = 'empty' | 'filling' | 'nearly full';

/** By its finished launches. Engines without a limit are always `empty`. */
export function fullness({ finished, most }: Desktop['entries']): Fullness {
  return most === null ? 'empty' : level(finished, most);
}

/** Whether a warning is due, for its finished launches or for the size of its object. */
export function isNearlyFull({ entries, size }: Pick<Inspection, 'entries' | 'size'>): boolean {
  return [fullness(entries), size && level(size.bytes, size.most)].includes('nearly full');
}

/** `empty` below a third, `nearly full` from two thirds on. */
function level(used: number, most: number): Fullness {
  if (used < most / 3) return 'empty';
  return used < (most * 2) / 3 ? 'filling' : 'nearly full';
}
