/** What a rule for a key of od.config is: from the key's value to the settings that it gives. */
import type { z } from 'zod';
import type { Key } from '../settings.ts';

type Path = readonly PropertyKey[];

/** A value under another key of the file. */
export interface Elsewhere {
  readonly key: string;
  readonly path: Path;
}

/** One setting that a key gives. `from` maps a path in Deskpod's value to the path in the file's. */
export interface Mapped {
  readonly setting: Key;
  readonly value: unknown;
  readonly from?: (path: Path) => Path | Elsewhere;
}

export interface Mapping {
  readonly mapped: readonly Mapped[];
  /** What of the key is not acted on yet, or acted on otherwise than its author may expect. */
  readonly notes?: readonly (string | (Elsewhere & { readonly text: string }))[];
}

/** What is wrong with the value, or with the one of another key that it refers to. */
export interface Fault {
  readonly key?: string;
  readonly path: Path;
  readonly message: string;
  readonly remedy?: string;
}

/** The value of another key, for one that refers to it; undefined when there is no such key. */
export type Others = (key: string) => unknown;

/** Either what the value means, or what is wrong with it. */
export type Rule = (value: unknown, others: Others) => Mapping | readonly Fault[];

export function rule<T extends z.ZodType>(
  form: T,
  meaning: (value: z.output<T>, others: Others) => Mapping | readonly Fault[],
): Rule {
  return (value, others) => {
    const result = form.safeParse(value);
    if (result.success) return meaning(result.data, others);
    return result.error.issues.map(({ path, message }) => ({ path, message }));
  };
}

export function isElsewhere(path: Path | Elsewhere): path is Elsewhere {
  return 'key' in path;
}
