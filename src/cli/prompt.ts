/** Asking people at a terminal: a line, a password that is not shown, a yes. */
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

/** From a terminal without showing it; from anything else the first line, so that a script can pipe it. */
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

/** Only `y` and `yes` are a yes. */
export async function askYes(io: Io, question: string): Promise<boolean> {
  return /^y(es)?$/i.test((await askLine(io, `${question} [y/N] `)).trim());
}

function needTerminal(io: Io, question: string): void {
  if (io.stdin.isTTY === true) return;
  throw new CliError(`“${question.trim()}” cannot be asked: this is no terminal.`, {
    exitCode: EXIT.usage,
    remedy: 'Give the answer as an option (--help).',
  });
}

function firstLine(text: string): string {
  const line = text.split('\n')[0]?.replace(/\r$/, '') ?? '';
  if (line === '') throw new CliError('No password came by standard input.', { exitCode: EXIT.usage });
  return line;
}
