/** Targets of debug sessions: resolves and checks them, and lists what a user may do with one. */
import type { DebugOffer, DebugTarget } from '#protocol/debug.ts';
import type { Desktops } from '../desktops/desktops.ts';
import { DeskpodError } from '../errors.ts';
import type { Launches } from '../launches/launches.ts';
import type { Engine } from '../ports/engine.ts';
import type { Target } from '../ports/engine-launch.ts';
import type { LaunchRecord } from '../ports/store.ts';
import {
  type DebugPolicy,
  mayCustomize,
  type Permission,
  permissionOf,
  profilesFor,
  type Requester,
  widest,
} from './policy.ts';
import type { DebugRequest } from '../ports/debug-store.ts';

export interface ResolvedTarget {
  readonly userId: string;
  readonly desktopId: string;
  readonly launch: LaunchRecord | null;
  /** Whether it runs: a finished launch can only be copied. */
  readonly runs: boolean;
}

export interface TargetDeps {
  readonly desktops: Pick<Desktops, 'running' | 'runningOrNull' | 'ownerOf'>;
  readonly launches: Pick<Launches, 'find'>;
  readonly policy: Pick<DebugPolicy, 'own'>;
}

/** Throws `not_found` if the target does not exist or the requester has no access to it. */
export async function resolveTarget(
  deps: TargetDeps,
  requester: Requester,
  kind: DebugRequest['kind'],
  target: DebugTarget,
): Promise<{ readonly resolved: ResolvedTarget; readonly permission: Permission }> {
  const resolved = await find(deps, requester, target);
  const permission = resolved && permissionOf(requester, resolved.userId, kind, deps.policy);
  if (resolved && permission) return { resolved, permission };
  throw target.launch === undefined
    ? new DeskpodError('not_found', `There is no desktop ${target.desktop}.`)
    : new DeskpodError('not_found', `There is no launch ${target.launch}.`);
}

async function find(
  { desktops, launches }: TargetDeps,
  requester: Requester,
  target: DebugTarget,
): Promise<ResolvedTarget | null> {
  if (target.launch !== undefined) {
    const found = await launches.find(target.launch);
    if (!found || (target.desktop !== undefined && target.desktop !== found.record.desktopId)) return null;
    const { userId, desktopId } = found.record;
    return { userId, desktopId, launch: found.record, runs: found.launch.status.state !== 'finished' };
  }
  const desktopId = target.desktop ?? desktops.running(requester.id).id;
  const userId = desktops.ownerOf(desktopId);
  return userId === null ? null : { userId, desktopId, launch: null, runs: true };
}

/** Throws `conflict` if the launch has ended, `desktop_missing` if the desktop does not run. */
export function assertRuns({ desktops }: TargetDeps, target: ResolvedTarget, kind: DebugRequest['kind']): void {
  if (desktops.runningOrNull(target.userId)?.id !== target.desktopId)
    throw new DeskpodError('desktop_missing', 'Its desktop isn’t running.', {
      remedy: 'Start the desktop and the app again.',
    });
  if (target.runs || kind === 'copy') return;
  throw new DeskpodError('conflict', `${target.launch?.appName ?? 'It'} has ended.`, {
    remedy: 'Start a copy of it with another command, or read its log.',
  });
}

/** The same target for the engine. */
export function engineTarget({ desktopId, launch }: ResolvedTarget, container?: string): Target {
  return {
    desktopId,
    ...(launch === null ? {} : { launchId: launch.id }),
    ...(container === undefined ? {} : { container }),
  };
}

export interface OfferDeps extends TargetDeps {
  readonly engine: Pick<Engine, 'debug'>;
  readonly policy: DebugPolicy;
}

/** What a user may do with one target, before anything is started. */
export async function offerFor(deps: OfferDeps, requester: Requester, target: DebugTarget): Promise<DebugOffer> {
  const { policy } = deps;
  const { resolved, permission } = await resolveTarget(deps, requester, 'toolbox', target);
  const refusal = permission.refusal ?? refusalOf(() => assertRuns(deps, resolved, 'toolbox'));
  const offer = {
    needs: permission.needs,
    custom: mayCustomize(requester, policy),
    images: [...policy.images],
    ttlSeconds: policy.ttlSeconds,
  };
  if (refusal) return { ...offer, refusal: refusal.toSentence(), profiles: [], profile: null, targets: [] };
  const [profiles, targets] = await Promise.all([
    profilesAt(deps, requester, engineTarget(resolved)),
    targetsIn(deps, resolved),
  ]);
  const profile = widest(profiles);
  return { ...offer, refusal: profile === null ? noneAdmitted(profiles) : null, profiles, profile, targets };
}

/** The requester's profiles, each with the reason if the engine does not admit it for the target. */
export async function profilesAt(
  { engine, policy }: Pick<OfferDeps, 'engine' | 'policy'>,
  requester: Requester,
  target: Target,
): Promise<DebugOffer['profiles']> {
  const admitted = await engine.debug.profiles(target);
  return profilesFor(requester, policy).map((profile) => ({ profile, refusal: admitted.get(profile) ?? null }));
}

/** Running services and launches in the desktop's pod; a launch in its own pod is its only target. */
async function targetsIn({ engine }: OfferDeps, { desktopId, launch }: ResolvedTarget): Promise<string[]> {
  if (launch?.runtime === 'pod_application') return [];
  const { containers } = await engine.debug.inspect(desktopId);
  return containers
    .filter(
      ({ kind, place, state }) =>
        (kind === 'service' || kind === 'launch') && place === 'inside' && state === 'running',
    )
    .map(({ name }) => name);
}

/** Why no profile is available. */
export function noneAdmitted(profiles: DebugOffer['profiles']): string {
  const why = profiles.find(({ refusal }) => refusal !== null)?.refusal;
  return why ?? 'No profile is available to you. An administrator can add some to debug.profiles.';
}

function refusalOf(check: () => void): DeskpodError | null {
  try {
    check();
    return null;
  } catch (error) {
    if (error instanceof DeskpodError) return error;
    throw error;
  }
}
