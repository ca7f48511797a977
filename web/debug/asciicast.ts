/** Playback of a terminal recording: shortens pauses, and finds what to show when. Pure. */
import { readAsciicast } from '#protocol/asciicast.ts';

export interface CastEvent {
  /** Milliseconds of playback, with shortened pauses. */
  readonly at: number;
  readonly kind: 'output' | 'size';
  readonly data: string;
}

export interface Cast {
  readonly columns: number;
  readonly rows: number;
  readonly events: readonly CastEvent[];
  readonly lengthMs: number;
  /** Milliseconds of skipped silence. */
  readonly cutMs: number;
}

/** Longer pauses are shortened to this. */
const LONGEST_PAUSE_MS = 2_000;

/** Null if it isn't a recording. */
export function parseCast(text: string, longestPause = LONGEST_PAUSE_MS): Cast | null {
  const recording = readAsciicast(text);
  if (recording === null) return null;
  const events: CastEvent[] = [];
  let [real, film] = [0, 0];
  for (const { seconds, code, data } of recording.entries) {
    const kind = code === 'o' ? 'output' : code === 'r' ? 'size' : null;
    if (kind === null) continue;
    const now = Math.max(real, seconds * 1000);
    film += Math.min(longestPause, now - real);
    real = now;
    events.push({ at: film, kind, data });
  }
  const { columns, rows } = recording;
  return { columns, rows, events, lengthMs: film, cutMs: real - film };
}

/** How many events have happened by this time of the playback. */
export function playedBy({ events }: Cast, at: number): number {
  let [low, high] = [0, events.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((events[middle]?.at ?? Infinity) <= at) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Columns and rows of a size event, or null. */
export function sizeOf(data: string): { readonly columns: number; readonly rows: number } | null {
  const found = /^(\d{1,4})x(\d{1,4})$/.exec(data);
  return found ? { columns: Math.max(1, Number(found[1])), rows: Math.max(1, Number(found[2])) } : null;
}

export const SPEEDS = [1, 2, 4, 8] as const;

/** `1:07`. */
export function clock(ms: number): string {
  const seconds = Math.floor(ms / 1000);
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}
