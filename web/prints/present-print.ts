/** How a print is presented when it arrives: its dialog, or a notice. Pure. */
import type { Print } from '#protocol/print.ts';

export interface Arrival {
  /** Made while no page was connected. */
  readonly missed: boolean;
  /** What the user prefers. */
  readonly automatic: boolean;
  /** Whether this browser prints PDF files in its own dialog. */
  readonly able: boolean;
  /** Whether the page is in front and has the keyboard. */
  readonly inFront: boolean;
  /** Whether the dialog of another print is open. */
  readonly dialogOpen: boolean;
}

/** `queue`: a notice, and the dialog after that of the other print. */
export function wayToPresent(arrival: Arrival): 'dialog' | 'queue' | 'notice' {
  const { missed, automatic, able, inFront, dialogOpen } = arrival;
  if (!automatic || !able || missed) return 'notice';
  if (dialogOpen) return 'queue';
  return inFront ? 'dialog' : 'notice';
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
