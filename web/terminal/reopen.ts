/** Whether a shell whose connection is lost is followed by a new one, and after which pause. Pure. */
import { retryDelay } from '#client/stream.ts';
import { CloseCode } from '#protocol/screen.ts';

/** With growing pauses about a quarter of a minute; then a button offers it. */
const MOST_ATTEMPTS = 8;

/** Trying again would end the same way. */
const FINAL: ReadonlySet<number> = new Set([
  CloseCode.normal,
  CloseCode.tooBig,
  CloseCode.protocol,
  CloseCode.sessionEnded,
  CloseCode.desktopGone,
]);

/**
 * Milliseconds until attempt `attempt` (from 0) of a shell that was closed with `code`, null for none. One that never
 * stood was refused, which browsers do not tell from a server that is away.
 */
export function reopenDelay(code: number, stood: boolean, attempt: number, random?: () => number): number | null {
  if (!stood || attempt >= MOST_ATTEMPTS || FINAL.has(code)) return null;
  return retryDelay(attempt, random);
}

/** Undoes what programs of the lost shell may have left switched on: other screen, mouse, paste marks, colours, no cursor. */
const AFRESH =
  '\u001B[?1049l\u001B[?1000l\u001B[?1002l\u001B[?1003l\u001B[?1006l\u001B[?2004l\u001B[?25h\u001B[!p\u001B[0m';

/** What stands between the old shell's text and the new one's. */
export function parting(words: string): string {
  return `${AFRESH}\r\n\u001B[2m── ${words} ──\u001B[0m\r\n`;
}

/** What runtimes answer when there is no program of that name, or it cannot be run. */
export const noProgram = (exitCode: number | null): boolean => exitCode === 126 || exitCode === 127;
