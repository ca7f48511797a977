/** Who may install, update and remove apps for everybody. Pure. */
import type { Viewer } from './acl.ts';

export interface InstallPolicy {
  readonly install: 'administrators' | 'everybody';
  /** Of a user who isn't an administrator: how many in all, and how many at the same time. */
  readonly perUser: number;
  readonly installingPerUser: number;
}

/** Who uses the app store. */
export interface Customer {
  readonly userId: string;
  readonly labels: Viewer;
  readonly isAdmin: boolean;
  readonly isGuest: boolean;
}

export function rightsOf(who: Customer, { install }: InstallPolicy): 'all' | 'own' | 'none' {
  if (who.isAdmin) return 'all';
  // A guest never comes back to remove anything.
  return install === 'everybody' && !who.isGuest ? 'own' : 'none';
}

/** `installedBy`: the id of who installed it, if anybody did. */
export function mayChange(who: Customer, policy: InstallPolicy, installedBy: string | null): boolean {
  const rights = rightsOf(who, policy);
  return rights === 'all' || (rights === 'own' && installedBy === who.userId);
}
