/** What somebody may do with one target, told before anything is done. */
import type { DebugOffer, DebugTarget } from '../../protocol/debug.ts';
import type { Engine, Target } from '../engine.ts';
import { DeskpodError } from '../errors.ts';
import { assertRuns, type DebugPlace, engineTarget, findPlace, type PlacesDeps } from './places.ts';
import type { DebugPolicy } from './policy.ts';
import { type Looker, profilesFor, widest } from './rules.ts';

export interface OfferDeps extends PlacesDeps {
  readonly engine: Pick<Engine, 'debug'>;
  readonly policy: DebugPolicy;
}

export async function offerFor(deps: OfferDeps, looker: Looker, target: DebugTarget): Promise<DebugOffer> {
  const { policy } = deps;
  const { place, permission } = await findPlace(deps, looker, 'toolbox', target);
  const refusal = permission.refusal ?? whyNot(() => assertRuns(deps, place, 'toolbox'));
  const offer = { needs: permission.needs, images: [...policy.images], ttlSeconds: policy.ttlSeconds };
  if (refusal) return { ...offer, refusal: wordsOf(refusal), profiles: [], profile: null, targets: [] };
  const [profiles, targets] = await Promise.all([
    profilesAt(deps, looker, engineTarget(place)),
    targetsIn(deps, place),
  ]);
  const profile = widest(profiles);
  return { ...offer, refusal: profile === null ? noneAdmitted(profiles) : null, profiles, profile, targets };
}

/** Those of the one who looks, each with the reason why the place does not admit it. */
export async function profilesAt(
  { engine, policy }: Pick<OfferDeps, 'engine' | 'policy'>,
  looker: Looker,
  target: Target,
): Promise<DebugOffer['profiles']> {
  const admitted = await engine.debug.profiles(target);
  return profilesFor(looker, policy).map((profile) => ({ profile, refusal: admitted.get(profile) ?? null }));
}

/** Services and launches that run in the desktop itself; beside it there is but the launch. */
async function targetsIn({ engine }: OfferDeps, { desktopId, launch }: DebugPlace): Promise<string[]> {
  if (launch?.runtime === 'pod_application') return [];
  const { containers } = await engine.debug.inside(desktopId);
  return containers
    .filter(
      ({ kind, place, state }) =>
        (kind === 'service' || kind === 'launch') && place === 'inside' && state === 'running',
    )
    .map(({ name }) => name);
}

/** Why no toolbox can be had at all. */
export function noneAdmitted(profiles: DebugOffer['profiles']): string {
  const why = profiles.find(({ refusal }) => refusal !== null)?.refusal;
  return why ?? 'No profile is offered to you. An administrator adds some to debug.profiles.';
}

function whyNot(check: () => void): DeskpodError | null {
  try {
    check();
    return null;
  } catch (error) {
    if (error instanceof DeskpodError) return error;
    throw error;
  }
}

function wordsOf({ message, remedy }: DeskpodError): string {
  return [message, remedy].filter(Boolean).join(' ');
}
