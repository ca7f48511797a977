/** Prompts at a terminal: a line, a hidden password, a confirmation. */
import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import { CliError, EXIT } from './failure.ts';
import { readAll } from './io.ts';
import type { Io } from './io.ts';

export async function askLine(io: Io, question: string): Promise<string> {
  needTerminal(io, question);
  const lines = createInterface({ input: io.stdin, output: io.stdout });
  try {
    return await lines.question(question, { signal: io.interrupted });
  } finally {
    lines.close();
  }
}

/** Hidden input at a terminal; otherwise the first line of standard input, for scripts. */
export async function askPassword(io: Io, question: string): Promise<string> {
  if (io.stdin.isTTY !== true) return firstLine(await readAll(io.stdin));
  io.stdout.write(question);
  const silent = new Writable({ write: (_chunk, _encoding, done) => done() });
  const lines = createInterface({ input: io.stdin, output: silent, terminal: true });
  try {
    return await lines.question('', { signal: io.interrupted });
  } finally {
    lines.close();
    io.stdout.write('\n');
  }
}

/** Only `y` and `yes` confirm. */
export async function askYes(io: Io, question: string): Promise<boolean> {
  return /^y(es)?$/i.test((await askLine(io, `${question} [y/N] `)).trim());
}

function needTerminal(io: Io, question: string): void {
  if (io.stdin.isTTY === true) return;
  throw new CliError(`Can’t ask “${question.trim()}”: standard input is not a terminal.`, {
    exitCode: EXIT.usage,
    remedy: 'Answer with an option instead (see --help).',
  });
}

function firstLine(text: string): string {
  const line = text.split('\n')[0]?.replace(/\r$/, '') ?? '';
  if (line === '') throw new CliError('Standard input holds no password.', { exitCode: EXIT.usage });
  return line;
}
