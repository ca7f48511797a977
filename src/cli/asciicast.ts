/** Recordings of terminals (asciicast version 2): a line that says the size, then what was shown when. */
import { z } from 'zod';
import { CliError } from './failure.ts';

const Header = z.object({ version: z.literal(2), width: z.int().positive(), height: z.int().positive() });
const Line = z.tuple([z.number().nonnegative(), z.string(), z.string()]);

export interface Shown {
  /** Seconds since the beginning. */
  readonly at: number;
  readonly text: string;
}

export interface Recording {
  readonly columns: number;
  readonly rows: number;
  readonly shown: readonly Shown[];
}

/** Changes of size and lines of other kinds are left out, and a last line that is not whole. */
export function readRecording(text: string): Recording {
  const [first = '', ...rest] = text.split('\n');
  const header = Header.safeParse(json(first));
  if (!header.success) throw new CliError('The recording cannot be read: it is no asciicast of version 2.');
  const shown = rest.flatMap((line): Shown[] => {
    const [at, kind, output] = Line.safeParse(json(line)).data ?? [0, '', ''];
    return kind === 'o' ? [{ at, text: output }] : [];
  });
  return { columns: header.data.width, rows: header.data.height, shown };
}

/** All that was shown, at once. */
export function shownSoFar(recording: string): string {
  return readRecording(recording)
    .shown.map(({ text }) => text)
    .join('');
}

/** Milliseconds to wait before each: as it was, faster, and no pause longer than `idle` seconds. */
export function pauses({ shown }: Recording, { speed, idle }: { speed: number; idle: number }): number[] {
  return shown.map(({ at }, index) => {
    const gap = Math.max(0, at - (shown[index - 1]?.at ?? 0));
    return Math.round((Math.min(gap, idle) / speed) * 1000);
  });
}

function json(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return null;
  }
}
