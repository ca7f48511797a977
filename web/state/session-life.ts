/** When to extend the session, and when to warn that it is about to end. Pure. */

export interface Life {
  /** Milliseconds since 1970: the server's last reply, and the end of the session according to it. */
  readonly repliedAt: number;
  readonly endsAt: number;
  /** When the user was last active on this page. */
  readonly usedAt: number;
  /** False once an extension no longer moves the end. */
  readonly extendable: boolean;
}

export type Due = 'extend' | 'warn' | 'check' | null;

/** Fraction of the session's duration between two extensions. */
const EXTEND_AFTER = 0.1;
const WARN_BEFORE = 0.2;
const LONGEST_WARNING_MS = 5 * 60_000;

const WARNING = 'session-ends-';

/** The ID of the warning: another one for an end that can't be moved. */
export function warningIdOf({ endsAt, extendable }: Life): string {
  return `${WARNING}${endsAt}${extendable ? '' : '-at-last'}`;
}

/** Such a notice is shown until the session is extended or ends. */
export function isSessionWarning({ id }: { readonly id: string }): boolean {
  return id.startsWith(WARNING);
}

/** The first action that applies. */
export function due({ repliedAt, endsAt, usedAt, extendable }: Life, now: number): Due {
  const life = endsAt - repliedAt;
  if (now >= endsAt) return 'check';
  if (extendable && usedAt > repliedAt && now - repliedAt >= life * EXTEND_AFTER) return 'extend';
  return endsAt - now <= Math.min(LONGEST_WARNING_MS, life * WARN_BEFORE) ? 'warn' : null;
}
