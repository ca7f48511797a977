/** What is wrong with a configuration: collected from all sources, then told at once. */
import { DeskpodError } from '../domain/errors.ts';

/** Where a value was given. `line` counts from 1; null where there are no lines. */
export interface Place {
  /** File name, `--option` or variable. */
  readonly source: string;
  readonly line: number | null;
}

export interface Problem extends Place {
  readonly key: string;
  /** What is wrong, without a full stop. */
  readonly message: string;
  readonly remedy: string;
}

export class ConfigError extends DeskpodError {
  readonly problems: readonly Problem[];

  constructor(problems: readonly Problem[]) {
    const count = problems.length === 1 ? 'One thing is' : `${problems.length} things are`;
    const lines = problems.map(({ key, message, remedy, ...place }) => {
      return `  ${placeText(place)}: ${key === '' ? '' : `${key}: `}${message}. ${remedy}`;
    });
    super('invalid_request', [`${count} wrong in the configuration:`, ...lines].join('\n'), {
      remedy: 'docs/config.md has every key.',
    });
    this.problems = problems;
  }
}

/** `config.yaml:12` or `--port`. */
export function placeText({ source, line }: Place): string {
  return line === null ? source : `${source}:${line}`;
}
