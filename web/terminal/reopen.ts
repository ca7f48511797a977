/** Whether to reconnect a shell, and after which delay. Pure. */
import { retryDelay } from '#client/stream.ts';
import { CloseCode } from '#protocol/screen.ts';

/** With growing delays about 15 seconds; afterwards the user can retry. */
const MOST_ATTEMPTS = 8;

/** A retry would fail the same way. */
const FINAL: ReadonlySet<number> = new Set([
  CloseCode.normal,
  CloseCode.tooBig,
  CloseCode.protocol,
  CloseCode.sessionEnded,
  CloseCode.desktopGone,
]);

/**
 * Milliseconds until attempt `attempt` (from 0) of a shell that was closed with `code`, or null for none. A shell that
 * never connected was refused, or the server is away: browsers don't distinguish that.
 */
export function reopenDelay(code: number, connected: boolean, attempt: number, random?: () => number): number | null {
  if (!connected || attempt >= MOST_ATTEMPTS || FINAL.has(code)) return null;
  return retryDelay(attempt, random);
}

/** Resets modes that programs of the lost shell may have set: screen buffer, mouse, bracketed paste, colours, cursor. */
const RESET_MODES =
  '\u001B[?1049l\u001B[?1000l\u001B[?1002l\u001B[?1003l\u001B[?1006l\u001B[?2004l\u001B[?25h\u001B[!p\u001B[0m';

/** The line between the output of the old shell and the new one. */
export function separator(words: string): string {
  return `${RESET_MODES}\r\n\u001B[2m── ${words} ──\u001B[0m\r\n`;
}

/** Exit codes of runtimes if a program doesn't exist or can't be executed. */
export const noProgram = (exitCode: number | null): boolean => exitCode === 126 || exitCode === 127;
