/** Ends the privileges of this process for good. */
import { DeskpodError } from '#domain/errors.ts';
import { ignore } from '#protocol/ignore.ts';
import type { SystemAccount } from './account.ts';

/** What is used of Node's `process`. */
export interface Identity {
  getuid(): number;
  setgroups(groups: readonly number[]): void;
  setgid(gid: number): void;
  setuid(uid: number): void;
}

/** From root to the user, in the order that setuid(2) requires. Throws if root could still be regained. */
export function dropRoot({ uid, gid }: SystemAccount, identity: Identity): void {
  identity.setgroups([gid]);
  identity.setgid(gid);
  identity.setuid(uid);
  if (!canBecomeRoot(identity)) return;
  throw new DeskpodError('internal_error', 'The server process could not give up the privileges of root.');
}

function canBecomeRoot(identity: Identity): boolean {
  try {
    identity.setuid(0);
    return true;
  } catch (error) {
    return ignore('the kernel refuses it', false)(error);
  }
}

/** Of this process; null on systems without users. */
export function identityOfProcess(): Identity | null {
  const { getuid, setgroups, setgid, setuid } = process;
  if (!getuid || !setgroups || !setgid || !setuid) return null;
  return { getuid, setgroups: (groups) => setgroups([...groups]), setgid, setuid };
}
