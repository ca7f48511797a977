/** What one source says about one setting, and where each part of it was said. */
import type { ConfigNote } from './config.ts';
import type { Place, Problem } from './problems.ts';
import type { Key } from './settings.ts';

export interface Given {
  readonly setting: Key;
  readonly value: unknown;
  /** The key in the words of its source, for example `--port` or `executeclasses`. */
  readonly name: string;
  /** Where the part of the value at this path stands. */
  place(path: readonly PropertyKey[]): Place;
}

/** All that one source says, good and bad. */
export interface SourceReading {
  readonly given: readonly Given[];
  readonly problems: readonly Problem[];
  readonly notes: readonly ConfigNote[];
}
