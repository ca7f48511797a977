/** How a command fails: a message, a remedy, and an exit code. */
import { CommanderError } from 'commander';
import { ApiError, ConnectionError } from '#client/errors.ts';

/** 0 success, 1 failure, 2 usage error, 130 interrupted by Ctrl-C as in shells. */
export const EXIT = { done: 0, failed: 1, usage: 2, interrupted: 130 } as const;

/** An error found by the command itself. */
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

export interface FailureText {
  /** Empty when commander has printed the message already. */
  readonly text: string;
  readonly exitCode: number;
}

/** The text to print for an error, and the exit code. */
export function failureText(error: unknown): FailureText {
  if (error instanceof CommanderError) return { text: '', exitCode: error.exitCode === 0 ? EXIT.done : EXIT.usage };
  if (error instanceof CliError) return { text: sentences(error.message, error.remedy), exitCode: error.exitCode };
  if (error instanceof ApiError) {
    return { text: sentences(error.message, error.remedy ?? remedyHere(error)), exitCode: EXIT.failed };
  }
  if (error instanceof ConnectionError) {
    return {
      text: 'The server does not answer. Check that it is running (deskpod start) and that --server is correct.',
      exitCode: EXIT.failed,
    };
  }
  const { message, remedy } = plain(error);
  return { text: sentences(message, remedy), exitCode: EXIT.failed };
}

/** Remedies in terms of this command line, which the server can't know. */
function remedyHere({ code, field }: ApiError): string | undefined {
  if (code === 'not_authenticated') return 'Log in first: deskpod login';
  return field === 'reason' ? 'Add --reason TEXT.' : undefined;
}

/** Errors of server code that `start` and `serve` run in this process have a remedy, too. */
function plain(error: unknown): { message: string; remedy?: string } {
  if (!(error instanceof Error)) return { message: String(error) };
  const remedy = 'remedy' in error && typeof error.remedy === 'string' ? error.remedy : undefined;
  return remedy === undefined ? { message: error.message } : { message: error.message, remedy };
}

function sentences(message: string, remedy: string | undefined): string {
  return remedy === undefined ? message : `${message} ${remedy}`;
}
