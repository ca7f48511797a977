/** Configuration errors: collected from all sources and reported together. */
import { DeskpodError } from '../domain/errors.ts';

/** Where a value comes from. `line` starts at 1; null if the source has no lines. */
export interface SourcePosition {
  /** File name, `--option` or variable. */
  readonly source: string;
  readonly line: number | null;
}

export interface Problem extends SourcePosition {
  readonly key: string;
  /** What is wrong, without a period. */
  readonly message: string;
  readonly remedy: string;
}

export class ConfigError extends DeskpodError {
  readonly problems: readonly Problem[];

  constructor(problems: readonly Problem[]) {
    const count = problems.length === 1 ? 'is 1 error' : `are ${problems.length} errors`;
    const lines = problems.map(({ key, message, remedy, ...position }) => {
      return `  ${positionText(position)}: ${key === '' ? '' : `${key}: `}${message}. ${remedy}`;
    });
    super('invalid_request', [`There ${count} in the configuration:`, ...lines].join('\n'), {
      remedy: 'docs/config.md lists all keys.',
    });
    this.problems = problems;
  }
}

/** `config.yaml:12` or `--port`. */
export function positionText({ source, line }: SourcePosition): string {
  return line === null ? source : `${source}:${line}`;
}
