/** A recording of a terminal (asciicast version 2): read from its text, with pauses cut, and what to show when. Pure. */
import { z } from 'zod';

const Header = z.object({
  version: z.literal(2),
  width: z.int().min(1).max(1000),
  height: z.int().min(1).max(1000),
  timestamp: z.number().optional(),
});
/** Seconds, kind, data: `o` is output, `r` a new size such as `80x24`; others are of no use here. */
const Entry = z.tuple([z.number().nonnegative(), z.string(), z.string()]);

export interface CastEvent {
  /** Milliseconds in the film, pauses cut. */
  readonly at: number;
  readonly kind: 'output' | 'size';
  readonly data: string;
}

export interface Cast {
  readonly columns: number;
  readonly rows: number;
  readonly events: readonly CastEvent[];
  readonly lengthMs: number;
  /** Milliseconds of silence that are left out. */
  readonly cutMs: number;
}

/** Nobody watches longer silence. */
const LONGEST_PAUSE_MS = 2_000;

/** Null when it is no recording. A last line that broke off is left out. */
export function parseCast(text: string, longestPause = LONGEST_PAUSE_MS): Cast | null {
  const [first = '', ...rest] = text.split('\n');
  const header = Header.safeParse(json(first));
  if (!header.success) return null;
  const events: CastEvent[] = [];
  let [real, film] = [0, 0];
  for (const line of rest) {
    const entry = Entry.safeParse(json(line));
    if (!entry.success) continue;
    const [seconds, code, data] = entry.data;
    const kind = code === 'o' ? 'output' : code === 'r' ? 'size' : null;
    if (kind === null) continue;
    const now = Math.max(real, seconds * 1000);
    film += Math.min(longestPause, now - real);
    real = now;
    events.push({ at: film, kind, data });
  }
  const { width, height } = header.data;
  return { columns: width, rows: height, events, lengthMs: film, cutMs: real - film };
}

function json(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return null;
  }
}

/** How many events have happened `at` this moment of the film. */
export function playedBy({ events }: Cast, at: number): number {
  let [low, high] = [0, events.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((events[middle]?.at ?? Infinity) <= at) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Columns and rows of a size event; null when it is none. */
export function sizeOf(data: string): { readonly columns: number; readonly rows: number } | null {
  const found = /^(\d{1,4})x(\d{1,4})$/.exec(data);
  return found ? { columns: Math.max(1, Number(found[1])), rows: Math.max(1, Number(found[2])) } : null;
}

export const SPEEDS = [1, 2, 4, 8] as const;

/** `1:07` of the film. */
export function clock(ms: number): string {
  const seconds = Math.floor(ms / 1000);
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}
