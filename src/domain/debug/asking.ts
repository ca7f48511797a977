/** Asking to look into something: all that can be refused at once is, and what is asked for is recorded. */
import { DeskpodError } from '../errors.ts';
import type { Engine } from '../engine.ts';
import type { DebugProfile } from '../../protocol/debug.ts';
import type { Launches } from '../launches.ts';
import type { DebugBook } from './book.ts';
import type { DebugEvents } from './ending.ts';
import { newRecord } from './new-session.ts';
import { noneAdmitted, profilesAt } from './offers.ts';
import { assertRuns, type DebugPlace, engineTarget, findPlace, type PlacesDeps } from './places.ts';
import type { DebugPolicy } from './policy.ts';
import type { DebugRecord, DebugWant } from './record.ts';
import { assertWish, type Looker, profilesFor, widest } from './rules.ts';

/** Of one person at the same time. */
const MOST_OPEN = 32;

export interface AskingDeps extends PlacesDeps {
  readonly engine: Pick<Engine, 'debug'>;
  readonly launches: Pick<Launches, 'find'>;
  readonly book: DebugBook;
  /** Whether the image is one of an app that this person may start: then a copy may be made from it, too. */
  readonly mayRun: (looker: Looker, image: string) => boolean;
  readonly policy: DebugPolicy;
  readonly events: Pick<DebugEvents, 'debugAsked'>;
  /** This server. */
  readonly me: string;
}

export class DebugAsking {
  readonly #deps: AskingDeps;

  constructor(deps: AskingDeps) {
    this.#deps = deps;
  }

  /** Without a grant the person whose desktop it is has to agree. */
  async ask(looker: Looker, want: DebugWant): Promise<DebugRecord> {
    const { book, policy, mayRun, events, me } = this.#deps;
    const { place, permission } = await findPlace(this.#deps, looker, want.kind, want);
    if (permission.refusal) throw permission.refusal;
    assertWish(want, looker, policy, mayRun);
    if (permission.needs !== 'nothing' && want.reason === '')
      throw new DeskpodError('invalid_request', 'Say why you want to look: the person whose desktop it is reads it.', {
        field: 'reason',
      });
    assertRuns(this.#deps, place, want.kind);
    await this.#assertNotTooMany(looker);
    await this.#assertNameFree(want, place);
    const profile = want.kind === 'toolbox' ? await this.#profile(looker, want, place) : null;
    const image =
      want.kind === 'exec' ? null : (want.image ?? (want.kind === 'toolbox' ? (policy.images[0] ?? null) : null));
    const record = newRecord({ looker, want, place, permission, profile, image, policy, me });
    await book.add(record);
    events.debugAsked(record.session);
    return record;
  }

  async #profile(
    looker: Looker,
    want: Extract<DebugWant, { kind: 'toolbox' }>,
    place: DebugPlace,
  ): Promise<DebugProfile> {
    if (want.profile !== undefined) return want.profile;
    const [only, ...others] = profilesFor(looker, this.#deps.policy);
    // Without a choice the engine is not asked: it refuses by itself, and nobody waits for two answers.
    if (only !== undefined && others.length === 0) return only;
    const profiles = await profilesAt(this.#deps, looker, engineTarget(place, want.target));
    const profile = widest(profiles);
    if (profile === null) throw new DeskpodError('profile_refused', noneAdmitted(profiles), { field: 'profile' });
    return profile;
  }

  async #assertNotTooMany({ id }: Looker): Promise<void> {
    const open = await this.#deps.book.list({ involving: id, open: true });
    if (open.filter(({ session }) => session.by.id === id).length < MOST_OPEN) return;
    throw new DeskpodError('limit_reached', `You have ${MOST_OPEN} debug sessions open.`, {
      remedy: 'End some of them.',
    });
  }

  /** Told at once; the engine has the last word all the same. */
  async #assertNameFree(want: DebugWant, { desktopId }: DebugPlace): Promise<void> {
    if (want.kind === 'exec' || want.name === undefined) return;
    const { engine, launches } = this.#deps;
    const { name } = want;
    const taken =
      want.kind === 'toolbox'
        ? (await engine.debug.toolbox(desktopId, name)) !== null
        : (await launches.find(name)) !== null;
    if (taken)
      throw new DeskpodError('name_taken', `There is one called ${name} already.`, {
        field: 'name',
        remedy: 'Take another name, or none.',
      });
  }
}
