/** Folders that an administrator shares with groups of users: in their homes, at `~/Shared/NAME`. */
import type { Account } from '../ports/engine.ts';
import { isGuest } from '../ports/engine.ts';

/** The folder of the home in which they are. */
export const SHARED_FOLDER = 'Shared';

export interface SharedFolder {
  readonly name: string;
  /** Labels of users, any of which is enough; `all` is everybody except guests. */
  readonly groups: readonly string[];
  readonly readOnly: boolean;
}

/** The names of those that a user gets. */
export function sharedWith(
  folders: readonly SharedFolder[],
  labels: readonly string[],
  account: Pick<Account, 'provider'>,
): readonly string[] {
  if (isGuest(account)) return [];
  const matches = (group: string): boolean => group === 'all' || labels.includes(group);
  return folders.filter(({ groups }) => groups.some(matches)).map(({ name }) => name);
}
