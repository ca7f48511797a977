/** Who may look into what, and with which rights: pure. */
import { DebugProfile, type DebugGrant, type DebugOffer, type DebugSession } from '../../protocol/debug.ts';
import type { User } from '../../protocol/user.ts';
import { DeskpodError } from '../errors.ts';
import type { DebugPolicy } from './policy.ts';
import type { DebugRecord, DebugWant } from './record.ts';

/** Whoever wants to look. */
export type Looker = Pick<User, 'id' | 'name' | 'roles' | 'labels'>;

export interface Permission {
  readonly needs: DebugOffer['needs'];
  /** Given at once; null while the person has to be asked. */
  readonly grant: DebugGrant | null;
  /** Why not at all, and how to change that. */
  readonly refusal: DeskpodError | null;
}

/** Null when this desktop is none of their business: for them it does not exist. */
export function permissionOf(
  { id, roles }: Looker,
  ownerId: string,
  kind: DebugWant['kind'],
  policy: Pick<DebugPolicy, 'own'>,
): Permission | null {
  const admin = roles.includes('admin');
  if (id === ownerId) {
    // A command in one's own launch was always allowed.
    if (policy.own || kind === 'exec') return { needs: 'nothing', grant: 'own', refusal: null };
    if (!admin) return { needs: 'nothing', grant: null, refusal: ownIsOff() };
  }
  if (admin) return { needs: 'reason', grant: 'administrator', refusal: null };
  return roles.includes('support') ? { needs: 'consent', grant: null, refusal: null } : null;
}

/** What the roles are offered together, from narrow to wide. */
export function profilesFor(
  { roles }: Pick<Looker, 'roles'>,
  { profiles }: Pick<DebugPolicy, 'profiles'>,
): DebugProfile[] {
  const offered = new Set(roles.flatMap((role) => profiles[role]));
  return DebugProfile.options.filter((profile) => offered.has(profile));
}

/** The widest that can be had. */
export function widest(profiles: DebugOffer['profiles']): DebugProfile | null {
  return profiles.findLast(({ refusal }) => refusal === null)?.profile ?? null;
}

/** Staff may read all; the others what is about them or by them. */
export function mayRead({ id, roles }: Looker, { userId, by }: DebugSession): boolean {
  return id === userId || id === by.id || roles.includes('support') || roles.includes('admin');
}

/** A recording shows what is inside: not for support without consent. */
export function mayReplay({ id, roles }: Looker, { userId, by }: DebugSession): boolean {
  return id === userId || id === by.id || roles.includes('admin');
}

/** Those who share its terminal. */
export function mayJoin({ id }: Pick<Looker, 'id'>, { userId, by }: DebugSession): boolean {
  return id === userId || id === by.id;
}

/**
 * The person whose desktop it is shares the terminal of whoever looks, but not rights that they could not have: in a
 * toolbox beyond those, they watch.
 */
export function mayType(looker: Looker, { session, want }: DebugRecord, policy: DebugPolicy): boolean {
  if (looker.id === session.by.id || want.kind !== 'toolbox') return true;
  if (want.custom !== undefined || !policy.own) return looker.roles.includes('admin');
  return session.profile !== null && profilesFor(looker, policy).includes(session.profile);
}

/** How it is told when this one ends it; null when they may not. */
export function endBy(
  { id, roles }: Looker,
  { userId, by, status }: DebugSession,
): 'stopped' | 'declined' | 'ended_by_owner' | 'ended_by_admin' | null {
  if (id === by.id) return 'stopped';
  if (id === userId) return status.state === 'asking' ? 'declined' : 'ended_by_owner';
  return roles.includes('admin') ? 'ended_by_admin' : null;
}

/** What only administrators may ask for, and what is not on the list. */
export function assertWish(
  want: DebugWant,
  looker: Looker,
  policy: DebugPolicy,
  mayRun: (looker: Looker, image: string) => boolean,
): void {
  const { roles } = looker;
  if (want.kind === 'exec') return;
  if (want.kind === 'toolbox') {
    if (want.custom !== undefined && !roles.includes('admin'))
      throw new DeskpodError('forbidden', 'A container spec of one’s own is for administrators.', {
        field: 'custom',
        remedy: 'Choose a profile instead.',
      });
    if (want.profile !== undefined && !profilesFor({ roles }, policy).includes(want.profile))
      throw new DeskpodError('forbidden', `The profile ${want.profile} is not offered to you.`, {
        field: 'profile',
        remedy: 'Choose another, or have an administrator add it to debug.profiles.',
      });
  }
  const { image } = want;
  if (image === undefined || policy.images.includes(image) || (want.kind === 'copy' && mayRun(looker, image))) return;
  throw new DeskpodError('forbidden', `The image ${image} is not on the list of images for this.`, {
    field: 'image',
    remedy: `Take one of these: ${policy.images.join(', ')}. An administrator adds others to debug.images.`,
  });
}

function ownIsOff(): DeskpodError {
  return new DeskpodError('forbidden', 'Looking into your own apps is switched off here.', {
    remedy: 'An administrator switches it on with debug.own.',
  });
}
