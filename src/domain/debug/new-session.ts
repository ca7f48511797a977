/** A debug session as it begins: pure. */
import { randomUUID } from 'node:crypto';
import type { DebugProfile, DebugSession, DebugState } from '../../protocol/debug.ts';
import type { DebugPlace } from './places.ts';
import type { DebugPolicy } from './policy.ts';
import type { DebugRecord, DebugWant } from './record.ts';
import type { Looker, Permission } from './rules.ts';

export interface NewSession {
  readonly looker: Looker;
  readonly want: DebugWant;
  readonly place: DebugPlace;
  readonly permission: Permission;
  /** Of a toolbox. */
  readonly profile: DebugProfile | null;
  readonly image: string | null;
  readonly policy: DebugPolicy;
  /** This server. */
  readonly me: string;
}

export function newRecord(wish: NewSession, now: Date = new Date()): DebugRecord {
  const { looker, want, place, permission, profile, image, policy, me } = wish;
  const { grant } = permission;
  const session: DebugSession = {
    id: randomUUID(),
    kind: want.kind,
    by: { id: looker.id, name: looker.name },
    userId: place.userId,
    desktopId: place.desktopId,
    launchId: place.launch?.id ?? null,
    appName: place.launch?.appName ?? null,
    target: want.kind === 'toolbox' ? (want.target ?? null) : null,
    name: null,
    image,
    profile,
    reused: false,
    reason: want.reason,
    grant,
    grantedBy: null,
    status: grant === null ? asking(policy, now) : begun(want.kind, policy, now),
    askedAt: now.toISOString(),
    startedAt: grant !== null && want.kind === 'exec' ? now.toISOString() : null,
    transcript: false,
    seen: looker.id === place.userId,
  };
  return { session, want, server: grant === null ? null : me };
}

/** What follows once it is granted: a command runs as soon as somebody opens its terminal. */
export function begun(kind: DebugWant['kind'], policy: DebugPolicy, now: Date = new Date()): DebugState {
  return kind === 'exec' ? running(policy, now) : { state: 'starting', detail: null };
}

export function running({ ttlSeconds }: Pick<DebugPolicy, 'ttlSeconds'>, now: Date = new Date()): DebugState {
  return { state: 'running', endsAt: after(now, ttlSeconds) };
}

function asking({ approvableSeconds, unansweredSeconds }: DebugPolicy, now: Date): DebugState {
  return { state: 'asking', approvableAt: after(now, approvableSeconds), until: after(now, unansweredSeconds) };
}

function after(now: Date, seconds: number): string {
  return new Date(now.getTime() + seconds * 1000).toISOString();
}
