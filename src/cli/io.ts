/** What a command says and hears: the process's streams, or a test's. */
import type { Readable, Writable } from 'node:stream';

export interface Io {
  readonly stdin: Readable & { isTTY?: boolean; setRawMode?: (raw: boolean) => unknown };
  readonly stdout: Writable & { isTTY?: boolean; columns?: number; rows?: number };
  readonly stderr: Writable;
  /** Aborted by Ctrl-C, except while a terminal has the keyboard. */
  readonly interrupted: AbortSignal;
  /** Where a login is kept. */
  readonly home: string;
}

export function say(io: Io, line: string): void {
  io.stdout.write(`${line}\n`);
}

export function sayJson(io: Io, value: unknown): void {
  say(io, JSON.stringify(value, null, 2));
}

/** Columns as wide as their widest cell; the last one runs free. Without rows it says so on the other stream. */
export function sayTable(io: Io, header: readonly string[], rows: readonly (readonly string[])[]): void {
  if (rows.length === 0) {
    io.stderr.write('There are none.\n');
    return;
  }
  const cells = [header, ...rows].map((row) => row.map((cell) => cell.replaceAll(/\p{Cc}/gu, ' ')));
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

/** Hours and minutes where the reader is. */
export function clock(iso: string): string {
  return new Date(iso).toTimeString().slice(0, 5);
}

/** All of a stream as text; at most 16 MB, like the server. */
export async function readAll(stream: Readable): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of stream) {
    const bytes = Buffer.from(chunk);
    size += bytes.length;
    if (size > 16 * 1024 * 1024) throw new Error('The input is larger than 16 MB.');
    chunks.push(bytes);
  }
  return Buffer.concat(chunks).toString('utf8');
}
