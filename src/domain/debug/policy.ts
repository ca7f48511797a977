/** The policy of debug sessions: who may debug what, with which rights, and for how long. Pure. */
import { DebugProfile, type DebugGrant, type DebugOffer, type DebugSession, type DebugState } from '#protocol/debug.ts';
import type { Role, User } from '#protocol/user.ts';
import { DeskpodError } from '../errors.ts';
import type { DebugRecord, DebugRequest } from '../ports/debug-store.ts';

export interface DebugPolicy {
  /** Whether users may debug their own launches and desktop. */
  readonly own: boolean;
  /** The profiles available to each role; a user has those of all their roles. `custom` permits container specs. */
  readonly profiles: Readonly<Record<Role, readonly (DebugProfile | 'custom')[]>>;
  /** The images allowed for toolboxes; the first is the default. */
  readonly images: readonly string[];
  /** The time to live of a session, unless it is extended. */
  readonly ttlSeconds: number;
  /** How long the owner has to answer before an administrator may approve. */
  readonly approvableSeconds: number;
  /** When a request without an answer ends. */
  readonly unansweredSeconds: number;
}

/** The person who requests a debug session. */
export type Requester = Pick<User, 'id' | 'name' | 'roles' | 'labels'>;

export interface Permission {
  readonly needs: DebugOffer['needs'];
  /** Granted at once; null if the owner must consent. */
  readonly grant: DebugGrant | null;
  /** Why it is impossible, with a remedy. */
  readonly refusal: DeskpodError | null;
}

/** Null if they have no access to this desktop: for them it does not exist. */
export function permissionOf(
  { id, roles }: Requester,
  ownerId: string,
  kind: DebugRequest['kind'],
  policy: Pick<DebugPolicy, 'own'>,
): Permission | null {
  const admin = roles.includes('admin');
  if (id === ownerId) {
    // Commands in your own launch are always allowed.
    if (policy.own || kind === 'exec') return { needs: 'nothing', grant: 'own', refusal: null };
    if (!admin) return { needs: 'nothing', grant: null, refusal: ownIsOff() };
  }
  if (admin) return { needs: 'reason', grant: 'administrator', refusal: null };
  return roles.includes('support') ? { needs: 'consent', grant: null, refusal: null } : null;
}

/** The profiles of all roles together, from narrow to wide. */
export function profilesFor(
  { roles }: Pick<Requester, 'roles'>,
  { profiles }: Pick<DebugPolicy, 'profiles'>,
): DebugProfile[] {
  const offered = new Set(roles.flatMap((role) => profiles[role]));
  return DebugProfile.options.filter((profile) => offered.has(profile));
}

/** Whether this person may change the container of a toolbox, which can make it privileged. */
export function mayCustomize(
  { roles }: Pick<Requester, 'roles'>,
  { profiles }: Pick<DebugPolicy, 'profiles'>,
): boolean {
  return roles.includes('admin') && profiles.admin.includes('custom');
}

/** The widest available profile. */
export function widest(profiles: DebugOffer['profiles']): DebugProfile | null {
  return profiles.findLast(({ refusal }) => refusal === null)?.profile ?? null;
}

/** Staff may read all sessions; others their own, and those on their desktop. */
export function mayRead({ id, roles }: Requester, { userId, by }: DebugSession): boolean {
  return id === userId || id === by.id || roles.includes('support') || roles.includes('admin');
}

/** A recording shows the desktop's content, so that the support role alone isn't enough. */
export function mayReplay({ id, roles }: Requester, { userId, by }: DebugSession): boolean {
  return id === userId || id === by.id || roles.includes('admin');
}

/** The requester and the owner share the terminal. */
export function mayJoin({ id }: Pick<Requester, 'id'>, { userId, by }: DebugSession): boolean {
  return id === userId || id === by.id;
}

/**
 * The owner shares the requester's terminal, but not rights beyond their own: in a toolbox with a wider profile they can
 * only watch.
 */
export function mayType(user: Requester, { session, request }: DebugRecord, policy: DebugPolicy): boolean {
  if (user.id === session.by.id || request.kind !== 'toolbox') return true;
  if (request.custom !== undefined || !policy.own) return user.roles.includes('admin');
  return session.profile !== null && profilesFor(user, policy).includes(session.profile);
}

/** The reason recorded when this person ends the session; null if they may not. */
export function endBy(
  { id, roles }: Requester,
  { userId, by, status }: DebugSession,
): 'stopped' | 'declined' | 'ended_by_owner' | 'ended_by_admin' | null {
  if (id === by.id) return 'stopped';
  if (id === userId) return status.state === 'asking' ? 'declined' : 'ended_by_owner';
  return roles.includes('admin') ? 'ended_by_admin' : null;
}

/** Throws `forbidden` for requests reserved to administrators, and for images and profiles that are not allowed. */
export function assertRequest(
  request: DebugRequest,
  requester: Requester,
  policy: DebugPolicy,
  mayRun: (requester: Requester, image: string) => boolean,
): void {
  const { roles } = requester;
  if (request.kind === 'exec') return;
  if (request.kind === 'toolbox') {
    if (request.custom !== undefined && !roles.includes('admin'))
      throw new DeskpodError('forbidden', 'Custom container specs are for administrators.', {
        field: 'custom',
        remedy: 'Choose a profile instead.',
      });
    if (request.custom !== undefined && !mayCustomize({ roles }, policy))
      throw new DeskpodError('forbidden', 'Custom container specs are turned off.', {
        field: 'custom',
        remedy: 'Choose a profile instead, or add custom to debug.profiles.admin in the configuration.',
      });
    if (request.profile !== undefined && !profilesFor({ roles }, policy).includes(request.profile))
      throw new DeskpodError('forbidden', `The profile ${request.profile} isn’t available to you.`, {
        field: 'profile',
        remedy: 'Choose another profile, or add it to debug.profiles in the configuration.',
      });
  }
  const { image } = request;
  if (image === undefined || policy.images.includes(image) || (request.kind === 'copy' && mayRun(requester, image)))
    return;
  throw new DeskpodError('forbidden', `The image ${image} isn’t allowed for debugging.`, {
    field: 'image',
    remedy: `Use one of these: ${policy.images.join(', ')}. An administrator can add others to debug.images.`,
  });
}

function ownIsOff(): DeskpodError {
  return new DeskpodError('forbidden', 'Debugging your own apps is disabled here.', {
    remedy: 'An administrator can enable it with debug.own.',
  });
}

/** The state of a session that is granted: a command runs as soon as its terminal opens. */
export function grantedState(kind: DebugRequest['kind'], policy: DebugPolicy, now: Date = new Date()): DebugState {
  return kind === 'exec' ? runningState(policy, now) : { state: 'starting', detail: null };
}

export function runningState({ ttlSeconds }: Pick<DebugPolicy, 'ttlSeconds'>, now: Date = new Date()): DebugState {
  return { state: 'running', endsAt: after(now, ttlSeconds) };
}

export function askingState({ approvableSeconds, unansweredSeconds }: DebugPolicy, now: Date): DebugState {
  return { state: 'asking', approvableAt: after(now, approvableSeconds), until: after(now, unansweredSeconds) };
}

function after(now: Date, seconds: number): string {
  return new Date(now.getTime() + seconds * 1000).toISOString();
}
