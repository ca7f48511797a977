/** How a command fails: one sentence, how to mend it, and an exit code. */
import { CommanderError } from 'commander';
import { ApiError, ConnectionError } from '#client/errors.ts';

/** 0 done, 1 failed, 2 asked wrongly, 130 ended by Ctrl-C as shells say it. */
export const EXIT = { done: 0, failed: 1, usage: 2, interrupted: 130 } as const;

/** Something the command itself found wrong. */
export class CliError extends Error {
  override readonly name = 'CliError';
  readonly remedy: string | undefined;
  readonly exitCode: number;

  constructor(message: string, more: { remedy?: string; exitCode?: number; cause?: unknown } = {}) {
    super(message, { cause: more.cause });
    this.remedy = more.remedy;
    this.exitCode = more.exitCode ?? EXIT.failed;
  }
}

export interface Told {
  /** Empty when it was said already. */
  readonly text: string;
  readonly exitCode: number;
}

/** What to print for a failure, and how to end. */
export function tell(error: unknown): Told {
  if (error instanceof CommanderError) return { text: '', exitCode: error.exitCode === 0 ? EXIT.done : EXIT.usage };
  if (error instanceof CliError) return { text: sentences(error.message, error.remedy), exitCode: error.exitCode };
  if (error instanceof ApiError) {
    return { text: sentences(error.message, error.remedy ?? remedyHere(error)), exitCode: EXIT.failed };
  }
  if (error instanceof ConnectionError) {
    return {
      text: 'The server does not answer. Is it running (deskpod start), and is --server right?',
      exitCode: EXIT.failed,
    };
  }
  const { message, remedy } = plain(error);
  return { text: sentences(message, remedy), exitCode: EXIT.failed };
}

/** What the server cannot know: the words of this command. */
function remedyHere({ code, field }: ApiError): string | undefined {
  if (code === 'not_authenticated') return 'Log in first: deskpod login';
  return field === 'reason' ? 'Add --reason TEXT.' : undefined;
}

/** Errors of the server's own code, which `start` and `serve` run in this process, carry a remedy too. */
function plain(error: unknown): { message: string; remedy?: string } {
  if (!(error instanceof Error)) return { message: String(error) };
  const remedy = 'remedy' in error && typeof error.remedy === 'string' ? error.remedy : undefined;
  return remedy === undefined ? { message: error.message } : { message: error.message, remedy };
}

function sentences(message: string, remedy: string | undefined): string {
  return remedy === undefined ? message : `${message} ${remedy}`;
}
