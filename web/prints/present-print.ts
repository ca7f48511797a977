/** How a print is presented when it arrives: its dialog, or a notice. Pure. */
import type { Print } from '#protocol/print.ts';

export interface Arrival {
  /** Made while no page was connected. */
  readonly missed: boolean;
  /** What the user prefers. */
  readonly automatic: boolean;
  /** Whether this browser prints PDF files in its own dialog. */
  readonly able: boolean;
  /** Whether the page is in front and has the keyboard: not behind another window, nor behind an open dialog. */
  readonly inFront: boolean;
  /** Since the page opened the last dialog. */
  readonly msSinceDialog: number;
}

/** A browser drops a second dialog that is asked for before the first one has taken the keyboard. */
const DIALOG_OPENS_MS = 3_000;

/** What can't have its dialog now waits in a notice: one of several that arrive together opens by itself. */
export function wayToPresent({ missed, automatic, able, inFront, msSinceDialog }: Arrival): 'dialog' | 'notice' {
  return automatic && able && !missed && inFront && msSinceDialog > DIALOG_OPENS_MS ? 'dialog' : 'notice';
}

const ONE = 'print ';
const MISSED = 'prints missed since ';

/** The ID of the notice about a print. */
export function noticeIdOf({ name, changedAt }: Pick<Print, 'name' | 'changedAt'>): string {
  return `${ONE}${changedAt} ${name}`;
}

/** The name of the print that a notice is about. */
export function printOfNotice(id: string): string | null {
  return /^print \S+ (?<name>.+)$/s.exec(id)?.groups?.['name'] ?? null;
}

/** The ID of the notice about all prints that were made while no page was connected. */
export function missedIdOf(first: Pick<Print, 'changedAt'>): string {
  return MISSED + first.changedAt;
}

/** Such a notice stays until it is used or dismissed. */
export function isPrintNotice(id: string): boolean {
  return id.startsWith(ONE) || id.startsWith(MISSED);
}
