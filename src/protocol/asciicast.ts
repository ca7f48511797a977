/** Terminal recordings: asciicast version 2 (docs.asciinema.org/manual/asciicast/v2), a header and one entry per line. */
import { z } from 'zod';
import { parseJson } from './json.ts';

const Header = z.object({
  version: z.literal(2),
  width: z.int().min(1).max(1000),
  height: z.int().min(1).max(1000),
});
const Entry = z.tuple([z.number().nonnegative(), z.string(), z.string()]);

export interface AsciicastEntry {
  /** Since the start of the recording. */
  readonly seconds: number;
  /** `o` is output, `r` a new size such as `80x24`. */
  readonly code: string;
  readonly data: string;
}

export interface Asciicast {
  readonly columns: number;
  readonly rows: number;
  readonly entries: readonly AsciicastEntry[];
}

/** Null if it isn't a recording. Lines that aren't entries, such as an incomplete last one, are ignored. */
export function readAsciicast(text: string): Asciicast | null {
  const [first = '', ...rest] = text.split('\n');
  const header = Header.safeParse(parseJson(first));
  if (!header.success) return null;
  const entries = rest.flatMap((line): AsciicastEntry[] => {
    const entry = Entry.safeParse(parseJson(line));
    if (!entry.success) return [];
    const [seconds, code, data] = entry.data;
    return [{ seconds, code, data }];
  });
  return { columns: header.data.width, rows: header.data.height, entries };
}
