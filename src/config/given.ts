/** The value of one setting in one source, with the position of each part. */
import type { ConfigNote } from './config.ts';
import type { SourcePosition, Problem } from './problems.ts';
import type { Key } from './settings.ts';

export interface Given {
  readonly setting: Key;
  readonly value: unknown;
  /** The key as the source calls it, for example `--port` or `executeclasses`. */
  readonly name: string;
  /** Where the part of the value at this path is. */
  position(path: readonly PropertyKey[]): SourcePosition;
}

/** Everything that one source contains, valid or not. */
export interface SourceReading {
  readonly given: readonly Given[];
  readonly problems: readonly Problem[];
  readonly notes: readonly ConfigNote[];
}
