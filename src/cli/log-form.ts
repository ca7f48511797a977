/** How lines of a log are printed: in color at a terminal, and never with sequences that control it. */
import { colouredText, plainText } from '#protocol/escapes.ts';
import type { Io } from './io.ts';

export function logForm(colors: boolean): (line: string) => string {
  return colors ? coloredLine : plainText;
}

export function hasColors({ stdout }: Io): boolean {
  return stdout.isTTY === true && (stdout.hasColors?.() ?? true);
}

/** Resets the colours at the end, so that they don't spread to the next line or the prompt. */
function coloredLine(line: string): string {
  const text = colouredText(line);
  return text.includes('\u001B') ? `${text}\u001B[0m` : text;
}
