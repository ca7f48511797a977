/** What every engine says about a desktop that is not made. */
import type { DesktopSpec } from '#domain/engine.ts';
import { DeskpodError } from '#domain/errors.ts';

/** @throws DeskpodError `invalid_request` when its user would be root. */
export function refuseRoot({ account }: DesktopSpec): void {
  if (account.uid > 0 && account.gid > 0) return;
  throw new DeskpodError('invalid_request', 'A desktop never runs as root: give its user another uid and gid.');
}

export function overdue({ id }: DesktopSpec, timeoutMs: number, cause: unknown): DeskpodError {
  return new DeskpodError('timeout', `The desktop ${id} was not ready within ${timeoutMs / 1000} seconds.`, { cause });
}
