/** A command's input and output: the process's streams, or a test's. */
import { escapedLine, printableLine, printableText } from '#protocol/printable.ts';
import { textOf } from './read-text.ts';
import type { Readable, Writable } from 'node:stream';

export interface Io {
  readonly stdin: Readable & { isTTY?: boolean; setRawMode?: (raw: boolean) => unknown };
  /** `hasColors` considers the terminal and NO_COLOR. */
  readonly stdout: Writable & { isTTY?: boolean; columns?: number; rows?: number; hasColors?: () => boolean };
  readonly stderr: Writable;
  /** Aborted by Ctrl-C, except while a terminal has the keyboard. */
  readonly interrupted: AbortSignal;
  /** The home folder, where the login is stored. */
  readonly home: string;
}

/** Prints a line, or several, on standard output. */
export function say(io: Io, text: string): void {
  io.stdout.write(`${printableText(text)}\n`);
}

/** Prints a line, or several, on standard error. */
export function note(io: Io, text: string): void {
  io.stderr.write(`${printableText(text)}\n`);
}

export function sayJson(io: Io, value: unknown): void {
  say(io, JSON.stringify(value, null, 2).split('\n').map(escapedLine).join('\n'));
}

/** Prints aligned columns; without rows, a note on standard error. */
export function sayTable(io: Io, header: readonly string[], rows: readonly (readonly string[])[]): void {
  if (rows.length === 0) {
    note(io, 'No results.');
    return;
  }
  const cells = [header, ...rows].map((row) => row.map(printableLine));
  const widths = header.map((_, column) => Math.max(...cells.map((row) => row[column]?.length ?? 0)));
  for (const row of cells)
    say(
      io,
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    );
}

/** Hours and minutes in the local time zone. */
export function clock(iso: string): string {
  return new Date(iso).toTimeString().slice(0, 5);
}

/** Reads a stream as text, up to 16 MB like the server. */
export async function readAll(stream: Readable): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of stream) {
    const bytes = Buffer.from(chunk);
    size += bytes.length;
    if (size > 16 * 1024 * 1024) throw new Error('The input is larger than 16 MB.');
    chunks.push(bytes);
  }
  return textOf(Buffer.concat(chunks), 'The input');
}
